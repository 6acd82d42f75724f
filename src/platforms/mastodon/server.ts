import type { mastodon } from 'masto';
import { HttpActionDispatcherHookMastodon } from 'masto/adapters/action/dispatcher-http-hook-mastodon.js';
import { createActionProxy, HttpActionDispatcher } from 'masto/adapters/action/index.js';
import type { AnyAction } from 'masto/interfaces/index.js';
import type { z } from 'zod';
import { storable } from '../../core/storable.ts';
import type { DriverContext } from '../platform.ts';
import { usual } from './config.ts';
import { type Access, StatusError, Transport } from './transport.ts';
import { Account, Instance } from './wire.ts';

/** One server, with or without an account on it. */
export interface Server extends Access {
  readonly rest: mastodon.rest.Client;
  /** How far its clock was before ours at the last answer, in milliseconds. */
  skewMs(): number;
  /** What it says of itself; asked once a day. */
  facts(signal: AbortSignal): Promise<InstanceFacts>;
  /** The account that the token is of, asked once; undefined without a token. */
  self(signal: AbortSignal): Promise<Account | undefined>;
}

const factsLastMs = 24 * 3_600_000;

export function openServer(access: Access, context: DriverContext, options: { keep?: number } = {}): Server {
  const transport = new Transport(access, context, options);
  const dispatcher = new HttpActionDispatcher(transport, new ListsThatStop(transport));
  const rest = createActionProxy<mastodon.rest.Client>(dispatcher, { context: ['api'] });
  let facts: { readonly is: InstanceFacts; readonly until: number } | undefined;
  let self: Account | undefined;
  return {
    ...access,
    rest,
    skewMs: () => transport.skewMs,
    async facts(signal) {
      if (facts === undefined || facts.until < context.clock.now()) {
        facts = { is: factsOf(await describe(rest, signal)), until: context.clock.now() + factsLastMs };
      }
      return facts.is;
    },
    async self(signal) {
      if (access.token === undefined) return undefined;
      self ??= readAs(
        Account,
        await rest.v1.accounts.verifyCredentials(undefined, within(signal)),
        `${access.url}: the account`,
      );
      return self;
    },
  };
}

/** Masto reads a list without the signal that it was given. Here a list is its first page: the next is asked for by its own terms. */
class ListsThatStop extends HttpActionDispatcherHookMastodon {
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

/** Old and small servers know only the first version. */
async function describe(rest: mastodon.rest.Client, signal: AbortSignal): Promise<z.infer<typeof Instance>> {
  try {
    return readAs(Instance, await rest.v2.instance.fetch(undefined, within(signal)), 'the description of the server');
  } catch (error) {
    if (!(error instanceof StatusError) || error.status >= 500) throw error;
    return readAs(Instance, await rest.v1.instance.fetch(undefined, within(signal)), 'the description of the server');
  }
}

/** For the last argument of masto's calls. */
export function within(signal: AbortSignal, headers: Record<string, string> = {}) {
  return { requestInit: { signal, headers } };
}

export function readAs<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new Error(`${what} cannot be read: ${read.error.issues[0]?.path.join('.')} ${read.error.issues[0]?.message}`);
}

/** What matters of how a server describes itself. */
export interface InstanceFacts {
  /** Tags that one request may ask for. */
  readonly tagsPerRequest: number;
  readonly maxCharacters: number;
  /** What any URL counts. */
  readonly urlLength: number;
  /** How long it keeps idempotency keys, in milliseconds; undefined: nothing is known. */
  readonly keepsKeysMs: number | undefined;
  /** Where its streams are, a ws or wss URL; undefined: it does not say. */
  readonly streaming: string | undefined;
  readonly rules: readonly string[];
}

export function factsOf(instance: z.infer<typeof Instance>): InstanceFacts {
  const { configuration, rules, maxTootChars, urls } = instance;
  const genuine = isMastodon(instance);
  const statuses = configuration?.statuses;
  return {
    // Others were seen to ignore all but the first.
    tagsPerRequest: genuine ? 4 : 1,
    maxCharacters: positive(statuses?.maxCharacters ?? maxTootChars) ?? usual.maxCharacters,
    urlLength: positive(statuses?.charactersReservedPerUrl) ?? usual.urlLength,
    keepsKeysMs: genuine ? 3_600_000 : undefined,
    streaming: webSocketUrl(configuration?.urls?.streaming ?? urls?.streamingApi),
    rules: (rules ?? []).map(({ text }) => storable(text.replaceAll(/\s+/g, ' ').trim())).filter((rule) => rule !== ''),
  };
}

/** Others say so in their version, such as `4.2.0 (compatible; Pleroma 2.5)`, or in the address of their source. */
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
