import type { Payload } from '../../src/core/reply.ts';
import { NostrPublisher } from '../../src/platforms/nostr/config.ts';
import { driver as bluesky } from '../../src/platforms/bluesky/driver.ts';
import { driver as nostr } from '../../src/platforms/nostr/driver.ts';
import type { Publisher } from '../../src/platforms/platform.ts';
import { newPayload } from '../contract/publisher.ts';
import { answering, startScriptedRelay } from '../servers/nostr-script.ts';
import { openTestContext } from '../support/driver-context.ts';
import { openFakeMastodon } from '../support/fake-mastodon/fake-mastodon.ts';
import { loginOf } from './bluesky/accounts.ts';
import { openSmallServer } from './bluesky/small-server.ts';
import { openPublisher, publisherConfig, replyTo } from './mastodon/setup.ts';
import { bot, note, secretOf } from './nostr/events.ts';
import { openSite } from './wordpress/site.ts';
import { answerTo, open as openX } from './x/setting.ts';

/** An answer that is no success. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The words of a platform's own API: about this reply, and about the login. */
interface Own {
  readonly refuses: string;
  readonly login: string;
}

/** A platform with a post to answer, whose answers the test replaces. */
export interface Place extends AsyncDisposable {
  readonly publisher: Publisher & AsyncDisposable;
  readonly own: Own;
  /** A reply with this text to the post. */
  payload(text: string): Payload;
  /** What it answers from now on, to the requests of these methods; undefined: as it should. */
  answer(methods: readonly ('GET' | 'POST')[], answer: Answer | undefined): void;
  /** Takes the next reply, and answers with this all the same. */
  takeAndAnswer?(answer: Answer): void;
  /** How often a reply with this text stands there. */
  copies(text: string): number;
  /** Requests to send a reply, whatever became of them. */
  attempts(): number;
}

type Now = () => number;

async function mastodonPlace(now: Now, changes: Parameters<typeof openFakeMastodon>[0] = {}): Promise<Place> {
  const fake = await openFakeMastodon({ limit: 1_000_000, ...changes });
  const [account, ada] = [fake.join('bot'), fake.join('ada')];
  const parent = fake.write(ada, '#cablegate');
  const context = { ...(await openTestContext([fake.allow])), clock: { now, sleep: () => Promise.resolve() } };
  const publisher = await openPublisher(publisherConfig({ url: fake.url, token: account.token }), context);
  const uri = `${fake.url}/users/ada/statuses/${parent.id}`;
  return {
    publisher,
    own: {
      refuses: '{"error":"Validation failed"}',
      login: '{"error":"This action is outside the authorized scopes"}',
    },
    payload: (text) => newPayload({ text, createdAt: Date.now(), replyTo: replyTo(fake.url, { id: parent.id, uri }) }),
    answer: (methods, answer) =>
      fake.behave(({ method }, response) => {
        if (answer === undefined || !methods.some((one) => one === method)) return false;
        return response.writeHead(answer.status, { location: 'https://new.example/' }).end(answer.body) !== undefined;
      }),
    takeAndAnswer: ({ status, body }) =>
      fake.behave(({ method, body: written }, response) => {
        if (method !== 'POST') return false;
        fake.write(account, String(written['status']), { inReplyToId: parent.id });
        fake.behave(() => false);
        return response.writeHead(status).end(body) !== undefined;
      }),
    copies: (wanted) => fake.statuses.filter(({ by, text }) => by === account && text.endsWith(` ${wanted}`)).length,
    attempts: () => fake.calls.filter(({ method }) => method === 'POST').length,
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

async function xPlace(): Promise<Place> {
  const setting = await openX();
  const { x, driver, publisher: config, context } = setting;
  const parent = x.write('@pilcrowbot 07ASTANA2244?');
  return {
    publisher: await driver.openPublisher!(config(), context),
    own: {
      refuses: '{"title":"Forbidden","detail":"You have been blocked from replying to this user."}',
      login: '{"detail":"Your client app is not configured with the appropriate oauth1 app permissions."}',
    },
    payload: (text) => answerTo(parent, text, { createdAt: setting.clock.now() }),
    answer: (methods, answer) =>
      x.behave((endpoint) => (methods.some((method) => endpoint.startsWith(method)) ? answer : undefined)),
    copies: (wanted) => x.latest().filter(({ author, text }) => author === x.bot && text === wanted).length,
    attempts: () => x.count('POST /2/tweets'),
    [Symbol.asyncDispose]: () => setting[Symbol.asyncDispose](),
  };
}

async function blueskyPlace(now: Now): Promise<Place> {
  const server = await openSmallServer();
  const context = { ...(await openTestContext()), clock: { now, sleep: () => Promise.resolve() } };
  const [cid, did] = ['bafyreidwaivazkwu67xztlmuobx35hs2lnfh3kolmgfmucldvhd3sgzcqi', 'did:plc:ada'];
  const uri = `at://${did}/app.bsky.feed.post/1`;
  const view = { uri, cid, author: { did, handle: 'ada.test' }, record: {}, indexedAt: new Date().toISOString() };
  const records = new Map<string, unknown>();
  const put = 'com.atproto.repo.putRecord';
  server.answer('app.bsky.feed.getPosts', () => [200, { posts: [view] }]);
  // A session that the server refuses is replaced by a login.
  server.answer('com.atproto.server.refreshSession', () => [401, { error: 'ExpiredToken' }]);
  server.answer(put, (_query, _token, body) => {
    const { rkey, record } = JSON.parse(body) as { rkey: string; record: unknown };
    records.set(rkey, record);
    return [200, { uri: `at://did:plc:bot/app.bsky.feed.post/${rkey}`, cid }];
  });
  server.answer('com.atproto.repo.getRecord', (query) => {
    const value = records.get(query.get('rkey') ?? '');
    return value === undefined ? [400, { error: 'RecordNotFound', message: 'no' }] : [200, { uri, value }];
  });
  const publisher = await bluesky.openPublisher!(
    loginOf(server.url, { handle: 'bot.test', password: 'right' }),
    context,
  );
  const { replyTo: address } = newPayload();
  return {
    publisher,
    own: {
      refuses: '{"error":"InvalidRequest","message":"Record/text must not be longer"}',
      login: '{"error":"AccountTakedown","message":"Account has been taken down"}',
    },
    payload: (text) =>
      newPayload({ text, createdAt: now(), replyTo: { ...address, id: uri, platform: 'bluesky', native: { cid } } }),
    answer(methods, answer) {
      for (const name of methods)
        if (answer === undefined) server.restore(name);
        else server.answer(name, () => [answer.status, answer.body]);
    },
    copies: (wanted) =>
      [...records.values()].filter((record) => JSON.stringify(record).includes(JSON.stringify(wanted))).length,
    attempts: () => server.count(put),
    async [Symbol.asyncDispose]() {
      await publisher[Symbol.asyncDispose]();
      await context[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function wordpressPlace(): Promise<Place> {
  const site = await openSite();
  const publisher = await site.open();
  const sent: string[] = [];
  const took = () =>
    sent.push(...site.requests.splice(0).flatMap(({ method, body }) => (method === 'POST' ? [body] : [])));
  let [isTaking, attempts] = [true, 0];
  const count = () => {
    const before = sent.length;
    took();
    attempts += sent.length - before;
    if (!isTaking) sent.splice(before);
  };
  return {
    publisher,
    own: {
      refuses: '{"code":"rest_comment_closed","message":"Comments are closed."}',
      login: '{"code":"rest_forbidden","message":"Application passwords are not available for your user."}',
    },
    payload: (text) => ({ ...site.payload(), text }),
    answer(methods, answer) {
      count();
      isTaking = answer === undefined || !methods.includes('POST');
      const script = answer && methods.map((method) => [method, answer] as const);
      site.on = Object.fromEntries(
        (script ?? []).map(([method, { status, body }]) => [
          method,
          (response) => response.writeHead(status, { location: 'https://new.example/' }).end(body),
        ]),
      );
    },
    copies(wanted) {
      count();
      return sent.filter((body) => body.includes(JSON.stringify(wanted))).length;
    },
    attempts() {
      count();
      return attempts;
    },
    async [Symbol.asyncDispose]() {
      await publisher[Symbol.asyncDispose]();
      await site[Symbol.asyncDispose]();
    },
  };
}

/** The platforms that answer by HTTP. */
export const httpPlaces: Readonly<Record<string, (now: Now) => Promise<Place>>> = {
  mastodon: (now) => mastodonPlace(now),
  'a compatible server': (now) =>
    mastodonPlace(now, { version: '2.7.2 (compatible; Pleroma 2.5.0)', keepsKeys: false }),
  x: xPlace,
  bluesky: blueskyPlace,
  wordpress: wordpressPlace,
};

/** A relay that answers an event with these words, or takes it. */
export async function nostrPlace(words?: () => string | undefined) {
  const parent = note('parent');
  const taken: string[] = [];
  const relay = await startScriptedRelay((message, send, client) => {
    const [kind, event] = message;
    if (kind !== 'EVENT') return answering([parent])(message, send, client);
    const { id, content } = event as { id: string; content: string };
    const reason = words?.();
    if (reason === undefined) taken.push(content);
    send(['OK', id, reason === undefined, reason ?? '']);
  });
  const context = await openTestContext();
  const parsed = NostrPublisher.parse({ relays: [relay.url], key: { env: 'NOSTR_KEY' } });
  const publisher = await nostr.openPublisher!({ ...parsed, key: secretOf(bot.hex) }, context);
  const about = {
    id: parent.id,
    platform: 'nostr',
    key: `nostr:${parent.id}`,
    thread: parent.id,
    authorId: parent.pubkey,
  };
  return {
    publisher,
    payload: (text: string): Payload => newPayload({ text, replyTo: { ...newPayload().replyTo, ...about } }),
    copies: (wanted: string) => taken.filter((text) => text === wanted).length,
    attempts: () => relay.heard.filter(([kind]) => kind === 'EVENT').length,
    async [Symbol.asyncDispose]() {
      await publisher[Symbol.asyncDispose]();
      await context[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
    },
  };
}
