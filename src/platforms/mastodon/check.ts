import { z } from 'zod';
import { messageOf } from '../../core/errors.ts';
import type { DriverContext } from '../platform.ts';
import type { MastodonFeed, MastodonPublisher } from './config.ts';
import { serversOf } from './feed.ts';
import { mentions, timelineOf } from './lists.ts';
import { Server } from './server.ts';
import { List } from './wire.ts';

/** A person waits for the result. */
const timeoutMs = 15_000;
const maxSkewMs = 60_000;

export async function checkFeed(config: MastodonFeed, context: DriverContext): Promise<string | undefined> {
  const faults = await Promise.all(
    serversOf(config, context).map((server) =>
      faultsOf(server, async (signal) => {
        const account = await server.self(signal);
        const [tag] = config.hashtags;
        const lists = [
          ...(tag === undefined ? [] : [timelineOf([tag])]),
          ...(config.mentions && account !== undefined ? [mentions] : []),
        ];
        for (const { path, query } of lists) await server.call(List, { path, query: { ...query, limit: 1 } }, signal);
        return [];
      }),
    ),
  );
  return faults.flat().join('; ') || undefined;
}

export async function checkPublisher(config: MastodonPublisher, context: DriverContext): Promise<string | undefined> {
  const server = new Server({ url: config.server, token: config.token.reveal() }, context, { keep: 0 });
  const faults = await faultsOf(server, async (signal) => {
    const account = await server.self(signal);
    const { rules } = await server.info(signal);
    return [
      ...(account?.bot === true
        ? []
        : ['the profile does not say that it is automated: select “This is an automated account” in its settings']),
      ...(await missingScopes(server, signal)),
      ...(rules.length > 0 && !config.rulesRead ? [rulesToRead(rules)] : []),
    ];
  });
  return faults.join('; ') || undefined;
}

async function faultsOf(server: Server, check: (signal: AbortSignal) => Promise<string[]>): Promise<string[]> {
  try {
    const faults = await check(AbortSignal.timeout(timeoutMs));
    const skewSeconds = Math.round(server.skewMs / 1000);
    if (Math.abs(server.skewMs) > maxSkewMs)
      faults.push(
        `${server.url}: its clock is ${Math.abs(skewSeconds)} s ${skewSeconds > 0 ? 'ahead of' : 'behind'} this one`,
      );
    return faults;
  } catch (error) {
    return [messageOf(error)];
  }
}

const Application = z.object({ scopes: z.array(z.string()) });

/** Mastodon lists scopes since 4.3; other servers show a missing one with the first reply. */
async function missingScopes(server: Server, signal: AbortSignal): Promise<string[]> {
  const app = await server.call(Application, { path: 'v1/apps/verify_credentials' }, signal).catch(() => undefined);
  if (app === undefined) return [];
  const missing = [
    ['read', 'read:statuses'],
    ['read', 'read:accounts'],
    ['read', 'read:search'],
    ['write', 'write:statuses'],
  ].filter((either) => !either.some((scope) => app.scopes.includes(scope)));
  return missing.map(([scope, narrow]) => `the token lacks the scope ${narrow} (or ${scope})`);
}

function rulesToRead(rules: readonly string[]): string {
  const list = rules.map((rule, index) => `${index + 1}. ${rule}`).join(' ');
  return `read the rules of this server, then set \`rulesRead: true\`: ${list}`;
}
