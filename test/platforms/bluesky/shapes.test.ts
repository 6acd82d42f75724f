import { describe, expect, test } from 'vitest';
import { interestIn } from '../../../src/platforms/bluesky/hashtags.ts';
import { decodeBatch } from '../../../src/platforms/bluesky/jetstream.ts';
import { prefilter } from '../../../src/platforms/bluesky/stream.ts';
import { readRecord, toPost } from '../../../src/platforms/bluesky/to-post.ts';
import { linksOf, PostRecord, PostView } from '../../../src/platforms/bluesky/wire.ts';
import { oddities } from '../../support/oddities.ts';

const uri = 'at://did:plc:ada/app.bsky.feed.post/3l3';
const text = 'See 07ASTANA2244';
const cable = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html';
const ref = { uri: 'at://did:plc:eve/app.bsky.feed.post/1', cid: 'bafy' };
const external = { external: { uri: cable, title: 'A cable', description: '' } };
const images = { images: [{ alt: 'a page' }, { alt: text }] };
const video = { video: {}, alt: text };
const interest = interestIn(['cablegate']);

describe.each([
  ['', (media: object) => media],
  [' beside a quote', (media: object) => ({ record: { record: ref }, media })],
])('in an embed%s', (_where, embedded) => {
  test('the link of a card is read', () => {
    const record = PostRecord.parse({ text: '', embed: embedded(external) });
    expect([linksOf(record), interest.accepts(record)]).toEqual([[cable], true]);
  });

  test.each([
    ['images', images, `a page\n\n${text}`],
    ['a video', video, text],
  ])('the alternative texts of %s are read as text', (_what, media, words) => {
    const record = PostRecord.parse({ text: 'Look', embed: embedded(media) });
    expect(interest.accepts(record)).toBe(true);
    expect(toPost({ uri, cid: 'c', record, seenAt: 5 }, undefined)).toMatchObject({
      text: `Look\n\n${words}`,
      altTextStart: 6,
    });
  });
});

test.each([
  ['alone', { record: ref }, ref.uri],
  ['with media', { record: { record: ref }, media: external }, ref.uri],
  ['of something that is no post', { record: { uri: 'at://did:plc:eve/app.bsky.graph.list/1' } }, undefined],
])('a quote %s is known by its URI', (_what, embed, quotes) => {
  const found = { uri, cid: 'c', record: PostRecord.parse({ text, embed }), seenAt: 5 };
  expect(toPost(found, undefined).quotes).toBe(quotes);
});

const record = {
  $type: 'app.bsky.feed.post',
  createdAt: '2026-11-08T20:15:00.000Z',
  langs: ['en'],
  tags: ['cablegate'],
  facets: [{ index: { byteStart: 0, byteEnd: 1 }, features: [{ uri: cable }, { tag: 'x' }, { did: 'did:plc:bot' }] }],
  reply: { root: ref, parent: ref },
  embed: { record: { record: ref }, media: { ...external, ...images, ...video } },
  labels: { values: [{ val: 'spoiler' }] },
};

describe('any field that is null, missing or of another type costs that field, never a post that still has its text', () => {
  test('in a record', () => {
    const lost = oddities(record).filter(({ change }) => {
      const read = readRecord({ ...change(record), text });
      return (
        typeof read === 'string' || !toPost({ uri, cid: 'c', record: read, seenAt: 5 }, undefined).text.startsWith(text)
      );
    });
    expect(lost.map(({ name }) => name)).toEqual([]);
  });

  test('in what the network shows of a post', () => {
    const view = {
      cid: 'c',
      author: {
        did: 'did:plc:ada',
        handle: 'ada.example',
        displayName: 'Ada',
        createdAt: '2024-01-01T00:00:00Z',
        labels: [{ src: 'did:plc:ada', val: 'bot', neg: false }],
        viewer: { blockedBy: false, blocking: 'x', followedBy: 'x' },
      },
      indexedAt: '2026-11-08T20:15:00.000Z',
      viewer: { replyDisabled: false },
    };
    const lost = oddities(view).filter(({ change }) => !PostView.safeParse({ ...change(view), uri, record }).success);
    expect(lost.map(({ name }) => name)).toEqual([]);
  });

  const commit = { rev: '3l3', operation: 'create', collection: 'app.bsky.feed.post', rkey: '3l3', cid: 'c' };

  // Without its author, place and time an event has no post.
  test.each([
    ['v1', { did: 'did:plc:ada', time_us: 1_764_000_000_000_001 }, { kind: 'commit', commit }],
    [
      'v2',
      {},
      { payload: { ...commit, $type: 'x#commit', seq: 1, did: 'did:plc:ada', time: '2026-11-08T00:00:00.123456Z' } },
    ],
  ] as const)('in an event of the wire %s', (wire, head, body) => {
    const needed = /(?:^commit|^payload|\.(?:operation|collection|rkey|seq|did|time)): /;
    const event = (changed: object) => JSON.stringify({ $type: 'message', ...head, ...changed });
    const lost = oddities(body).filter(({ name, change }) => {
      if (needed.test(name)) return false;
      const json = event(change(body)).replace('"rkey"', `"record":${JSON.stringify({ ...record, text })},"rkey"`);
      const batch = decodeBatch([Buffer.from(json)], wire, () => true).filter((one) => 'timeUs' in one);
      return !prefilter(batch, 'host', interest, undefined).some(({ kind }) => kind === 'post');
    });
    expect(lost.map(({ name }) => name)).toEqual([]);
  });
});
