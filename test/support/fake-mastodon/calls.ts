import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type FakeAccount,
  type FakeOptions,
  type FakeStatus,
  notificationType,
  tagsIn,
  wireAccount,
  wireStatus,
} from './state.ts';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FakeState {
  readonly url: string;
  readonly options: FakeOptions;
  readonly people: Map<string, FakeAccount>;
  /** Oldest first. */
  readonly statuses: FakeStatus[];
  readonly keys: Map<string, FakeStatus>;
  readonly spent: { count: number; resetAt: number };
  write(by: FakeAccount, text: string, more?: Partial<FakeStatus>): FakeStatus;
  remove(status: FakeStatus): void;
  readonly streamingUrl: () => string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const refused = (status: number, error: string): Answer => ({ status, body: { error } });
const missing = refused(404, 'Record not found');

export function answerCall(call: Call, response: ServerResponse, state: FakeState): void {
  const { options, spent } = state;
  if (Date.now() > spent.resetAt) Object.assign(spent, { count: 0, resetAt: Date.now() + 300_000 });
  spent.count += 1;
  const { status, body } = spent.count > options.limit ? refused(429, 'Too many requests') : answerOf(call, state);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    date: new Date(Date.now() + options.skewMs).toUTCString(),
    'x-ratelimit-limit': String(options.limit),
    'x-ratelimit-remaining': String(Math.max(0, options.limit - spent.count)),
    'x-ratelimit-reset': new Date(spent.resetAt).toISOString(),
  });
  response.end(JSON.stringify(body));
}

function answerOf(call: Call, state: FakeState): Answer {
  const route = `${call.method} ${call.path}`;
  const token = call.headers.authorization?.replace('Bearer ', '');
  const account = [...state.people.values()].find((one) => one.token === token);
  if (token !== undefined && account === undefined) return refused(401, 'The access token is invalid');
  if (route === 'GET /api/v2/instance') return ok(instance(state));
  const tag = /^GET \/api\/v1\/timelines\/tag\/(.+)$/.exec(route)?.[1];
  if (tag !== undefined) return timeline(decodeURIComponent(tag), call.query, state);
  const [, id, part] = /^GET \/api\/v1\/statuses\/(\w+)(\/context)?$/.exec(route) ?? [];
  if (id !== undefined) return part === undefined ? shown(id, account, state) : context(id, account, state);
  return account === undefined
    ? refused(401, 'This method requires an authenticated user')
    : answerTo(account, call, route, state);
}

function answerTo(account: FakeAccount, call: Call, route: string, state: FakeState): Answer {
  const { url, people, statuses } = state;
  const wire = (status: FakeStatus) => wireStatus(url, status, people);
  if (route === 'GET /api/v1/accounts/verify_credentials') return ok(wireAccount(url, account));
  if (route === 'GET /api/v1/apps/verify_credentials') return ok({ name: 'test', scopes: state.options.scopes });
  if (route === 'GET /api/v1/accounts/relationships') {
    const [other] = [...people.values()].filter(({ id }) => id === call.query.get('id[]'));
    return ok([
      {
        id: other?.id,
        blocking: account.blocks.has(other?.id ?? ''),
        blocked_by: other?.blocks.has(account.id) === true,
      },
    ]);
  }
  if (route === 'GET /api/v1/notifications') {
    const types = call.query.getAll('types[]');
    const typeOf = (status: FakeStatus) => notificationType(status, account);
    const isShown = ({ filtered }: FakeAccount) => !filtered || call.query.get('include_filtered') === 'true';
    const wanted = statuses.filter((one) => one.by !== account && types.includes(typeOf(one)) && isShown(one.by));
    const some = ranged(wanted, call.query, state.options);
    return ok(some.map((status) => ({ id: status.id, type: typeOf(status), status: wire(status) })));
  }
  if (route === `GET /api/v1/accounts/${account.id}/statuses`)
    return ok(
      ranged(
        statuses.filter(({ by }) => by === account),
        call.query,
        state.options,
      ).map(wire),
    );
  if (route === 'GET /api/v2/search') {
    const found = statuses.filter(
      (status) => visibleTo(account, status) && (wire(status) as { uri?: string }).uri === call.query.get('q'),
    );
    return ok({ accounts: [], hashtags: [], statuses: found.map(wire) });
  }
  if (route === 'POST /api/v1/statuses') return create(account, call, state);
  const id = /^(?:DELETE|PUT) \/api\/v1\/statuses\/(\w+)$/.exec(route)?.[1];
  const own = statuses.find((status) => status.id === id && status.by === account);
  if (own === undefined) return missing;
  if (call.method === 'PUT') return edited(own, call, state);
  state.remove(own);
  return ok(wire(own));
}

function instance({ options, streamingUrl }: FakeState) {
  return {
    domain: '127.0.0.1',
    version: options.version,
    source_url: options.sourceUrl,
    rules: options.rules.map((text, index) => ({ id: String(index), text })),
    configuration: {
      ...(options.streams && { urls: { streaming: streamingUrl() } }),
      statuses: { max_characters: options.maxCharacters, characters_reserved_per_url: 23 },
      ...(options.hashtagAccess && { timelines_access: { hashtag_feeds: options.hashtagAccess } }),
    },
  };
}

function timeline(tag: string, query: URLSearchParams, { url, options, people, statuses }: FakeState): Answer {
  const any = options.anyIsKnown ? query.getAll('any[]') : [];
  const tags = [tag, ...any].slice(0, 4).map((name) => name.toLowerCase());
  const tagged = statuses.filter(
    ({ text, visibility }) => visibility === 'public' && tagsIn(text).some((name) => tags.includes(name)),
  );
  return ok(ranged(tagged, query, options).map((status) => wireStatus(url, status, people)));
}

/** Newest first. https://docs.joinmastodon.org/api/guidelines/#pagination */
function ranged(all: readonly FakeStatus[], query: URLSearchParams, { sinceIdIsKnown }: FakeOptions): FakeStatus[] {
  const number = (name: string) => (query.get(name) === null ? undefined : BigInt(query.get(name) ?? '0'));
  const [max, since, min] = [number('max_id'), sinceIdIsKnown ? number('since_id') : undefined, number('min_id')];
  const limit = Math.min(40, Number(query.get('limit') ?? 20));
  const within = all.filter(({ id }) => {
    const own = BigInt(id);
    return (max === undefined || own < max) && (since === undefined || own > since) && (min === undefined || own > min);
  });
  return (min === undefined ? within.slice(-limit) : within.slice(0, limit)).toReversed();
}

/** A hidden post gets the same response as a missing one. */
function visibleTo(account: FakeAccount | undefined, { by }: FakeStatus): boolean {
  return account === undefined || !by.blocks.has(account.id);
}

function shown(id: string, account: FakeAccount | undefined, { url, people, statuses }: FakeState): Answer {
  const status = statuses.find((one) => one.id === id);
  return status === undefined || !visibleTo(account, status) ? missing : ok(wireStatus(url, status, people));
}

function context(id: string, account: FakeAccount | undefined, { url, people, statuses }: FakeState): Answer {
  const status = statuses.find((one) => one.id === id);
  if (status === undefined || !visibleTo(account, status)) return missing;
  const ancestors: FakeStatus[] = [];
  for (let at = status.inReplyToId; at !== null;) {
    const parent = statuses.find((one) => one.id === at);
    if (parent === undefined) break;
    ancestors.unshift(parent);
    at = parent.inReplyToId;
  }
  const below = new Set([id]);
  const descendants = statuses.filter(({ id: own, inReplyToId }) => below.has(inReplyToId ?? '') && below.add(own));
  const wire = (one: FakeStatus) => wireStatus(url, one, people);
  return ok({ ancestors: ancestors.map(wire), descendants: descendants.map(wire) });
}

/** The text stays where the call leaves it out; the warning does not. */
function edited(status: FakeStatus, { body }: Call, { url, options, people }: FakeState): Answer {
  const { status: text = status.text, spoiler_text: spoilerText = '' } = body as Record<string, string>;
  if (text === '') return refused(422, "Validation failed: Text can't be blank");
  if (text.length > 2 * options.maxCharacters)
    return refused(422, `Validation failed: Text character limit of ${options.maxCharacters} exceeded`);
  Object.assign(status, { text, spoilerText, editedAt: Date.now() });
  return ok(wireStatus(url, status, people));
}

function create(account: FakeAccount, { body, headers }: Call, state: FakeState): Answer {
  const { url, options, people, statuses, keys } = state;
  const wire = (status: FakeStatus) => ok(wireStatus(url, status, people));
  const key = options.keepsKeys ? headers['idempotency-key'] : undefined;
  const earlier = typeof key === 'string' ? keys.get(`${account.id} ${key}`) : undefined;
  if (earlier !== undefined) return wire(earlier);
  const {
    status: text,
    visibility = 'public',
    spoiler_text: spoilerText = '',
    language = null,
    in_reply_to_id: parentId = null,
  } = body as Record<string, string | null>;
  if (typeof text !== 'string' || text === '') return refused(422, "Validation failed: Text can't be blank");
  const length = [
    ...new Intl.Segmenter().segment(text.replaceAll(/https?:\/\/\S+/g, 'x'.repeat(23)) + (spoilerText ?? '')),
  ].length;
  if (length > options.maxCharacters)
    return refused(422, `Validation failed: Text character limit of ${options.maxCharacters} exceeded`);
  const parent = statuses.find(({ id }) => id === parentId);
  if (parentId !== null && (parent === undefined || !visibleTo(account, parent)))
    return refused(404, 'The post you are trying to reply to does not appear to exist.');
  if (!/^[a-z]{2,3}$/.test(language ?? 'en')) return refused(422, 'Validation failed: Language is invalid');
  const status = state.write(account, text, {
    visibility: visibility ?? 'public',
    spoilerText: spoilerText ?? '',
    language,
    inReplyToId: parentId,
  });
  if (typeof key === 'string') keys.set(`${account.id} ${key}`, status);
  return wire(status);
}
