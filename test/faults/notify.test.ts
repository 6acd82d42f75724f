import { text as readText } from 'node:stream/consumers';
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deletePost } from '../../src/ledger/posts/post-changes.ts';
import { purgeTexts } from '../../src/ledger/posts/retention.ts';
import { lostNotices, claimNotices } from '../../src/ledger/operators/notices.ts';
import { drain } from '../../workers/index.ts';
import { openHooked } from '../support/hooked.ts';

interface Hook {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly data: readonly { readonly post: { readonly key: string } }[];
}

const line = (id: string) => ({ id, createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244', author: id });

const notifying = 'rules: [{ name: tell, action: notify, to: hook }, { name: record, action: record }]\n';

/** A bot that tells a webhook of each mention; the hook answers by the script, then with 200. */
async function open(posts: readonly object[], script: number[] = []) {
  const got: Hook[] = [];
  const bot = await openHooked({
    posts,
    rules: notifying,
    hook: (request, response) => {
      void readText(request).then((body) => {
        const status = script.shift() ?? 200;
        if (status === 0) return request.socket.destroy();
        if (status === 200 || status === 1) got.push(JSON.parse(body) as Hook);
        // Taken, and its answer is lost.
        if (status === 1) return request.socket.destroy();
        return response.writeHead(status).end();
      });
    },
  });
  return { ...bot, got, told: () => got.map(({ data }) => data.map(({ post }) => post.key)) };
}

test('a channel is told of each mention, those of one moment together', async () => {
  const { work, told } = await open([line('1'), line('2'), line('3')]);
  await work();
  await work();
  expect(told()).toEqual([['file:1', 'file:2', 'file:3']]);
});

test('a flood of posts is one message in five minutes, which counts those that it leaves out', async () => {
  const many = (from: number) => Array.from({ length: 50 }, (_, i) => line(String(from + i)));
  const { work, got, told, clock, write } = await open(many(100));
  await work();
  await work();
  expect(got).toMatchObject([{ subject: '100 cites 07ASTANA2244 and 49 more' }]);
  expect(told()[0]).toHaveLength(20);
  expect(got[0]?.text).toMatch(/\n\nand 30 more$/);
  for (const from of [200, 300]) {
    for (const post of many(from)) write(post);
    clock.advance(60_000);
    await work();
  }
  expect(got).toHaveLength(1);
  clock.advance(300_000);
  await work();
  expect(got.map(({ subject }) => subject)).toEqual([
    '100 cites 07ASTANA2244 and 49 more',
    '200 cites 07ASTANA2244 and 99 more',
  ]);
});

test.each([[[0, 0]], [[500, 503]], [[429]]])('one that fails by %j is told all the same, later', async (script) => {
  const { work, told, clock } = await open([line('1')], script);
  await work();
  expect(told()).toEqual([]);
  for (let i = 0; i < 3; i++) {
    clock.advance(3_600_000);
    await work();
  }
  expect(told()).toEqual([['file:1']]);
});

test('what was taken and not answered comes again under the same id', async () => {
  const { work, got, clock } = await open([line('1')], [1]);
  await work();
  clock.advance(3_600_000);
  await work();
  expect(got).toHaveLength(2);
  expect(got[0]?.id).toBe(got[1]?.id);
});

test('what comes again does so under the same id, though more is to be told by then', async () => {
  const { work, write, got, told, clock } = await open([line('1')], [1, 500]);
  await work();
  write(line('2'));
  await work();
  clock.advance(3_600_000);
  await work();
  expect(told().map(String).toSorted()).toEqual(['file:1', 'file:1', 'file:2']);
  expect(new Set(got.map(({ id }) => id)).size).toBe(2);
});

test('a process that dies with notices in its hands leaves them to the next', async () => {
  const { app, work, told, clock } = await open([line('1')], [500]);
  await work();
  clock.advance(3_600_000);
  const now = await app.ledger.now();
  const taken = await app.ledger.transact((tx) => claimNotices(tx, { channel: 'hook', now, leaseMs: 1000, most: 9 }));
  expect(taken).toHaveLength(1);
  await work();
  expect(told()).toEqual([]);
  clock.advance(2000);
  await work();
  expect(told()).toEqual([['file:1']]);
});

test('of two people by e-mail, one whom the server refuses hears later, and nobody twice', async () => {
  const accepted: string[] = [];
  let isFull = true;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, callback) {
      if (address.startsWith('bob') && isFull) return callback(Object.assign(new Error('full'), { responseCode: 452 }));
      accepted.push(address);
      return callback();
    },
    onData(stream, _session, callback) {
      stream.resume().on('end', callback);
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => new Promise<void>((done) => server.close(done)));
  vi.stubEnv('SMTP_URL', `smtp://127.0.0.1:${(server.server.address() as { port: number }).port}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const mail =
    'name: hook, type: email, from: bot@example.org, to: [ada@example.org, bob@example.org], smtp: { env: SMTP_URL }';
  const { app, work, clock, write } = await openHooked({
    posts: [line('1')],
    rules: 'rules: [{ name: tell, action: notify, to: hook }, { name: record, action: record }]\n',
    configured: (text) => text.replace('name: hook, type: webhook, url: { file: url }', mail),
    hook: (_request, response) => response.end(),
  });
  const later = async () => {
    clock.advance(3_600_000);
    await work();
  };
  await later();
  expect(accepted).toEqual(['ada@example.org']);
  write(line('2'));
  await later();
  await later();
  // The second post, of which both hear, travels by itself.
  expect(accepted).toEqual(['ada@example.org', 'ada@example.org']);
  isFull = false;
  for (let i = 0; i < 6; i += 1) await later();
  // Each mail as it was, with its id.
  expect(accepted).toEqual(['ada@example.org', 'ada@example.org', 'bob@example.org', 'bob@example.org']);
  expect(await lostNotices(app.ledger.db)).toEqual([]);
});

test('one that will never take it is given up, with the reason', async () => {
  const { app, work, told, clock } = await open([line('1')], [404]);
  await work();
  clock.advance(3_600_000);
  await work();
  expect(told()).toEqual([]);
  expect(await lostNotices(app.ledger.db)).toEqual([
    { channel: 'hook', count: 1, error: 'the webhook refuses the message with status 404' },
  ]);
});

test.each([
  ['200', 200, []],
  ['404', 404, [expect.objectContaining({ channel: 'hook', count: 1 })]],
])('one answered with %s is known as such, though the ledger cannot be written at first', async (_, status, lost) => {
  let asked = 0;
  let failures = 0;
  const { app, clock } = await openHooked({
    posts: [line('1')],
    rules: notifying,
    hook: (_request, response) => {
      asked += 1;
      failures = 2;
      response.writeHead(status).end();
    },
  });
  const unlessAway = async <T>(work: () => Promise<T>): Promise<T> => {
    if (failures === 0) return await work();
    failures -= 1;
    throw new Error('database or disk is full');
  };
  const transact: typeof app.ledger.transact = (act) => unlessAway(() => app.ledger.transact(act));
  const now: typeof app.ledger.now = () => unlessAway(() => app.ledger.now());
  for (let hours = 0; hours < 3; hours += 1) {
    await drain({ ...app, ledger: { ...app.ledger, transact, now } });
    clock.advance(3_600_000);
  }
  expect(asked).toBe(1);
  expect(await lostNotices(app.ledger.db)).toEqual(lost);
});

test('nothing is told of a post that its author has deleted meanwhile', async () => {
  const { app, work, told, clock } = await open([line('1')], [500]);
  await work();
  await app.ledger.transact((tx) => deletePost(tx, 'file:1', { now: clock.now(), withdraw: true }));
  clock.advance(3_600_000);
  await work();
  expect(told()).toEqual([]);
});

test('the words of a post that may be kept for a while only are not kept longer for a channel', async () => {
  const { app, work, told, clock } = await open([line('1')], [500]);
  await work();
  clock.advance(3_600_000);
  const before = clock.now();
  expect(await app.ledger.transact((tx) => purgeTexts(tx, { platform: 'file', before }))).toBe(1);
  await work();
  expect(told()).toEqual([]);
});
