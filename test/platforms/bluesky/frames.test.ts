import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Interest, interestIn } from '../../../src/platforms/bluesky/hashtags.ts';
import { decodeBatch } from '../../../src/platforms/bluesky/jetstream.ts';
import { prefilter } from '../../../src/platforms/bluesky/stream.ts';
import { seeded } from '../../support/make-posts.ts';

const collection = 'app.bsky.feed.post';
const [bot, ada] = ['did:plc:bot', 'did:plc:ada'];
const hashtags = ['cablegate', 'WLfind', 'café', 'r&d/"x"'];
const interest = interestIn(hashtags, bot);
/** Its last hashtag has no letter of ASCII. */
const cyrillic = interestIn([...hashtags, 'Кабель'], bot);
const cid = 'bafyreihuiroszyuaeqhkuedmgyglnvv3yoznl6tndjc4ux7yzvfaqscfae';
const ref = (did: string) => ({ cid, uri: `at://${did}/${collection}/3k1` });

interface Change {
  readonly operation: string;
  readonly record: object;
}
type Wire = 'v1' | 'v2';

const frameOf = {
  v1: ({ operation, record }: Change) => ({
    did: ada,
    time_us: 1_764_000_000_000_001,
    kind: 'commit',
    commit: { rev: '3l3qo2vutsw2b', operation, collection, rkey: '3l3', record, cid },
  }),
  v2: ({ operation, record }: Change) => ({
    $type: 'message',
    payload: {
      $type: 'network.bsky.jetstream.subscribeEvents#commit',
      cid,
      collection,
      did: ada,
      operation,
      record,
      rev: '3l3qo2vutsw2b',
      rkey: '3l3',
      seq: 25_174_868_752,
      time: '2026-11-08T00:00:00.123456Z',
    },
  }),
};
const plainFrame = (wire: Wire, record: object) =>
  Buffer.from(JSON.stringify(frameOf[wire]({ operation: 'create', record })));

/** What becomes of a batch, except for rejects. */
function deliveries(batch: readonly Buffer[], wire: Wire, read: Interest, mayMatter = read.mayMatter) {
  const messages = decodeBatch(batch, wire, mayMatter).filter((event) => 'timeUs' in event);
  return prefilter(messages, 'host', read, bot).filter(({ kind }) => kind !== 'reject');
}

/** True if the frame is not even parsed. */
function isSkipped(frame: Buffer, wire: Wire): boolean {
  return decodeBatch([frame, Buffer.from('{}')], wire, interest.mayMatter).length === 1;
}

interface Style {
  readonly seed: number;
  /** Share of the letters that are escaped. */
  readonly escapes: number;
  /** With spaces and keys in any order. */
  readonly odd: boolean;
}

/** JSON of the value in a style. */
function write(value: unknown, { seed, escapes, odd }: Style): string {
  const random = seeded(seed);
  const space = () => (odd && random() < 0.3 ? ' ' : '');
  const text = (written: string) =>
    JSON.stringify(written).replaceAll(/\\.|[^"\\]/g, (letter) => {
      if (letter.length > 1 || random() >= escapes) return letter;
      return letter === '/' ? '\\/' : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
    });
  const json = (one: unknown): string => {
    if (typeof one === 'string') return text(one);
    if (Array.isArray(one)) return `[${one.map(json).join(`,${space()}`)}]`;
    if (typeof one !== 'object' || one === null) return JSON.stringify(one ?? null);
    const fields = Object.entries(one).map(([key, field]) => {
      return { at: odd ? random() : 0, json: `${text(key)}:${space()}${json(field)}` };
    });
    const inOrder = fields.toSorted((a, b) => a.at - b.at).map((field) => field.json);
    return `{${inOrder.join(`,${space()}`)}}`;
  };
  return json(value);
}

const telling = ['cablegate', 'wlfind', 'кабель', 'café', '07ASTANA2244', '10-the hague 5', 'wikileaks.org/x'];
const spelled = fc.tuple(fc.constantFrom(...telling), fc.nat()).map(([word, seed]) => {
  const random = seeded(seed);
  return Array.from(word, (letter) => (random() < 0.5 ? letter.toUpperCase() : letter)).join('');
});
const harmless = ['cat', '3 dogs', '🗞️', '’', 'création', '07', 'at 10 am', '08T20:15', '"delete"', 'x', ' ', ','];
const signs = ['#', '＃', '\n', '\t', '"', '\\', '/', '–', '\u00a0', '\u200b', '&'];
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...harmless) },
  { weight: 2, arbitrary: fc.constantFrom(...signs) },
  { weight: 1, arbitrary: spelled },
  { weight: 1, arbitrary: fc.constantFrom('ｃａｂｌｅｇａｔｅ', '０７ＡＳＴＡＮＡ２', 'r&d/"x"', bot) },
);
const text = fc.array(piece, { maxLength: 4 }).map((all) => all.join(''));
const url = text.map((path) => `https://example.org/${path}`);
const did = fc.constantFrom(bot, ada, ada, ada);
const feature = fc.record({ tag: text, uri: url, did }, { requiredKeys: [] });
const record = fc.record(
  {
    $type: fc.constant(collection),
    createdAt: fc.constantFrom('2026-11-08T20:15:00.000Z', '2026-11-25T00:00:00Z'),
    text: fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: fc.constant(5) }),
    tags: fc.array(text, { maxLength: 2 }),
    facets: fc.array(fc.record({ features: fc.array(feature, { maxLength: 2 }) }), { maxLength: 2 }),
    embed: fc.record({ external: fc.record({ uri: url }) }),
    reply: did.map((one) => ({ root: ref(ada), parent: ref(one) })),
    // A stranger may call a field as the host calls its own.
    operation: fc.constantFrom('create', 'delete'),
  },
  { requiredKeys: ['text'] },
);
const change = fc.record({ operation: fc.constantFrom('create', 'create', 'create', 'update', 'delete'), record });
const style = fc.record({
  seed: fc.nat(),
  escapes: fc.constantFrom(0, 0, 0, 0.01, 0.5),
  odd: fc.constantFrom(false, false, true),
});
const harm = fc.record({
  at: fc.nat(700),
  cut: fc.nat(3),
  put: fc.constantFrom('', '"', '\\', '\\n', '\\u', '0', ',', '}', ' ', '07ASTANA2'),
});

describe.each(['v1', 'v2'] as const)('by the wire %s', (wire) => {
  test('no frame is passed over of which parsing would make something', () => {
    const frame = fc.tuple(change, style, fc.option(harm, { freq: 1 })).map(([one, how, damage]) => {
      const whole = write(frameOf[wire](one), how);
      if (damage === null) return Buffer.from(whole);
      return Buffer.from(whole.slice(0, damage.at) + damage.put + whole.slice(damage.at + damage.cut));
    });
    let delivered = 0;
    let skipped = 0;
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.constantFrom(interest, cyrillic), (batch, read) => {
        const found = deliveries(batch, wire, read);
        expect(found).toEqual(deliveries(batch, wire, read, () => true));
        delivered += found.length;
        skipped += batch.filter((one) => isSkipped(one, wire)).length;
      }),
      { numRuns: 2500 },
    );
    expect(delivered).toBeGreaterThan(500);
    expect(skipped).toBeGreaterThan(200);
  });

  test('a post about something else is not parsed, whatever the hour, the lines and the length', () => {
    const times = ['2026-11-08T20:15:00.000Z', '2026-11-10T06:07:08.123Z', '2026-11-20T00:00:00Z'];
    const texts = ['a cat', '"two"\nlines, 3 more at 10am', 'x'.repeat(19_000), 'prix : 12 €, l’été 👍'];
    for (const createdAt of times)
      for (const words of texts) expect(isSkipped(plainFrame(wire, { createdAt, text: words }), wire)).toBe(true);
  });

  test('the last event of a batch is parsed all the same, to resume there', () => {
    const frame = plainFrame(wire, { text: 'a cat' });
    expect(decodeBatch([frame, frame, frame], wire, () => false)).toMatchObject([{ timeUs: expect.any(Number) }]);
  });
});

test.each<[string, string, Interest?]>([
  ['КАБЕЛЬ', '{"text":"#КАБЕЛЬ"}', cyrillic],
  ['Кабель', '{"text":"#Кабель"}', cyrillic],
  ['CAFÉ', '{"text":"#CAFÉ"}'],
  ['a tag with an escaped slash', String.raw`{"text":"","tags":["R&D\/\"x\""]}`],
  ['an ID with a dash and a hard space', '{"text":"07–\u00a0ASTANA\u00a0–2244"}'],
  ['an ID with an apostrophe', '{"text":"07N’DJAMENA5"}'],
  ['an ID behind a newline', String.raw`{"text":"x\n07ASTANA2244"}`],
])('%s is not passed over', (_what, json, read = interest) => {
  const frame = Buffer.from(
    plainFrame('v1', {})
      .toString()
      .replace('{}', () => json),
  );
  expect(deliveries([frame, Buffer.from('{}')], 'v1', read)).toHaveLength(1);
});
