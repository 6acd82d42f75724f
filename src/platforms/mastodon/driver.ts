import { z } from 'zod';
import { messageOf } from '../../core/errors.ts';
import type { Driver } from '../platform.ts';
import type { MastodonFeed, MastodonPublisher } from './config.ts';
import { openContext } from './context.ts';
import { openFeed, serversOf } from './feed.ts';
import { mentionsKey, readPage } from './lists.ts';
import { openPublisher, publishingServer } from './publisher.ts';
import type { Server } from './server.ts';
import { openStream } from './stream.ts';
import type { Instance } from './wire.ts';

const nothingToClose = { [Symbol.asyncDispose]: async () => {} };

export const driver: Driver<MastodonFeed, MastodonPublisher> = {
  openFeed: async (config, context) => ({ ...openFeed(config, context), ...nothingToClose }),
  openStream: async (config, context) => ({ ...openStream(config, context), ...nothingToClose }),
  openContext: async (config, context) => ({ ...openContext(config, context), ...nothingToClose }),
  openPublisher: async (config, context) => ({ ...(await openPublisher(config, context)), ...nothingToClose }),
  async checkFeed(config, context) {
    const servers = serversOf(config, context);
    const faults = await Promise.all(servers.map((one) => faultsOf(one, (signal) => readAFew(one, config, signal))));
    return faults.flat().join('; ') || undefined;
  },
  async checkPublisher(config, context) {
    const server = publishingServer(config, context);
    const faults = await faultsOf(server, async (signal) => {
      const account = await server.self(signal);
      const { rules } = await server.info(signal);
      return [
        ...(account?.bot === true ? [] : [notAutomated]),
        ...(await missingScopes(server, signal)),
        ...(rules.length > 0 && !config.rulesRead ? [rulesToRead(rules)] : []),
      ];
    });
    return faults.join('; ') || undefined;
  },
};

/** A person waits for the result. */
const checkTimeoutMs = 15_000;
const maxSkewMs = 60_000;
const notAutomated =
  'the profile does not say that it is automated: select “This is an automated account” in its settings';

async function readAFew(server: Server, config: MastodonFeed, signal: AbortSignal): Promise<string[]> {
  const account = await server.self(signal);
  const lists = [...config.hashtags.slice(0, 1), ...(config.mentions && account !== undefined ? [mentionsKey] : [])];
  for (const key of lists) await readPage(key, server, { limit: 1 }, signal);
  const { hashtagAccess } = await server.info(signal);
  return config.hashtags.length === 0 ? [] : hiddenFrom(server, hashtagAccess);
}

/** The parts of the hashtag timelines that the server does not show: it answers with an empty or shorter list. */
function hiddenFrom({ url, token }: Server, hashtagAccess: Instance['hashtagAccess']): string[] {
  return Object.entries(hashtagAccess ?? {}).flatMap(([origin, access]) => {
    if (access === 'disabled')
      return [`${url} shows no ${origin} posts under hashtags: only those that mention the bot arrive`];
    const needsToken = access === 'authenticated' && token === undefined;
    return needsToken ? [`${url} shows ${origin} posts under hashtags only with a \`token\` of an account there`] : [];
  });
}

async function faultsOf(server: Server, check: (signal: AbortSignal) => Promise<string[]>): Promise<string[]> {
  try {
    const faults = await check(AbortSignal.timeout(checkTimeoutMs));
    const skewSeconds = Math.round(server.skewMs / 1000);
    const where = skewSeconds > 0 ? 'ahead of' : 'behind';
    if (Math.abs(server.skewMs) <= maxSkewMs) return faults;
    return [...faults, `${server.url}: its clock is ${Math.abs(skewSeconds)} s ${where} this one`];
  } catch (error) {
    return [messageOf(error)];
  }
}

const Application = z.object({ scopes: z.array(z.string()) });

/** Mastodon lists scopes since 4.3; other servers show a missing one with the first reply. */
async function missingScopes(server: Server, signal: AbortSignal): Promise<string[]> {
  const app = await server.call(Application, { path: 'v1/apps/verify_credentials' }, signal).catch(() => undefined);
  if (app === undefined) return [];
  const narrow = ['read:statuses', 'read:accounts', 'read:search', 'write:statuses'];
  const wanted = narrow.map((scope) => ({ scope, wide: scope.replace(/:.*/, '') }));
  const missing = wanted.filter(({ scope, wide }) => !app.scopes.includes(scope) && !app.scopes.includes(wide));
  return missing.map(({ scope, wide }) => `the token lacks the scope ${scope} (or ${wide})`);
}

function rulesToRead(rules: readonly string[]): string {
  const list = rules.map((rule, index) => `${index + 1}. ${rule}`).join(' ');
  return `read the rules of this server, then set \`rulesRead: true\`: ${list}`;
}
