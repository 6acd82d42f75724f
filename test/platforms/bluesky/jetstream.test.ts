import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Cursor, Page } from '../../../src/core/post.ts';
import { BlueskyFeed } from '../../../src/platforms/bluesky/config.ts';
import { driver } from '../../../src/platforms/bluesky/driver.ts';
import type { Feed } from '../../../src/platforms/platform.ts';
import { feedContract, textsOf } from '../../contract/feed.ts';
import { streamContract } from '../../contract/stream.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { type FakeJetstream, openFakeJetstream } from '../../support/fake-jetstream/server.ts';
import { untilMarked } from './marked.ts';
import { wait } from '../../support/wait.ts';

const ada = 'did:plc:ada';
const cid = 'bafyreidwaivazkwu67xztlmuobx35hs2lnfh3kolmgfmucldvhd3sgzcqi';
const collection = 'app.bsky.feed.post';
let serial = 0;

function post(fake: FakeJetstream, record: unknown, { did = ada, timeUs }: { did?: string; timeUs?: number } = {}) {
  serial += 1;
  const rkey = `3l3qo2vu${serial}`;
  return fake.commit(did, { operation: 'create', collection, rkey, cid, record }, timeUs);
}

const say = (fake: FakeJetstream, text: string, at: { timeUs?: number } = {}) =>
  post(fake, { $type: collection, text, createdAt: new Date().toISOString() }, at);

async function openStream(hosts: readonly string[], options: object = {}) {
  const context = await openTestContext();
  onTestFinished(() => context[Symbol.asyncDispose]());
  const config = BlueskyFeed.parse({ hosts, silence: '5s', ...options });
  const stream = await driver.openStream!(config, context);
  onTestFinished(() => stream[Symbol.asyncDispose]());
  return { stream, context, config };
}

/** Reads on, connection after connection, until something is there that was asked for. */
async function readUntil(stream: Feed, text: string, after?: Cursor, pages: Page[] = []): Promise<Page[]> {
  const done = new AbortController();
  let cursor = after;
  const limit = AbortSignal.timeout(wait.timeout);
  while (!done.signal.aborted) {
    limit.throwIfAborted();
    for await (const page of stream.pages(cursor, AbortSignal.any([done.signal, limit]))) {
      cursor = page.cursor;
      pages.push(page);
      if (textsOf([page]).includes(text)) done.abort();
    }
  }
  return pages;
}

const cursorOf = (pages: readonly Page[]) => pages.at(-1)?.cursor;

async function setUp(wire: 'v1' | 'v2') {
  const fake = await openFakeJetstream();
  const context = await openTestContext();
  const config = BlueskyFeed.parse({ hosts: [fake[wire]], silence: '10s' });
  return {
    fake,
    open: async () => untilMarked(await driver.openStream!(config, context), async (text) => void say(fake, text)),
    write: async (texts: readonly string[]) => {
      for (const text of texts) post(fake, { text, tags: ['cablegate'], createdAt: '2026-11-25T00:00:00Z' });
    },
    writeHostile: async () => void post(fake, { text: { not: 'a text' }, tags: ['cablegate'] }),
    check: () => driver.checkFeed!(config, context),
    stall: () => fake.becomeSilent(),
    async [Symbol.asyncDispose]() {
      await fake[Symbol.asyncDispose]();
      await context[Symbol.asyncDispose]();
    },
  };
}

feedContract('bluesky: Jetstream, first wire', () => setUp('v1'));
feedContract('bluesky: Jetstream, second wire', () => setUp('v2'));

describe.each(['v1', 'v2'] as const)('by the wire %s', (wire) => {
  streamContract(`bluesky: Jetstream ${wire}`, async () => {
    const fake = await openFakeJetstream();
    const context = await openTestContext();
    const config = BlueskyFeed.parse({ hosts: [fake[wire]], silence: '10s' });
    let rkey = '';
    return {
      open: () => driver.openStream!(config, context),
      async listening(connections) {
        await vi.waitUntil(() => fake.asked.length >= connections && fake.connections > 0, wait);
      },
      write(text) {
        rkey = `3l3qo2vv${(serial += 1)}`;
        const record = { $type: collection, text, createdAt: new Date().toISOString() };
        fake.commit(ada, { operation: 'create', collection, rkey, cid, record });
      },
      remove: () => fake.commit(ada, { operation: 'delete', collection, rkey }),
      drop: () => fake.drop(),
      async [Symbol.asyncDispose]() {
        await fake[Symbol.asyncDispose]();
        await context[Symbol.asyncDispose]();
      },
    };
  });
});

async function openFake(options: { firstSeq?: number } = {}): Promise<FakeJetstream> {
  const fake = await openFakeJetstream(options);
  onTestFinished(() => fake[Symbol.asyncDispose]());
  return fake;
}

describe.each(['v1', 'v2'] as const)('Jetstream’s wire %s', (wire) => {
  test('brings what may be about cables, and nothing else', async () => {
    const fake = await openFake();
    const { stream } = await openStream([fake[wire]]);
    for (const text of [
      'a cat',
      '60 minutes',
      '#cablegate',
      'see 07ASTANA2244',
      '(#07ASTANA2244)',
      'a dog',
      '＃ｃａｂｌｅｇａｔｅ',
    ])
      say(fake, text);
    post(fake, {
      text: 'behind words',
      facets: [{ features: [{ uri: 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html' }] }],
    });
    post(fake, { text: 'only in the list', tags: ['WLfind'] });
    fake.commit(ada, {
      operation: 'create',
      collection: 'app.bsky.feed.like',
      rkey: 'x',
      cid,
      record: { text: '#cablegate' },
    });
    fake.emit({ did: ada, kind: 'identity' });
    say(fake, 'the end #cablegate');
    expect(textsOf(await readUntil(stream, 'the end #cablegate'))).toEqual([
      '#cablegate',
      'see 07ASTANA2244',
      '(#07ASTANA2244)',
      '＃ｃａｂｌｅｇａｔｅ',
      'behind words',
      'only in the list',
      'the end #cablegate',
    ]);
  });

  test('brings edits and deletions of whatever was there', async () => {
    const fake = await openFake();
    const { stream } = await openStream([fake[wire]]);
    const record = { text: 'no more of it', createdAt: '2026-11-25T00:00:00Z' };
    fake.commit(ada, { operation: 'update', collection, rkey: 'one', cid, record });
    fake.commit(ada, { operation: 'delete', collection, rkey: 'two' });
    say(fake, 'the end #cablegate');
    const changes = (await readUntil(stream, 'the end #cablegate')).flatMap((page) => page.changes ?? []);
    expect(changes).toMatchObject([
      { kind: 'edit', post: { id: `at://${ada}/${collection}/one`, text: 'no more of it' } },
      { kind: 'delete', key: `bluesky:at://${ada}/${collection}/two` },
    ]);
  });

  test('brings the end of an account, and not what passes', async () => {
    const fake = await openFake();
    const { stream } = await openStream([fake[wire]]);
    const tell = (did: string, active: boolean, status?: string) =>
      fake.emit({ did, kind: 'account', account: { active, status } });
    for (const status of ['takendown', 'suspended', 'deactivated', 'deleted']) tell(`did:plc:${status}`, false, status);
    tell(ada, false, 'throttled');
    tell(ada, true);
    say(fake, 'the end #cablegate');
    const changes = (await readUntil(stream, 'the end #cablegate')).flatMap((page) => page.changes ?? []);
    expect(changes).toEqual(
      ['takendown', 'suspended', 'deactivated', 'deleted'].map((status) => {
        return { kind: 'delete-author', platform: 'bluesky', id: `did:plc:${status}` };
      }),
    );
  });

  test('goes on where it was after a connection broke, without gap and without repeat', async () => {
    const fake = await openFake();
    const { stream } = await openStream([fake[wire]]);
    say(fake, '#cablegate 1');
    const first = await readUntil(stream, '#cablegate 1');
    fake.drop();
    say(fake, '#cablegate 2');
    const { stream: fresh } = await openStream([fake[wire]]);
    expect(textsOf(await readUntil(fresh, '#cablegate 2', cursorOf(first)))).toEqual(['#cablegate 2']);
  });

  test('what comes out of order after a break is there, and nothing twice', async () => {
    const fake = await openFake();
    const { stream } = await openStream([fake[wire]]);
    const now = Date.now() * 1000;
    const [first, second] = ['#cablegate 1', '#cablegate 2'];
    say(fake, first, { timeUs: now - 9_000_000 });
    say(fake, second, { timeUs: now });
    const before = await readUntil(stream, second);
    fake.drop();
    // It was written before the second, and this host has it behind that one.
    say(fake, '#cablegate late', { timeUs: now - 5_000_000 });
    say(fake, '#cablegate 3', { timeUs: now + 1000 });
    const { stream: fresh } = await openStream([fake[wire]]);
    expect(textsOf(await readUntil(fresh, '#cablegate 3', cursorOf(before)))).toEqual([
      '#cablegate late',
      '#cablegate 3',
    ]);
  });

  test('a broken connection is reported, and the stream goes on', async () => {
    const fake = await openFake();
    const { stream, context } = await openStream([fake[wire]]);
    say(fake, '#cablegate 1');
    const pages: Page[] = [];
    const reading = readUntil(stream, '#cablegate 2', undefined, pages);
    await vi.waitFor(() => expect(textsOf(pages)).toEqual(['#cablegate 1']), wait);
    fake.drop();
    say(fake, '#cablegate 2');
    await reading;
    expect(textsOf(pages)).toEqual(['#cablegate 1', '#cablegate 2']);
    expect(context.warnings.join()).toMatch(/connection ended with 1006/);
  });

  test('a host that takes connections and sends nothing is left for the next', async () => {
    const [silent, alive] = [await openFake(), await openFake()];
    silent.becomeSilent();
    const { stream, context } = await openStream([silent[wire], alive[wire]], { silence: '200ms' });
    say(alive, 'later #cablegate');
    expect(textsOf(await readUntil(stream, 'later #cablegate'))).toEqual(['later #cablegate']);
    expect(context.warnings.join()).toMatch(/no event for 0.2 s; trying the next host/);
  });

  test('a host that falls silent is left, and the next one is asked for a little more than what is missing', async () => {
    const [first, second] = [await openFake(), await openFake({ firstSeq: 5_000_000 })];
    const { stream } = await openStream([first[wire], second[wire]], { silence: '300ms' });
    const event = say(first, '#cablegate 1');
    say(second, '#cablegate 2', { timeUs: event.timeUs + 1000 });
    expect(textsOf(await readUntil(stream, '#cablegate 2'))).toEqual(['#cablegate 1', '#cablegate 2']);
    const cursor = Number(second.asked[0]?.searchParams.get('cursor'));
    expect(cursor).toBe(event.timeUs - 10_000_000);
  });

  test('hosts that are down, all of them, are an error that names each', async () => {
    const [one, two] = [await openFake(), await openFake()];
    one.goDown();
    two.goDown();
    const { stream } = await openStream([one[wire], two[wire]]);
    await expect(stream.pages(undefined, new AbortController().signal)[Symbol.asyncIterator]().next()).rejects.toThrow(
      /no host can be reached: .*503.*503/,
    );
  });

  test('a frame that is nonsense is one reject, and the rest goes on', async () => {
    const fake = await openFake();
    const { stream } = await openStream([fake[wire]]);
    for (const raw of ['{', 'null', '[]', '{"did":5}', '"x"', '{"$type":"message"}', '{"$type":"message","payload":7}'])
      fake.emit({ did: ada, kind: 'commit', raw });
    say(fake, 'the end #cablegate');
    const pages = await readUntil(stream, 'the end #cablegate');
    expect(pages.flatMap((page) => page.rejects)).toHaveLength(7);
  });

  test('a first run begins as long ago as was asked for', async () => {
    const fake = await openFake();
    const now = Date.now() * 1000;
    say(fake, 'old #cablegate', { timeUs: now - 7_200_000_000 });
    say(fake, 'recent #cablegate', { timeUs: now - 1_800_000_000 });
    const { stream } = await openStream([fake[wire]], { firstRun: '1h' });
    expect(textsOf(await readUntil(stream, 'recent #cablegate'))).toEqual(['recent #cablegate']);
  });

  test('a post that is larger than a megabyte is not asked for', async () => {
    const fake = await openFake();
    const { stream } = await openStream([fake[wire]]);
    say(fake, `#cablegate ${'x'.repeat(1_100_000)}`);
    say(fake, 'the end #cablegate');
    expect(textsOf(await readUntil(stream, 'the end #cablegate'))).toEqual(['the end #cablegate']);
  });
});

describe('a cursor that is too old', () => {
  const long = 48 * 3_600_000_000;

  async function forgotten(wire: 'v1' | 'v2') {
    const fake = await openFake();
    const { stream } = await openStream([fake[wire]], { firstRun: '3d' });
    const then = Date.now() * 1000 - long;
    say(fake, '#cablegate 1', { timeUs: then });
    const first = await readUntil(stream, '#cablegate 1');
    say(fake, '#cablegate lost', { timeUs: then + 1000 });
    say(fake, '#cablegate 2');
    fake.forget(1);
    const { stream: later, context } = await openStream([fake[wire]]);
    const pages = await readUntil(later, '#cablegate 2', cursorOf(first));
    expect(textsOf(pages)).toEqual(['#cablegate 2']);
    return { fake, warnings: context.warnings.join('\n') };
  }

  test('is silently clamped by v1, and reported all the same', async () => {
    const { warnings } = await forgotten('v1');
    expect(warnings).toMatch(/no events between .*posts of that time are missed/);
  });

  test('is refused by v2 and reported, and the stream resumes as far as the host has events', async () => {
    const { fake, warnings } = await forgotten('v2');
    expect(warnings).toMatch(/CursorTooOld/);
    expect(warnings).toMatch(/OutdatedCursor/);
    const cursors = fake.asked.map((url) => Number(url.searchParams.get('cursor')));
    expect(cursors.slice(1).map((cursor) => cursor >= 1e15)).toEqual([false, true]);
  });

  test('from before the host restarted its sequence is reported, and no event since then is missed', async () => {
    const fake = await openFake({ firstSeq: 1_000_000 });
    const { stream, context } = await openStream([fake.v2]);
    say(fake, '#cablegate 1');
    const first = await readUntil(stream, '#cablegate 1');
    fake.restart();
    say(fake, '#cablegate 2');
    expect(textsOf(await readUntil(stream, '#cablegate 2', cursorOf(first)))).toContain('#cablegate 2');
    expect(context.warnings.join()).toMatch(/FutureCursor/);
  });
});

describe('cursors', () => {
  test('of one wire format are never sent to the other', async () => {
    const fake = await openFake({ firstSeq: 77 });
    const { stream: v2 } = await openStream([fake.v2]);
    say(fake, '#cablegate 1');
    const counted = cursorOf(await readUntil(v2, '#cablegate 1'));
    const { stream: v1 } = await openStream([fake.v1]);
    say(fake, '#cablegate 2');
    const timed = cursorOf(await readUntil(v1, '#cablegate 2', counted));
    say(fake, '#cablegate 3');
    await readUntil(v2, '#cablegate 3', timed);
    const cursors = fake.asked.map((url) => Number(url.searchParams.get('cursor')));
    expect(cursors.every((cursor) => cursor >= 1e15)).toBe(true);
  });

  test('of another source are reported, and the stream starts over', async () => {
    const fake = await openFake();
    const { stream, context } = await openStream([fake.v1]);
    say(fake, '#cablegate 1');
    const cursor = JSON.stringify({ v: 1, source: 'firehose', host: 'wss://x', timeUs: 5, seq: 7, last: [] });
    for (const strange of [cursor, 'nonsense', '{}']) await readUntil(stream, '#cablegate 1', strange);
    expect(context.warnings.filter((warning) => warning.includes('starts over'))).toHaveLength(3);
  });
});

test('a check names each host that takes no connection', async () => {
  const [up, down] = [await openFake(), await openFake()];
  down.goDown();
  const { config, context } = await openStream([up.v1, down.v1]);
  expect(await driver.checkFeed!(config, context)).toMatch(/^127\.0\.0\.1:\d+: .*503/);
});
