import { messageOf } from '../../core/errors.ts';
import type { DriverContext } from '../platform.ts';
import type { MastodonFeed, MastodonPublisher } from './config.ts';
import { serversOf } from './feed.ts';
import { type Server, openServer, withSignal } from './server.ts';

/** A person waits for the result. */
const timeoutMs = 15_000;
const maxSkewMs = 60_000;

export async function checkFeed(config: MastodonFeed, context: DriverContext): Promise<string | undefined> {
  const faults = await Promise.all(
    serversOf(config, context).map((server) =>
      faultsOf(server, async (signal) => {
        const account = await server.self(signal);
        const [tag] = config.hashtags;
        if (tag !== undefined)
          await server.rest.v1.timelines.tag.$select(encodeURIComponent(tag)).list({ limit: 1 }, withSignal(signal));
        if (config.mentions && account !== undefined)
          await server.rest.v1.notifications.list({ types: ['mention'], limit: 1 }, withSignal(signal));
        return [];
      }),
    ),
  );
  return joined(faults.flat());
}

export async function checkPublisher(config: MastodonPublisher, context: DriverContext): Promise<string | undefined> {
  const server = openServer({ url: config.server, token: config.token.reveal() }, context, { keep: 0 });
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
  return joined(faults);
}

async function faultsOf(server: Server, check: (signal: AbortSignal) => Promise<string[]>): Promise<string[]> {
  try {
    const faults = await check(AbortSignal.timeout(timeoutMs));
    const skewSeconds = Math.round(server.skewMs() / 1000);
    if (Math.abs(server.skewMs()) > maxSkewMs)
      faults.push(
        `${server.url}: its clock is ${Math.abs(skewSeconds)} s ${skewSeconds > 0 ? 'ahead of' : 'behind'} this one`,
      );
    return faults;
  } catch (error) {
    return [messageOf(error)];
  }
}

/** Mastodon lists scopes since 4.3; other servers show a missing one with the first reply. */
async function missingScopes(server: Server, signal: AbortSignal): Promise<string[]> {
  const scopes = await server.rest.v1.apps.verifyCredentials(undefined, withSignal(signal)).then(
    (app: { scopes?: unknown }) => (Array.isArray(app.scopes) ? app.scopes.map(String) : undefined),
    () => undefined,
  );
  if (scopes === undefined) return [];
  const missing = [
    ['read', 'read:statuses'],
    ['read', 'read:accounts'],
    ['read', 'read:search'],
    ['write', 'write:statuses'],
  ].filter((either) => !either.some((scope) => scopes.includes(scope)));
  return missing.map(([scope, narrow]) => `the token lacks the scope ${narrow} (or ${scope})`);
}

function rulesToRead(rules: readonly string[]): string {
  const list = rules.map((rule, index) => `${index + 1}. ${rule}`).join(' ');
  return `read the rules of this server, then set \`rulesRead: true\`: ${list}`;
}

function joined(faults: readonly string[]): string | undefined {
  return faults.length === 0 ? undefined : faults.join('; ');
}
