import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import fc from 'fast-check';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import type { DigestPlan } from '../../src/config/config.ts';
import type { Digest, Period } from '../../src/core/digest.ts';
import { following, lastClosed, periodOf } from '../../src/digest/period.ts';
import { buildDigest, type Sources } from '../../src/operations/digests/build-digest.ts';
import { startOfDay } from '../../src/core/zone.ts';
import { timeouts } from '../../src/core/timeouts.ts';
import type { Failpoint } from '../../src/core/failpoints.ts';
import { total } from '../../src/digest/tally.ts';
import { codecs } from '../../src/ledger/db/codecs.ts';
import { deletePost, editPost, improvePost } from '../../src/ledger/posts/post-changes.ts';
import { postRow } from '../../src/ledger/posts/posts.ts';
import { postponeReply } from '../../src/ledger/replies/claim-reply.ts';
import { forgetConsent, optOut } from '../../src/ledger/operators/consents.ts';
import { countedEdition, editions } from '../../src/ledger/digests/editions.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { digest as worker } from '../../workers/digest.ts';
import { drain } from '../../workers/index.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { cited, planOf, emit } from '../support/digests.ts';
import { published, steps } from '../support/ledger.ts';
import { serve } from '../support/serve.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

const hourMs = 3_600_000;

type Step =
  | { readonly kind: 'post'; readonly hoursAgo: number; readonly cable: number }
  | { readonly kind: 'wait'; readonly hours: number }
  | { readonly kind: 'work'; readonly processes: number; readonly dies: Failpoint | null }
  | { readonly kind: Change; readonly which: number };

/** What befalls a post, its author or its reply. */
const changes = ['delete', 'stop', 'forget', 'narrow', 'other feed', 'answer', 'refuse', 'postpone'] as const;
type Change = (typeof changes)[number];

const anyStep = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('post' as const),
      hoursAgo: fc.integer({ min: 0, max: 80 }),
      cable: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 45 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      processes: fc.integer({ min: 1, max: 2 }),
      dies: fc.constantFrom(null, 'digest: built' as const, 'digest: issued' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom(...changes), which: fc.nat(20) }),
  },
);

/** Weeks: few steps, because corrections go back 31 days. */
const stepsOf: Readonly<Record<Period, fc.Arbitrary<Step[]>>> = {
  day: fc.array(anyStep, { minLength: 4, maxLength: 40, size: 'max' }),
  week: fc.array(anyStep, { minLength: 4, maxLength: 8, size: 'max' }),
};

/** Days before the clocks change, and what an edition covers. Weeks take longer, so they have fewer runs. */
const places = [
  ['Europe/Berlin', '2026-03-27'],
  ['Europe/Berlin', '2026-10-23'],
  ['America/New_York', '2026-03-06'],
  ['America/New_York', '2026-10-30'],
  ['Asia/Beirut', '2026-03-27'],
  ['Asia/Beirut', '2026-10-22'],
  ['Australia/Lord_Howe', '2026-04-03'],
  ['Australia/Lord_Howe', '2026-10-02'],
  ['Europe/Berlin', '2026-03-27', 'week'],
  ['Australia/Lord_Howe', '2026-10-02', 'week'],
] as const;

const options = { feeds: [], publishers: [], retention: { texts: null }, replies: { excerpts: 'never' } };
const cables = { corpus: { cable: () => Promise.resolve(undefined) } };

interface World {
  readonly ledger: Ledger;
  readonly clock: TestClock;
  readonly plan: DigestPlan;
  /** Ids of the posts that were written so far. */
  readonly written: number[];
}

/** What the worker needs of a bot; it dies at a point, if it is to. */
function botOn({ ledger, clock, plan }: World, dies: Failpoint | null): App {
  return {
    ledger,
    clock,
    cables,
    config: { ...options, digests: [plan] },
    timeouts,
    emit: () => {},
    stopping: new AbortController().signal,
    failpoint: (failpoint: Failpoint) => {
      if (failpoint === dies) throw new Error('killed');
    },
  } as unknown as App;
}

async function take(step: Step, at: number, world: World) {
  const { ledger, clock, written } = world;
  if (step.kind === 'wait') clock.advance(step.hours * hourMs);
  else if (step.kind === 'post') {
    const post = { id: String(at), createdAt: clock.now() - step.hoursAgo * hourMs, author: author(at) };
    const resolutions = [cited(`07ASTANA${step.cable}`, { paragraphs: [step.cable] })];
    const replied = at % 2 === 0 && ({ verdict: { action: 'reply' }, reply: true } as const);
    await emit(ledger, [{ post, resolutions, ...replied }]);
    written.push(at);
  } else if (step.kind === 'work') {
    const bots = Array.from({ length: step.processes }, (_, i) => botOn(world, i === 0 ? step.dies : null));
    await Promise.all(bots.map((bot) => worker.work(bot, 'daily').catch(() => {})));
  } else if (written.length > 0) await change(step.kind, written[step.which % written.length]!, world);
}

async function change(kind: Change, which: number, { ledger, clock }: World): Promise<void> {
  const [key, person, now] = [`file:${which}`, `file:${author(which).id}`, clock.now()];
  const { take: takeReply, end } = steps(() => ledger);
  if (kind === 'answer' || kind === 'refuse') {
    const lease = await takeReply(String(which), now);
    const ending =
      kind === 'answer' ? ({ state: 'sent', published } as const) : ({ state: 'refused', reason: 'x' } as const);
    if (lease !== undefined && 'attempt' in lease) await end(lease, ending, now);
    return;
  }
  const row = await postRow(ledger.db, key);
  const stored = row && codecs.posts.post.decode(row.post, key);
  await ledger.transact(async (tx) => {
    if (kind === 'delete') await deletePost(tx, key, { now, withdraw: true });
    if (kind === 'stop') await optOut(tx, { person, source: 'x' }, now);
    if (kind === 'forget') await forgetConsent(tx, person);
    if (kind === 'postpone') await postponeReply(tx, key, { reason: 'cooldown of the author', dueAt: now }, now);
    if (stored === undefined || row?.state === 'deleted') return;
    const narrow = { post: { ...stored, visibility: 'direct' as const }, citations: [], surplus: 0 };
    if (kind === 'narrow') await editPost(tx, narrow, now);
    if (kind === 'other feed') await improvePost(tx, { ...narrow, post: stored }, 'tags', now);
  });
}

function author(at: number) {
  return { id: `a${at % 4}`, handle: 'a', name: null, bot: false };
}

describe.each(places)('editions of %s around %s', (timezone, date, period: Period = 'day') => {
  test(
    'are issued once each, and issues with their corrections add up to what is true',
    { timeout: 120_000 },
    async () => {
      const dir = await tempDir();
      let run = 0;
      await fc.assert(
        fc.asyncProperty(stepsOf[period], async (taken) => {
          const clock = testClock(startOfDay(date, timezone) + 10 * hourMs);
          await using ledger = await openSqliteLedger({ file: join(dir, `${(run += 1)}.db`), clock });
          const world = { ledger, clock, plan: planOf({ timezone, period }), written: [] };
          await take({ kind: 'work', processes: 1, dies: null }, 0, world);
          for (const [at, step] of taken.entries()) await take(step, at, world);
          // What came late to the last day is told when the next one is issued.
          clock.advance((period === 'week' ? 192 : 48) * hourMs);
          await take({ kind: 'work', processes: 2, dies: null }, 0, world);
          await addsUp(world, date);
        }),
        { numRuns: period === 'week' ? 3 : 6 },
      );
    },
  );
});

async function addsUp({ ledger, clock, plan }: World, date: string) {
  const made = (await editions(ledger.db, { digest: 'daily', limit: 1000 })).toReversed();
  const days = made.map((edition) => edition.date);
  const last = lastClosed(plan, clock.now());
  const expected: string[] = [];
  // None before the bot began.
  for (let day = periodOf(date, plan); day <= (days.at(-1) ?? ''); day = following(day, plan)) expected.push(day);
  expect(days).toEqual(expected);
  // The hour of the last day may not have come.
  expect([last, following(last, plan, -1)]).toContain(days.at(-1));
  for (const { date: day } of made) {
    const edition = (await countedEdition(ledger.db, 'daily', day))!;
    const corrections = made.flatMap(({ model }) =>
      model.corrections.flatMap((one) => (one.date === edition.date ? [one.changes] : [])),
    );
    const sum = total([edition.tally, ...corrections]);
    const config = options as unknown as Sources['config'];
    const afresh = await buildDigest({ db: ledger.db, config, ...cables }, plan, edition.date, clock.now());
    expect(sum, edition.date).toEqual(afresh.tally);
  }
}

interface Hook {
  readonly id: string;
  readonly data: Digest;
}

const hooks: AsyncDisposable[] = [];
afterEach(async () => {
  for (const hook of hooks.splice(0)) await hook[Symbol.asyncDispose]();
});

const startsAt = Date.UTC(2026, 10, 22, 12);

/** A bot whose digest goes everywhere, and a way to start it anew; the hook answers by the script, then with 200. */
async function workplace(
  script: number[] = [],
  { to = ['readers@example.org'], onRcptTo }: { to?: readonly string[]; onRcptTo?: SMTPServerOptions['onRcptTo'] } = {},
) {
  const got: Hook[] = [];
  const mails: string[] = [];
  const server = await serve((request, response) => {
    void readText(request).then((body) => {
      const status = script.shift() ?? 200;
      if (status === 200 || status === 0) got.push(JSON.parse(body) as Hook);
      // Taken, and its answer is lost.
      return status === 0 ? request.socket.destroy() : response.writeHead(status).end();
    });
  });
  hooks.push(server);
  const office = await postOffice(mails, onRcptTo);
  const dir = await tempDir();
  const post = { id: '1', createdAt: '2026-11-22T10:00:00Z', text: '#07ASTANA2244 ¶5', author: 'mira' };
  const config = writeWorkplace(dir, [post]);
  writeFileSync(join(dir, 'hook'), server.url);
  writeFileSync(join(dir, 'smtp'), `smtp://127.0.0.1:${office}`);
  writeFileSync(
    config,
    `${readFileSync(config, 'utf8')}
channels:
  - { name: hook, type: webhook, url: { file: hook } }
  - { name: mail, type: email, to: [${to.join(', ')}], from: bot@example.org, smtp: { file: smtp } }
network: { allowPrivate: ['${server.allow}'] }
digests:
  - name: daily
    time: "07:00"
    channels: [hook, mail]
    account: log
    formats: [md, html, txt, json, atom, rss, jsonfeed]
`,
  );
  const clock = testClock(startsAt);
  const open = async (dies: Failpoint | null = null) => {
    const stop = new AbortController();
    return await openApp(readConfig({ config }), {
      emit: () => {},
      stopping: stop.signal,
      hurry: stop.signal,
      queue: 'none',
      clock,
      failpoint: (failpoint) => {
        if (failpoint === dies) throw new Error(`killed at ${failpoint}`);
      },
    });
  };
  {
    // The first edition is of the day on which the bot begins.
    await using app = await open();
    await drain(app);
  }
  clock.advance(24 * hourMs);
  const files = () => readdirSync(join(dir, 'data/digests/daily')).toSorted();
  return { dir, clock, open, got, mails, files };
}

async function postOffice(mails: string[], onRcptTo: SMTPServerOptions['onRcptTo']): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    ...(onRcptTo && { onRcptTo }),
    onData(stream, _session, callback) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        mails.push(Buffer.concat(parts).toString());
        callback();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => new Promise<void>((done) => server.close(() => done())));
  const address = server.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const posts = (dir: string) =>
  readFileSync(join(dir, 'data/replies.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('digest:daily'));

describe('an issue', () => {
  test('goes to files, mail, webhook and account, once each', { timeout: 240_000 }, async () => {
    const { dir, open, got, mails, files } = await workplace();
    await using app = await open();
    await drain(app);
    await drain(app);
    expect(files()).toEqual([
      '2026-11-22.html',
      '2026-11-22.json',
      '2026-11-22.md',
      '2026-11-22.txt',
      'atom.xml',
      'feed.json',
      'rss.xml',
    ]);
    expect(got.map(({ data }) => [data.date, data.totals.posts])).toEqual([['2026-11-22', 1]]);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatch(/^Subject: Cables in posts, Sunday, 22 November 2026/m);
    expect(mails[0]).toContain('multipart/alternative');
    expect(mails[0]).not.toMatch(/Content-ID:|Content-Disposition:|<img|<svg|image\//i);
    expect(posts(dir)).toHaveLength(1);
    expect(JSON.parse(posts(dir)[0]!)).toMatchObject({ text: expect.stringContaining('07ASTANA2244: 1') });
  });

  test('is counted once, though a sweep finds it due while it is made', { timeout: 240_000 }, async () => {
    const { open } = await workplace();
    await using app = await open();
    let built = 0;
    const failpoint = (passed: Failpoint) => (built += passed === 'digest: built' ? 1 : 0);
    const bot = { ...app, failpoint };
    await Promise.all([worker.work(bot, 'daily'), worker.work(bot, 'daily')]);
    expect(built).toBe(1);
  });

  test.each(['digest: built', 'digest: issued', 'digest: claimed', 'digest: delivered', 'digest: ended'] as const)(
    'is made once and arrives, though the bot dies at every pass of `%s`',
    { timeout: 240_000 },
    async (failpoint) => {
      const { dir, clock, open, got, mails, files } = await workplace();
      for (const dies of [failpoint, failpoint, null, null]) {
        await using app = await open(dies);
        await drain(app);
        clock.advance(hourMs);
      }
      await using app = await open();
      const made = await editions(app.ledger.db, { digest: 'daily', limit: 9 });
      expect(made.map(({ date }) => date)).toEqual(['2026-11-22']);
      expect(files()).toHaveLength(7);
      // A repeat is known by its id.
      expect(new Set(got.map(({ id }) => id)).size).toBe(1);
      expect(new Set(mails.map((mail) => /^Message-ID: .*$/m.exec(mail)?.[0])).size).toBe(1);
      expect(posts(dir)).toHaveLength(1);
    },
  );

  test(
    'that a mail server takes for one of two people goes to the other one later, once',
    { timeout: 240_000 },
    async () => {
      const accepted: string[] = [];
      let refusals = 2;
      const onRcptTo: SMTPServerOptions['onRcptTo'] = ({ address }, _session, callback) => {
        const isRefused = address === 'bob@example.org' && refusals > 0;
        if (isRefused) refusals -= 1;
        else accepted.push(address);
        callback(isRefused ? Object.assign(new Error('mailbox full'), { responseCode: 452 }) : null);
      };
      const { clock, open, mails } = await workplace([], { to: ['ada@example.org', 'bob@example.org'], onRcptTo });
      for (let turn = 0; turn < 5; turn += 1) {
        // A process each: who is still to get it is in the ledger.
        await using app = await open();
        await drain(app);
        clock.advance(hourMs);
      }
      expect(accepted).toEqual(['ada@example.org', 'bob@example.org']);
      expect(mails).toHaveLength(2);
    },
  );

  test(
    'that a webhook cannot take now comes later, in its order, and holds nothing else up',
    { timeout: 240_000 },
    async () => {
      const { clock, open, got, files } = await workplace([503, 0, 503]);
      await using app = await open();
      for (let i = 0; i < 4; i += 1) {
        await drain(app);
        if (i === 0) expect(files()).toContain('2026-11-22.md');
        clock.advance(24 * hourMs);
      }
      await drain(app);
      const dates = got.map(({ data }) => data.date);
      expect(dates).toEqual(dates.toSorted());
      expect([...new Set(dates)]).toEqual(['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26']);
    },
  );

  test(
    'of each day that passed while nothing ran is made, in order, and not before its hour',
    { timeout: 240_000 },
    async () => {
      const { dir, clock, open, got } = await workplace();
      {
        await using app = await open();
        await drain(app);
      }
      clock.advance(4 * 24 * hourMs - 6 * hourMs);
      await using app = await open();
      await drain(app);
      expect(got.map(({ data }) => data.date)).toEqual(['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25']);
      clock.advance(hourMs);
      await drain(app);
      expect(got.at(-1)?.data.date).toBe('2026-11-26');
      expect(existsSync(join(dir, 'data/digests/daily/2026-11-26.md'))).toBe(true);
    },
  );
});
