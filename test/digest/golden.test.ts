import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import { HtmlValidate } from 'html-validate';
import { beforeAll, describe, expect, test } from 'vitest';
import { openFolderCorpus } from '../../src/cables/corpus/folder-corpus.ts';
import { buildDigest, editionFrom, type Sources } from '../../src/operations/digests/build-digest.ts';
import { languages } from '../../src/core/text/languages.ts';
import type { Digest } from '../../src/core/digest.ts';
import { chartOf } from '../../src/digest/charts.ts';
import { messageOf, postOf } from '../../src/digest/deliver.ts';
import { digestFormats, formats } from '../../src/digest/render/index.ts';
import { optOut } from '../../src/ledger/operators/consents.ts';
import { firstDay, insertEdition } from '../../src/ledger/digests/editions.ts';
import { beginOutage, endOutage, recordWatched } from '../../src/ledger/feeds/feed-rows.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { testClock } from '../support/clock.ts';
import { cited, planOf, emit, type Told } from '../support/digests.ts';

const config = {
  feeds: [
    { name: 'posts', platform: 'file' },
    { name: 'tags', platform: 'mastodon' },
  ],
  publishers: [{ name: 'log', platform: 'log' }],
  retention: { texts: null },
  replies: { excerpts: 'confidential' },
} as unknown as Sources['config'];

const astana = {
  cable: {
    subject: 'LIFESTYLES OF THE KAZAKHSTANI LEADERSHIP <b>|*',
    created: '2007-08-19T23:55Z',
    classification: 'UNCLASSIFIED',
    origin: 'Embassy Astana',
  },
};
const sample = new URL('../../config/sample/07ASTANA2244.txt', import.meta.url).pathname;
const at = (date: string, time: string) => Date.parse(`${date}T${time}:00Z`);
const noAuthor = { id: 'mallory', handle: 'mallory', name: null, bot: false };

/** The day of the digest, the one before it, and what came of that too late. */
const yesterday: Told[] = [
  { post: { id: 'y1', createdAt: at('2026-11-22', '12:00') }, resolutions: [cited('07ASTANA2244', astana)] },
];
const today: Told[] = [
  {
    post: { id: '1', createdAt: at('2026-11-23', '08:15') },
    resolutions: [cited('07ASTANA2244', { ...astana, paragraphs: [5] })],
    verdict: { action: 'reply' },
    reply: true,
  },
  {
    post: { id: '2', createdAt: at('2026-11-23', '08:40') },
    resolutions: [
      cited('07ASTANA2244', { paragraphs: [5, 7] }),
      cited('08THEHAGUE799', { kind: 'url', written: 'https://www.wikileaks.org/cable/2008/09/08THEHAGU799.html' }),
    ],
  },
  {
    post: { id: '3', platform: 'mastodon', createdAt: at('2026-11-23', '13:05') },
    feed: 'tags',
    resolutions: [cited('07ASTANA2244')],
    verdict: { action: 'record', asked: 'reply', clause: 'the author is a bot, and bots are not answered' },
  },
  {
    post: { id: '4', createdAt: at('2026-11-23', '22:59') },
    resolutions: [
      cited('09PARIS<1>', {
        status: 'unknown-cable',
        written: '#09paris<1>',
        referenceId: null,
        candidates: [{ referenceId: '09PARIS11' as never, distance: 1, reason: 'a digit' }],
      }),
    ],
    verdict: { action: 'digest' },
  },
  {
    post: { id: '5', createdAt: at('2026-11-23', '09:00'), visibility: 'direct', text: 'my secret words' },
    resolutions: [cited('06ROME1')],
  },
  { post: { id: '6', createdAt: at('2026-11-23', '09:30'), author: noAuthor }, resolutions: [cited('06ROME2')] },
  {
    post: { id: '7', createdAt: at('2026-11-23', '10:00') },
    resolutions: [cited('06ROME3')],
    verdict: { action: 'ignore', rule: 'floods' },
  },
  {
    post: { id: '8', createdAt: at('2026-11-23', '10:00') },
    resolutions: [cited('06ROME4')],
    verdict: { action: 'digest', digest: 'weekly' },
  },
  { post: { id: '9', createdAt: at('2026-11-23', '23:00') }, resolutions: [cited('06ROME5')] },
];

let digest: Digest;
let edition: { digest: Digest; again: Digest; byNovelty: Digest; week: Digest };

beforeAll(async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pilcrow-'));
  const clock = testClock(at('2026-11-22', '06:00'));
  await using ledger = await openSqliteLedger({ file: join(folder.path, 'ledger.db'), clock });
  const corpus = await openFolderCorpus([sample], () => {});
  const plan = planOf({ link: 'https://example.org/digests' });
  await ledger.transact((tx) => recordWatched(tx, clock.now()));
  await emit(ledger, yesterday);
  const first = await buildDigest({ db: ledger.db, config, corpus }, plan, '2026-11-22', at('2026-11-23', '06:00'));
  await ledger.transact((tx) => firstDay(tx, 'daily', '2026-11-22'));
  await ledger.transact((tx) =>
    insertEdition(tx, editionFrom(first, 0), { targets: [], after: first.editions, fingerprints: first.fingerprints }),
  );
  await ledger.transact((tx) => optOut(tx, { person: 'file:mallory', source: 'file:0' }, 0));
  await emit(ledger, [
    ...today,
    { post: { id: 'y2', createdAt: at('2026-11-22', '22:30') }, resolutions: [cited('07ASTANA2244')] },
  ]);
  await ledger.transact((tx) =>
    beginOutage(tx, 'tags', { now: at('2026-11-23', '10:00'), reason: '503 of a private address' }),
  );
  await ledger.transact((tx) => endOutage(tx, 'tags', at('2026-11-23', '11:30')));
  await ledger.transact((tx) => recordWatched(tx, at('2026-11-23', '04:00')));
  const now = at('2026-11-24', '06:00');
  edition = {
    digest: (await buildDigest({ db: ledger.db, config, corpus }, plan, '2026-11-23', now)).digest,
    again: (await buildDigest({ db: ledger.db, config, corpus }, plan, '2026-11-23', now + 5)).digest,
    week: (
      await buildDigest(
        { db: ledger.db, config, corpus },
        { ...plan, name: 'weekly', period: 'week' },
        '2026-11-16',
        now,
      )
    ).digest,
    byNovelty: (await buildDigest({ db: ledger.db, config, corpus }, { ...plan, ranking: 'new' }, '2026-11-23', now))
      .digest,
  };
  digest = edition.digest;
});

const home = 'https://example.org/digests';
const golden = (name: string) => new URL(`golden/${name}`, import.meta.url).pathname;

describe('the digest of a made-up ledger', () => {
  test.each(digestFormats)('as %s is what it was', { timeout: 240_000 }, async (format) => {
    const text = await formats[format].render([digest], home);
    expect(await formats[format].render([edition.again], home)).toBe(text);
    await expect(text).toMatchFileSnapshot(
      golden(`${format}.${format === 'json' || format === 'jsonfeed' ? 'json' : format}`),
    );
  });

  test('of a week is by days, and is compared with the weeks before', async () => {
    await expect(await formats.md.render([edition.week], home)).toMatchFileSnapshot(golden('week.md'));
    expect(chartOf({ ...edition.week, days: [0, 0, 3, 0, 0, 0, 1] })).toContain('>Wed: 3, Sun: 1</desc>');
  });

  test.each(languages.filter((each) => each !== 'en'))('is told in %s, new cables first', async (language) => {
    const told = { ...edition.byNovelty, language };
    await expect(await formats.md.render([told], home)).toMatchFileSnapshot(golden(`${language}.md`));
  });

  test('says nothing of people, of what is not public, and of errors', async () => {
    for (const format of digestFormats) {
      const text = await formats[format].render([digest], home);
      for (const word of ['ada', 'mallory', 'secret', '06ROME1', '06ROME2', '06ROME3', '06ROME4', '06ROME5', '503'])
        expect(text, `${format}: ${word}`).not.toMatch(new RegExp(`\\b${word}\\b`));
    }
    expect(digest.totals).toEqual({ posts: 4, references: 5, cables: 2, notPublic: 1 });
  });

  test('tells of the day before what came late', () => {
    expect(digest.corrections.map(({ date, changes }) => [date, changes.cables])).toEqual([
      ['2026-11-22', { '07ASTANA2244': 1 }],
    ]);
    expect(digest.coverage.late).toBe(1);
  });
});

describe('formats', () => {
  test('HTML is valid, as a page and as a mail, and follows no address but the web’s', async () => {
    const validator = new HtmlValidate({
      extends: ['html-validate:recommended'],
      rules: { 'no-inline-style': 'off', 'long-title': 'off', 'require-sri': 'off' },
    });
    for (const page of [await formats.html.render([digest], home), messageOf(digest, 'x').html]) {
      const { results } = await validator.validateString(page);
      expect(results.flatMap(({ messages }) => messages.map(({ message, line }) => `${line}: ${message}`))).toEqual([]);
      expect(page).not.toMatch(/<b>|<1>|<script|javascript:/);
    }
  });

  test('feeds can be read back, with stable ids and dates', async () => {
    const [atom, rss, json] = await Promise.all(
      (['atom', 'rss', 'jsonfeed'] as const).map((format) => formats[format].render([digest], home)),
    );
    const id = 'urn:pilcrow:digest:daily:2026-11-23';
    const { entries, ...feed } = parseAtomFeed(atom!);
    expect(feed.id).toBe('urn:pilcrow:digest:daily');
    expect(entries?.[0]).toMatchObject({
      id,
      updated: '2026-11-24T06:00:00.000Z',
      links: [{ href: `${home}/2026-11-23` }],
    });
    expect(entries?.[0]?.content?.value).toContain('<table');
    expect(parseRssFeed(rss!).items?.[0]).toMatchObject({
      guid: { value: id, isPermaLink: false },
      link: `${home}/2026-11-23`,
    });
    expect(parseJsonFeed(json!).items?.[0]).toMatchObject({ id, date_published: '2026-11-24T06:00:00.000Z' });
  });

  test('the chart is the same at each drawing, says in words what it shows, and brings no style or script', () => {
    const svg = chartOf(digest);
    expect(chartOf(digest)).toBe(svg);
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="\S+ \S+"><title id="[^"]+">[^<]+<\/title><desc id=/);
    expect(svg).toContain('>09: 3, 14: 1, 23: 1</desc>');
    expect(svg).not.toMatch(/<style|style=|<script|ecmeta/);
  });

  test('neither a chart nor a bar is drawn where all would be as long or only one is there', async () => {
    const [hours, platforms] = [digest.hours.with(9, 0).with(14, 0), digest.platforms.slice(0, 1)];
    const cables = digest.cables.map((cable) => ({ ...cable, references: 2 }));
    const dull = await formats.html.render([{ ...digest, hours, platforms, cables }], home);
    expect(dull).not.toMatch(/<svg|class="bar"/);
    expect(await formats.html.render([digest], home)).toMatch(/<svg[^]*class="bar" style/);
  });

  test('a mail has bars of table cells, and no picture', () => {
    const { html, ...message } = messageOf(digest, 'x');
    expect(Object.keys(message)).toEqual(['id', 'subject', 'text', 'data']);
    expect(html).toContain('<td class="bar" style="width:33%;');
    expect(html).not.toMatch(/<img|<svg|cid:|data:|url\(/);
  });

  test('a post takes as many cables as fit, and none where not even the numbers do', () => {
    const limits = (maxLength: number) => ({ maxLength, length: (text: string) => text.length });
    const first =
      'Cables in posts, Monday, 23 November 2026: 4 posts cited 2 cables (1 new, 1 rising), most often 07ASTANA2244 (3 times).';
    expect(postOf(digest, undefined, limits(500))).toBe(`${first}\n07ASTANA2244: 3\n08THEHAGUE799: 1`);
    expect(postOf(digest, home, limits(190))).toBe(`${first}\n07ASTANA2244: 3\n${home}/2026-11-23`);
    expect(postOf(digest, undefined, limits(20))).toBeUndefined();
  });
});
