import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import type { Clock } from '../../../src/core/clock.ts';
import { openBill } from './bill.ts';
import { openLimits } from './limits.ts';
import { post } from './posting.ts';
import { hidden, invalid, missing, Problem, unsupported } from './problems.ts';
import { inNewWords, inOldWords, readFields, render, renderUser } from './render.ts';
import { type AuthKind, type Credentials, openGate } from './sign.ts';
import { openFakeStream } from './stream.ts';
import { pageOf, refuseUnknown, search } from './timelines.ts';
import { type FakeTweet, openStore } from './store.ts';

/** What goes wrong with the next calls of an endpoint. */
export type Fault =
  | { readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
  /** The call is taken, and never answered. */
  | 'stall'
  /** The connection breaks before anything is done. */
  | 'reset'
  /** It is done, and the connection breaks before the answer. */
  | 'lost answer';

export const credentials: Credentials = {
  bearerToken: 'AAAA-bearer-of-the-test',
  appKey: 'app-key',
  appSecret: 'app-secret/&',
  accessToken: '1000000-access-token',
  accessSecret: 'access-secret=+',
};

interface Call {
  readonly endpoint: string;
  readonly query: Record<string, string>;
  readonly kind: AuthKind;
  readonly accepts: string;
}

/**
 * X as its documentation describes it, on a free port of 127.0.0.1: strict about who may ask what, and about every parameter. Nothing
 * here was seen on the real network; what the documentation leaves open is decided the hard way.
 */
export async function startFakeX({
  clock,
  keepAliveMs = 20_000,
  indexLagMs = 0,
  words = 'tweet',
}: {
  clock: Pick<Clock, 'now'>;
  keepAliveMs?: number;
  indexLagMs?: number;
  /** The vocabulary that it speaks, in requests and answers; the stream speaks the older one, as X's description has it. */
  words?: 'tweet' | 'post';
}) {
  const store = openStore(clock, indexLagMs);
  const bill = openBill(clock);
  const limits = openLimits(clock);
  const stream = openFakeStream(store, bill, { keepAliveMs });
  const gate = openGate(credentials);
  const calls: Call[] = [];
  const faults = new Map<string, Fault[]>();
  let mood: (endpoint: string) => Fault | undefined = () => undefined;

  function timeline(id: string, query: URLSearchParams, { own, kind }: { own: boolean; kind: AuthKind }) {
    const tweets = store
      .latest()
      .filter(({ author, mentions }) =>
        own ? author.id === id : author.id !== id && mentions.some((user) => user.id === id),
      );
    const { page, meta } = pageOf(tweets, query, {
      now: clock.now(),
      least: 5,
      tokenKey: 'pagination_token',
      known: [],
    });
    const rendered = render(page, readFields(query));
    // Owned reads are those of the user who asks; an app is nobody.
    bill.read(id === store.bot.id && kind === 'user' ? 'ownedRead' : 'read', idsOf(page));
    if (rendered.includes?.users) bill.read('user', authorsOf(page));
    return { ...(page.length > 0 && rendered), meta };
  }

  const endpoints: Record<string, (query: URLSearchParams, id: string, body: unknown, kind: AuthKind) => unknown> = {
    'GET /2/tweets/search/recent': (query) => {
      const found = search(store.latest(), query, clock.now());
      const { page, meta } = pageOf(found, query, {
        now: clock.now(),
        least: 10,
        tokenKey: 'next_token',
        known: ['query'],
      });
      const rendered = render(page, readFields(query));
      bill.read('read', idsOf(page));
      if (rendered.includes?.users) bill.read('user', authorsOf(page));
      return { ...(page.length > 0 && rendered), meta };
    },
    'GET /2/users/:id/mentions': (query, id, _body, kind) => timeline(id, query, { own: false, kind }),
    'GET /2/users/:id/tweets': (query, id, _body, kind) => timeline(id, query, { own: true, kind }),
    'GET /2/tweets': (query) => {
      refuseUnknown(query, ['ids', 'tweet.fields', 'user.fields', 'media.fields', 'expansions']);
      const ids = (query.get('ids') ?? '').split(',');
      if (ids.length > 100 || ids.some((id) => !/^\d{1,19}$/.test(id)))
        throw invalid('The `ids` query parameter value is not valid');
      const found = ids.flatMap((id) => store.find(id) ?? []);
      const shown = found.filter(({ author }) => !author.protected);
      const rendered = render(shown, readFields(query));
      bill.read('read', idsOf(shown));
      if (rendered.includes?.users) bill.read('user', authorsOf(shown));
      const errors = ids.flatMap((id) => {
        const tweet = store.find(id);
        return tweet === undefined ? [missing(id)] : tweet.author.protected ? [hidden(id)] : [];
      });
      return { ...(shown.length > 0 && rendered), ...(errors.length > 0 && { errors }) };
    },
    'GET /2/users/me': () => {
      bill.read('user', [store.bot.id]);
      return { data: renderUser(store.bot, new Set()) };
    },
    'GET /2/usage/tweets': () => ({ data: { project_usage: '12', project_cap: '2000000', cap_reset_day: 1 } }),
    'POST /2/tweets': (_query, _id, body) => {
      const { id, text, chain } = post(store, bill, body);
      return { data: { id, text, edit_history_tweet_ids: chain } };
    },
    'DELETE /2/tweets/:id': (_query, id) => {
      const tweet = store.find(id);
      if (tweet === undefined)
        throw new Problem(404, {
          title: 'Not Found Error',
          detail: `Could not find tweet with id: [${id}].`,
          type: 'https://api.x.com/2/problems/resource-not-found',
        });
      bill.charge('deletion', 1);
      store.remove(tweet);
      return { data: { deleted: true } };
    },
    'GET /2/tweets/search/stream/rules': () => stream.listRules(),
    'POST /2/tweets/search/stream/rules': (_query, _id, body) => stream.changeRules(body),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://api.x.com');
    const [endpoint, id] = endpointOf(request.method ?? 'GET', url.pathname);
    response.setHeader('date', new Date(clock.now()).toUTCString());
    try {
      const written = await bodyOf(request);
      const kind = gate(request, url);
      const accepts = request.headers['accept-encoding'] ?? 'identity';
      calls.push({ endpoint, query: Object.fromEntries(url.searchParams), kind, accepts });
      const fault = mood(endpoint) ?? faults.get(endpoint)?.shift();
      if (fault === 'stall') return;
      if (fault === 'reset') return void response.destroy();
      if (typeof fault === 'object')
        return void response
          .writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers })
          .end(fault.body);
      const kinds = limits.kinds(endpoint);
      if (kinds.length === 0)
        throw new Problem(404, { title: 'Not Found', type: 'about:blank', status: 404, detail: 'Not Found' });
      if (!kinds.includes(kind))
        throw unsupported(kind === 'app' ? 'OAuth 2.0 Application-Only' : 'OAuth 1.0a User Context', kinds.join(', '));
      limits.count(endpoint, kind, response);
      if (kind === 'user') response.setHeader('x-access-level', 'read-write');
      if (endpoint === 'GET /2/tweets/search/stream') {
        refuseUnknown(url.searchParams, [
          'tweet.fields',
          'user.fields',
          'media.fields',
          'expansions',
          'backfill_minutes',
        ]);
        return stream.connect(response, readFields(url.searchParams));
      }
      const query = words === 'post' ? inOldWords(url.searchParams) : url.searchParams;
      const said = endpoints[endpoint]?.(query, id, written === '' ? undefined : JSON.parse(written), kind);
      const body = words === 'post' ? inNewWords(said) : said;
      if (fault === 'lost answer') return void response.destroy();
      send(response, request.method === 'POST' ? 201 : 200, body);
    } catch (error) {
      if (!(error instanceof Problem)) return send(response, 500, { title: 'Internal Error', detail: String(error) });
      send(response, error.status, error.body);
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...store,
    port,
    bill,
    limits,
    stream,
    calls,
    /** How often an endpoint was called. */
    count: (endpoint: string) => calls.filter((call) => call.endpoint === endpoint).length,
    /** The next calls of this endpoint go wrong, each in its way. */
    fail(endpoint: string, ...ways: readonly Fault[]): void {
      faults.set(endpoint, [...(faults.get(endpoint) ?? []), ...ways]);
    },
    /** How every call goes wrong from now on; undefined: it does not. */
    behave(next: typeof mood): void {
      mood = next;
    },
    agent: (to = port): Agent => new PlainAgent(to),
    async [Symbol.asyncDispose]() {
      stream.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type FakeX = Awaited<ReturnType<typeof startFakeX>>;

/** The library speaks TLS to api.x.com only: this leads it to a port of this host, in plain HTTP. */
class PlainAgent extends Agent {
  readonly #port: number;

  constructor(port: number) {
    super({ keepAlive: false });
    this.#port = port;
  }

  override createConnection(): Duplex {
    return connect(this.#port, '127.0.0.1');
  }
}

const idsOf = (tweets: readonly FakeTweet[]) => tweets.map(({ id }) => id);
const authorsOf = (tweets: readonly FakeTweet[]) => [...new Set(tweets.map(({ author }) => author.id))];

function endpointOf(method: string, path: string): [string, string] {
  const [, users, id = '', rest = ''] = /^\/2\/(users|tweets)\/(\d+)(\/\w+)?$/.exec(path) ?? [];
  return users === undefined ? [`${method} ${path}`, ''] : [`${method} /2/${users}/:id${rest}`, id];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(JSON.stringify(body));
}
