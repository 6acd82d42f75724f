import type { mastodon } from 'masto';
import { HttpActionDispatcherHookMastodon } from 'masto/adapters/action/dispatcher-http-hook-mastodon.js';
import { createActionProxy, HttpActionDispatcher } from 'masto/adapters/action/index.js';
import type { AnyAction } from 'masto/interfaces/index.js';
import type { z } from 'zod';
import { storable } from '../../core/storable.ts';
import type { DriverContext } from '../platform.ts';
import { defaults } from './config.ts';
import { type Access, StatusError, Transport } from './transport.ts';
import { Account, Instance } from './wire.ts';

/** One server, with or without an account on it. */
export interface Server extends Access {
  readonly rest: mastodon.rest.Client;
  /** How far the server's clock is ahead of ours by its last response, in milliseconds. */
  skewMs(): number;
  /** The server's description of itself, requested once a day. */
  info(signal: AbortSignal): Promise<InstanceInfo>;
  /** The token's account, requested once; undefined without a token. */
  self(signal: AbortSignal): Promise<Account | undefined>;
}

const infoCacheMs = 24 * 3_600_000;

export function openServer(access: Access, context: DriverContext, options: { keep?: number } = {}): Server {
  const transport = new Transport(access, context, options);
  const dispatcher = new HttpActionDispatcher(transport, new AbortableLists(transport));
  const rest = createActionProxy<mastodon.rest.Client>(dispatcher, { context: ['api'] });
  let info: { readonly is: InstanceInfo; readonly until: number } | undefined;
  let self: Account | undefined;
  return {
    ...access,
    rest,
    skewMs: () => transport.skewMs,
    async info(signal) {
      if (info === undefined || info.until < context.clock.now()) {
        info = { is: instanceInfoOf(await describe(rest, signal)), until: context.clock.now() + infoCacheMs };
      }
      return info.is;
    },
    async self(signal) {
      if (access.token === undefined) return undefined;
      self ??= readAs(
        Account,
        await rest.v1.accounts.verifyCredentials(undefined, withSignal(signal)),
        `${access.url}: the account`,
      );
      return self;
    },
  };
}

/** Masto does not pass the signal on when it reads a list. Here a list is its first page; the caller requests further pages. */
class AbortableLists extends HttpActionDispatcherHookMastodon {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    super(transport);
    this.#transport = transport;
  }

  override dispatch(action: AnyAction): false | Promise<unknown> {
    if (action.type !== 'list') return super.dispatch(action);
    return this.#transport.get(action.path, action.data, action.meta).then(({ data }) => data);
  }
}

/** Old and small servers support only version 1. */
async function describe(rest: mastodon.rest.Client, signal: AbortSignal): Promise<z.infer<typeof Instance>> {
  try {
    return readAs(
      Instance,
      await rest.v2.instance.fetch(undefined, withSignal(signal)),
      'the description of the server',
    );
  } catch (error) {
    if (!(error instanceof StatusError) || error.status >= 500) throw error;
    return readAs(
      Instance,
      await rest.v1.instance.fetch(undefined, withSignal(signal)),
      'the description of the server',
    );
  }
}

/** Options for masto's calls, as their last argument. */
export function withSignal(signal: AbortSignal, headers: Record<string, string> = {}) {
  return { requestInit: { signal, headers } };
}

export function readAs<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new Error(`${what} cannot be read: ${read.error.issues[0]?.path.join('.')} ${read.error.issues[0]?.message}`);
}

/** The parts of a server's description that are used. */
export interface InstanceInfo {
  /** How many hashtags one request may name. */
  readonly tagsPerRequest: number;
  readonly maxCharacters: number;
  /** What each URL counts, in characters. */
  readonly urlLength: number;
  /** How long the server keeps idempotency keys, in milliseconds; undefined: unknown. */
  readonly keepsKeysMs: number | undefined;
  /** URL of its streams (ws or wss); undefined: it names none. */
  readonly streaming: string | undefined;
  readonly rules: readonly string[];
}

export function instanceInfoOf(instance: z.infer<typeof Instance>): InstanceInfo {
  const { configuration, rules, maxTootChars, urls } = instance;
  const mastodonItself = isMastodon(instance);
  const statuses = configuration?.statuses;
  return {
    // Other servers have been seen to ignore all but the first.
    tagsPerRequest: mastodonItself ? 4 : 1,
    maxCharacters: positive(statuses?.maxCharacters ?? maxTootChars) ?? defaults.maxCharacters,
    urlLength: positive(statuses?.charactersReservedPerUrl) ?? defaults.urlLength,
    keepsKeysMs: mastodonItself ? 3_600_000 : undefined,
    streaming: webSocketUrl(configuration?.urls?.streaming ?? urls?.streamingApi),
    rules: (rules ?? []).map(({ text }) => storable(text.replaceAll(/\s+/g, ' ').trim())).filter((rule) => rule !== ''),
  };
}

/** False for compatible servers, which say so in their version (`4.2.0 (compatible; Pleroma 2.5)`) or in the URL of their source. */
function isMastodon({ version, sourceUrl }: z.infer<typeof Instance>): boolean {
  return /^\d+\.\d+\.\d+[\w.+-]*$/.test(version) && /\/mastodon\/?$/.test(sourceUrl ?? '');
}

function positive(number: number | null | undefined): number | undefined {
  return number !== null && number !== undefined && number > 0 ? number : undefined;
}

function webSocketUrl(written: string | null | undefined): string | undefined {
  const url = URL.parse(written ?? '');
  return url?.protocol === 'wss:' || url?.protocol === 'ws:' ? url.href : undefined;
}
