import { describe, expect, onTestFinished, test, vi } from 'vitest';
import * as nip19 from 'nostr-tools/nip19';
import type { Post } from '../../../src/core/post.ts';
import { NostrFeed, NostrPublisher } from '../../../src/platforms/nostr/config.ts';
import { driver } from '../../../src/platforms/nostr/driver.ts';
import { newPayload } from '../../contract/publisher.ts';
import { startScriptedRelay } from '../../servers/nostr-script.ts';
import { type NostrServer, startNostrRelay } from '../../servers/nostr.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { wait } from '../../support/wait.ts';
import { ada, bot, newPerson, note, secondsAgo, secretOf } from './events.ts';

const { signal } = new AbortController();
type Server = Pick<NostrServer, 'url'> & Partial<Pick<NostrServer, 'allow'>>;

async function contextFor(...servers: readonly Server[]) {
  const context = await openTestContext(servers.flatMap(({ allow }) => allow ?? []));
  onTestFinished(() => context[Symbol.asyncDispose]());
  return context;
}

async function openWriter(relays: readonly Server[], strangers: readonly Server[] = []) {
  const context = await contextFor(...relays, ...strangers);
  const config = NostrPublisher.parse({ relays: relays.map(({ url }) => url), key: { env: 'NOSTR_KEY' } });
  const publisher = await driver.openPublisher!({ ...config, key: secretOf(bot.hex) }, context);
  onTestFinished(() => publisher[Symbol.asyncDispose]());
  return { publisher, context };
}

async function read(relay: Server, key = false): Promise<Post[]> {
  const context = await contextFor(relay);
  const config = NostrFeed.parse({ relays: [relay.url], account: bot.key, ...(key && { key: { env: 'NOSTR_KEY' } }) });
  const feed = await driver.openFeed!({ ...config, ...(key && { key: secretOf(bot.hex) }) }, context);
  onTestFinished(() => feed[Symbol.asyncDispose]());
  const posts: Post[] = [];
  for await (const page of feed.pages(undefined, signal)) posts.push(...page.posts);
  return posts;
}

/** What the ledger would freeze for a reply to a post that was read. */
function answerTo({ id, key, thread, author, native }: Post, text = 'here') {
  const payload = newPayload({ text });
  const about = { id, key, platform: 'nostr', thread, authorId: author.id, ...(native && { native }) };
  return { ...payload, replyTo: { ...payload.replyTo, ...about } };
}

const answersAt = (relay: NostrServer) =>
  relay.store.events.filter(({ pubkey, kind }) => pubkey === bot.key && kind !== 5);
const readList = (tags: string[][]) => note('', { kind: 10_002, tags, at: secondsAgo(100) });

describe('a reply', () => {
  test('goes also to the relay where the question stood and to those where the asker reads; its deletion too', async () => {
    await using own = await startNostrRelay();
    await using origin = await startNostrRelay();
    await using inbox = await startNostrRelay();
    await using outbox = await startNostrRelay();
    await origin.bring(note('07ASTANA2244?', { tags: [['p', bot.key]] }));
    await origin.bring(
      readList([['r', inbox.url, 'read'], ['r', outbox.url, 'write'], ['r', 'https://no.relay'], ['r']]),
    );
    const [question] = await read(origin);
    const { publisher } = await openWriter([own], [origin, inbox, outbox]);
    const published = await publisher.publish(answerTo(question!), signal);
    expect([own, origin, inbox, outbox].map((relay) => answersAt(relay).length)).toEqual([1, 1, 1, 0]);
    await publisher.withdraw(published, signal);
    expect([own, origin, inbox].map((relay) => answersAt(relay).length)).toEqual([0, 0, 0]);
  });

  test('never goes to a private address that a stranger names, and their relays keep it from nobody', async () => {
    await using own = await startNostrRelay();
    await using inner = await startNostrRelay();
    await own.bring(note('07ASTANA2244?', { tags: [['p', bot.key]] }));
    await own.bring(
      readList([
        ['r', inner.url],
        ['r', 'ws://127.0.0.1:1'],
      ]),
    );
    const [question] = await read(own);
    const { publisher } = await openWriter([own]);
    await publisher.publish(answerTo(question!), signal);
    expect([own, inner].map((relay) => answersAt(relay).length)).toEqual([1, 0]);
    expect(inner.asked).toEqual([]);
  });

  test('expires with the note that it answers (NIP-40), and is not sent after that', async () => {
    await using relay = await startNostrRelay();
    const until = secondsAgo(-3600);
    await relay.bring(
      note('07ASTANA2244?', {
        tags: [
          ['p', bot.key],
          ['expiration', String(until)],
        ],
      }),
    );
    const [question] = await read(relay);
    const { publisher } = await openWriter([relay]);
    await publisher.publish(answerTo(question!), signal);
    expect(answersAt(relay)[0]?.tags).toContainEqual(['expiration', String(until)]);
    const expired = { ...question!, native: { ...question!.native, expiration: String(secondsAgo(1)) } };
    await expect(publisher.publish(answerTo(expired, 'late'), signal)).rejects.toThrow('the parent post has expired');
  });

  test('to a protected note (NIP-70) is protected, and stays at its relay', async () => {
    await using own = await startNostrRelay();
    await using origin = await startNostrRelay();
    await using inbox = await startNostrRelay();
    origin.store.upsert(note('07ASTANA2244?', { tags: [['p', bot.key], ['-']] }));
    await origin.bring(readList([['r', inbox.url]]));
    const [question] = await read(origin);
    const { publisher } = await openWriter([own], [inbox]);
    await publisher.publish(answerTo(question!), signal);
    expect([own, inbox].map((relay) => answersAt(relay).length)).toEqual([0, 0]);
    expect(answersAt(origin)[0]?.tags).toContainEqual(['-']);
  });

  test('to a comment (NIP-22) is a comment on the same root', async () => {
    await using relay = await startNostrRelay();
    const article = `30023:${ada.key}:cables`;
    const root = [
      ['A', article, relay.url],
      ['K', '30023'],
      ['P', ada.key],
    ];
    const parent = [
      ['a', article],
      ['k', '30023'],
      ['p', ada.key],
    ];
    const asker = newPerson();
    const comment = note(`nostr:${nip19.npubEncode(bot.key)} 07ASTANA2244?`, {
      by: asker,
      kind: 1111,
      tags: [...root, ...parent, ['p', bot.key]],
    });
    await relay.bring(comment);
    const [question] = await read(relay);
    expect(question).toMatchObject({ summoned: true, inReplyTo: null, thread: article });
    const { publisher } = await openWriter([relay]);
    await publisher.publish(answerTo(question!), signal);
    const [answer] = answersAt(relay);
    expect(answer?.kind).toBe(1111);
    const ofThread = [...root, ['e', comment.id, relay.url, asker.key], ['k', '1111'], ['p', asker.key]];
    expect(answer?.tags.slice(0, ofThread.length)).toEqual(ofThread);
  });
});

describe('a summons', () => {
  const npub = nip19.npubEncode(bot.key);
  const nprofile = nip19.nprofileEncode({ pubkey: bot.key, relays: ['wss://a.example'] });
  const botNote = note('an answer', { by: bot, tags: [] });
  const others = note('of somebody else', { tags: [] });
  const tagged = (...tags: string[][]) => [['p', bot.key], ['t', 'cablegate'], ...tags];

  test.each<[string, boolean, Parameters<typeof note>]>([
    ['a p tag in a note that answers nothing', true, ['07ASTANA2244', { tags: tagged() }]],
    ['a p tag copied along a thread', false, ['07ASTANA2244', { tags: tagged(['e', others.id, '', 'root']) }]],
    [
      'a p tag copied in a comment',
      false,
      ['x', { kind: 1111, tags: tagged(['E', others.id], ['e', others.id, '', ada.key]) }],
    ],
    ['an answer to the bot', true, ['and ¶6?', { tags: tagged(['e', botNote.id, '', 'root']) }]],
    [
      'an answer that says whom it answers',
      true,
      [
        'x',
        {
          tags: [
            ['t', 'cablegate'],
            ['e', 'a'.repeat(64), '', 'root', bot.key],
          ],
        },
      ],
    ],
    ['its npub in the text', true, [`nostr:${npub} see`, { tags: tagged(['e', others.id, '', 'root']) }]],
    ['its nprofile in the text', true, [`@${nprofile} see`, { tags: tagged(['e', others.id, '', 'root']) }]],
    [
      'the key of somebody else in the text',
      false,
      [`nostr:${nip19.npubEncode(ada.key)}`, { tags: tagged(['e', others.id, '', 'root']) }],
    ],
  ])('by %s: %s', async (_what, summoned, written) => {
    await using relay = await startNostrRelay();
    for (const event of [botNote, others]) await relay.bring(event);
    await relay.bring(note(...written));
    const posts = await read(relay);
    expect(posts.filter(({ text }) => text !== others.content)).toMatchObject([{ summoned }]);
  });
});

test('a note is found by a tag that is capitalized after its digits, or written as people write it, however many tags there are', async () => {
  await using relay = await startNostrRelay();
  for (const tag of ['07Astana2244', 'CableGate']) await relay.bring(note(tag, { tags: [['t', tag]] }));
  const many = Array.from({ length: 98 }, (_, i) => `Tag${i}`);
  const context = await contextFor(relay);
  const feed = await driver.openFeed!(
    NostrFeed.parse({ relays: [relay.url], hashtags: [...many, 'cablegate', '07ASTANA2244'] }),
    context,
  );
  onTestFinished(() => feed[Symbol.asyncDispose]());
  const texts: string[] = [];
  for await (const { posts } of feed.pages(undefined, signal)) texts.push(...posts.map(({ text }) => text));
  expect(texts.toSorted()).toEqual(['07Astana2244', 'CableGate']);
});

test('alternative texts of images (NIP-92) are read', async () => {
  await using relay = await startNostrRelay();
  await relay.bring(
    note('#cablegate', {
      tags: [
        ['t', 'cablegate'],
        ['imeta', 'url https://a.example/1.png', 'alt page of 07ASTANA2244'],
      ],
    }),
  );
  expect(await read(relay)).toMatchObject([{ text: '#cablegate\n\npage of 07ASTANA2244', altTextStart: 12 }]);
});

describe('a relay that serves only those it knows (NIP-42)', () => {
  test('is read and written to after identification', async () => {
    await using relay = await startNostrRelay({}, { membersOnly: true });
    await relay.bring(note('07ASTANA2244?', { tags: [['p', bot.key]] }));
    const [question] = await read(relay, true);
    const { publisher } = await openWriter([relay]);
    await publisher.publish(answerTo(question!), signal);
    expect(answersAt(relay)).toHaveLength(1);
    await expect(read(relay)).rejects.toThrow('auth-required: only members');
  });
});

describe('a relay', () => {
  test('that says nothing but a NOTICE is reported with its words', async () => {
    await using relay = await startScriptedRelay(([kind], send) => {
      if (kind === 'REQ') send(['NOTICE', 'ERROR: bad req: too many filters']);
    });
    const { publisher, context } = await openWriter([relay]);
    const soon = AbortSignal.timeout(300);
    const post = { id: note('x').id, key: 'nostr:x', thread: 'x', author: { id: ada.key } } as unknown as Post;
    await publisher.publish(answerTo(post), soon).catch(() => {});
    await vi.waitFor(() => expect(context.warnings.join()).toMatch(/127\.0\.0\.1:\d+ says: ERROR: bad req/), wait);
    expect(context.warnings).toHaveLength(1);
  });

  test('that never ends its answers still shows that the parent is there', async () => {
    const parent = note('07ASTANA2244?');
    await using relay = await startScriptedRelay(([kind, id, filter], send) => {
      if (kind === 'REQ' && typeof filter === 'object' && filter !== null && 'ids' in filter)
        send(['EVENT', id, parent]);
      else if (kind === 'REQ') send(['CLOSED', id, 'error: no']);
      if (kind === 'EVENT') send(['OK', (id as { id: string }).id, true, '']);
    });
    const { publisher } = await openWriter([relay]);
    const post = { id: parent.id, key: 'nostr:x', thread: parent.id, author: { id: ada.key } } as unknown as Post;
    expect(await publisher.publish(answerTo(post), signal)).toHaveProperty('id');
  });
});
