import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainPostV1, plainPostV2 } from '../../../src/platforms/bluesky/plain-posts.ts';

const collection = 'app.bsky.feed.post';
const ref = (key: string) => ({
  cid: 'bafyreihuiroszyuaeqhkuedmgyglnvv3yoznl6tndjc4ux7yzvfaqscfae',
  uri: `at://did:plc:ada/${collection}/${key}`,
});
const recordOf = (text: string, more: object = {}) => ({
  $type: collection,
  createdAt: '2026-11-25T00:00:00.000Z',
  langs: ['en'],
  ...more,
  text,
});
const eventV1 = (record: object) => ({
  did: 'did:plc:ada',
  time_us: 1_764_000_000_000_001,
  kind: 'commit',
  commit: { rev: '3l3qo2vutsw2b', operation: 'create', collection, rkey: '3l3qo2vuowo2b', record, cid: ref('x').cid },
});
const eventV2 = (record: object) => ({
  $type: 'message',
  payload: {
    $type: 'network.bsky.jetstream.subscribeEvents#commit',
    cid: ref('x').cid,
    collection,
    did: 'did:plc:ada',
    operation: 'create',
    record,
    rev: '3l3qo2vutsw2b',
    rkey: '3l3qo2vuowo2b',
    seq: 25_174_868_752,
    time: '2026-11-25T00:00:00.123456Z',
  },
});
const reply = { parent: ref('a'), root: ref('b') };
const wires = [
  ['v1', plainPostV1, eventV1],
  ['v2', plainPostV2, eventV2],
] as const;

test.each(wires)('plain posts are read as JSON.parse reads them, by the wire %s', (_wire, read, event) => {
  const records = [
    recordOf('see #07ASTANA2244 ¶5'),
    recordOf('two\nlines, and "quoted"\n\n👍'),
    recordOf('a reply', { reply }),
    recordOf('no language', { langs: undefined }),
    recordOf(''),
    recordOf('"\n'.repeat(4000)),
    recordOf('x'.repeat(19_000)),
  ];
  for (const record of records) {
    const frame = JSON.stringify(event(record));
    expect(read(frame)).toEqual(JSON.parse(frame));
  }
});

test.each(wires)('hostile lengths are left to JSON.parse, by the wire %s', (_wire, read, event) => {
  expect(read(JSON.stringify(event(recordOf('x'.repeat(20_000)))))).toBeUndefined();
});

test.each(wires)(
  'plain posts of %s are read as JSON.parse reads them, or not at all, whatever the frame holds',
  (_wire, read, event) => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'n', '#', '\t', '\u2028', '¶') }),
    );
    const more = fc.record({
      langs: fc.constantFrom(undefined, [], ['en'], ['en', 'de']),
      reply: fc.constantFrom(undefined, reply, {}),
      facets: fc.constantFrom(undefined, []),
      tags: fc.constantFrom(undefined, ['cablegate']),
    });
    const harm = fc.record({
      at: fc.nat(700),
      cut: fc.nat(3),
      put: fc.constantFrom('', '', '"', '\\', '\\n', '0', ',', '}', ' ', '\u0000'),
    });
    let seen = 0;
    fc.assert(
      fc.property(text, more, fc.option(harm, { freq: 1 }), (words, fields, change) => {
        const whole = JSON.stringify(event(recordOf(words, fields)));
        const frame =
          change === null ? whole : whole.slice(0, change.at) + change.put + whole.slice(change.at + change.cut);
        const found = read(frame);
        if (found === undefined) return;
        seen += 1;
        expect(found).toEqual(JSON.parse(frame));
      }),
      { numRuns: 3000 },
    );
    expect(seen).toBeGreaterThan(100);
  },
);
