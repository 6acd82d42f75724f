import { z } from 'zod';
import { messageOf } from '../../core/errors.ts';
import { jsonIn } from '../shared/parse-json.ts';
import type { DriverContext } from '../platform.ts';
import { type Account, Refusal, openAccount } from './account.ts';
import { subscribeUrl, wireOf } from './jetstream.ts';
import type { Login } from './session.ts';
import { connectionFault } from './socket.ts';
import type { Hosts } from './stream.ts';

/** Posts carry the bot's time, and the network orders them by it. */
const maxSkewMs = 60_000;

const Profile = z.object({
  value: z.object({ labels: z.object({ values: z.array(z.object({ val: z.string() })).catch([]) }).optional() }),
});
const Server = z.object({ did: z.string(), active: z.boolean().optional(), status: z.string().optional() });
const Claims = z.object({ scope: z.string() });

/** Problems of the account, in words. `label`: also check that its profile has the label `bot`. */
export async function accountFaults(
  login: Login,
  context: DriverContext,
  { label = false }: { label?: boolean } = {},
): Promise<string[]> {
  await using account = openAccount(login, context);
  const { signal } = new AbortController();
  try {
    const { active, status } = await account.get('com.atproto.server.getSession', {}, Server, signal);
    const skewMs = account.clockAhead();
    return [
      ...(active === false ? [`the account is not active: ${status ?? 'no reason given'}`] : []),
      ...(isMainPassword(await account.accessJwt())
        ? ['this is the account’s main password: create an app password']
        : []),
      ...(Math.abs(skewMs) > maxSkewMs
        ? [`the clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'slow' : 'fast'}`]
        : []),
      ...(label && !(await hasBotLabel(account, signal))
        ? ['the profile has no self-label `bot`: see docs/platforms/bluesky.md']
        : []),
    ];
  } catch (error) {
    return [messageOf(error)];
  }
}

/** Hosts that do not accept a connection, with the reason. */
export async function hostFaults(hosts: Hosts | undefined): Promise<string[]> {
  const faults = (hosts?.hosts ?? []).map(async (host) => {
    const url = hosts?.source === 'firehose' ? relayUrl(host) : subscribeUrl(host, wireOf(host));
    const fault = await connectionFault(url);
    return fault === undefined ? [] : [`${URL.parse(host)?.host}: ${fault}`];
  });
  return (await Promise.all(faults)).flat();
}

function relayUrl(host: string): string {
  return `${host.replace(/\/$/, '')}/xrpc/com.atproto.sync.subscribeRepos`;
}

/** The label that bots give themselves. (docs.bsky.app/docs/starter-templates/bots) */
async function hasBotLabel(account: Account, signal: AbortSignal): Promise<boolean> {
  const params = { repo: await account.did(), collection: 'app.bsky.actor.profile', rkey: 'self' };
  try {
    const { value } = await account.get('com.atproto.repo.getRecord', params, Profile, signal);
    return value.labels?.values.some(({ val }) => val === 'bot') ?? false;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'RecordNotFound') return false;
    throw error;
  }
}

/** The scope of the token says so; tokens of app passwords have another. */
function isMainPassword(jwt: string): boolean {
  const claims = jsonIn(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
  return Claims.safeParse(claims).data?.scope === 'com.atproto.access';
}
