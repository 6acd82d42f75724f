import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Digest } from '../../src/core/digest.ts';
import { shortId } from '../../src/core/post.ts';
import { formats } from '../../src/digest/render/index.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import type { Edition } from '../../src/ledger/digests/editions.ts';
import { optOut } from '../../src/ledger/operators/consents.ts';
import { deletePost } from '../../src/ledger/posts/post-changes.ts';
import { buildDigest, editionFrom, withReading, withReadingOf } from '../../src/operations/digests/build-digest.ts';
import { testClock } from '../support/clock.ts';
import { cited, emit, planOf, type Told } from '../support/digests.ts';

const config = {
  feeds: [],
  publishers: [],
  retention: { texts: null },
  replies: { excerpts: 'never' },
} as unknown as Parameters<typeof buildDigest>[0]['config'];
const corpus = { cable: () => Promise.resolve(undefined) };
const [date, noon] = ['2026-11-23', Date.UTC(2026, 10, 23, 12)] as const;

/** A post that may be shown; `id` is in its address. */
function told(id: string, fields: Partial<Told['post']> = {}, more: Partial<Told> = {}): Told {
  const author = { id, handle: id, name: null, bot: false };
  const post = { id, url: `https://social.example/${id}`, author, createdAt: noon, ...fields };
  return { post, resolutions: [cited('07ASTANA2244')], ...more };
}

const shown = [
  told('later', { createdAt: noon + 2 }),
  told('sixth', { createdAt: noon + 4 }),
  told('seventh', { createdAt: noon + 5 }),
  told('whole'),
  told('pinned', { createdAt: noon + 1 }, { resolutions: [cited('07ASTANA2244', { paragraphs: [5, 7] })] }),
];
const bot = { id: 'bot', handle: 'bot', name: null, bot: true };
const hidden: Readonly<Record<string, Told>> = {
  'one that is not listed': told('unlisted', { visibility: 'unlisted' }),
  'one for followers': told('followers', { visibility: 'followers' }),
  'one for its addressees': told('direct', { visibility: 'direct' }),
  'a boost': told('boost', { repost: true }),
  'one of a bot': told('bot', { author: bot }),
  'one behind a content warning': told('warned', { warning: 'war' }),
  'one of a person who opted out': told('stopped'),
  'one that was deleted': told('deleted'),
  'one that the rules ignore': told('ignored', {}, { verdict: { action: 'ignore' } }),
  'one of another digest': told('elsewhere', {}, { verdict: { action: 'digest', digest: 'other' } }),
  'one without an address': told('nowhere', { url: null }),
  'one whose address runs': told('runs', { url: 'javascript:alert(1)' }),
  'one without a certain cable': told('unsure', {}, { resolutions: [cited('1', { status: 'ambiguous' })] }),
  'one of the day before': told('early', { createdAt: noon - 86_400_000 }),
  'a second one of the same person': told('whole-again', {
    author: { id: 'whole', handle: 'w', name: null, bot: false },
    createdAt: noon + 3,
  }),
};

test('posts worth reading are public ones that may be shown, one a person, those about paragraphs first', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pilcrow-'));
  const clock = testClock(noon);
  await using ledger = await openSqliteLedger({ file: join(folder.path, 'ledger.db'), clock });
  await emit(ledger, [...shown, ...Object.values(hidden)]);
  const plan = planOf();
  const built = await buildDigest({ db: ledger.db, config, corpus }, plan, date, noon);
  const named = ({ reading }: Digest) => reading?.map(({ url }) => url.split('/').at(-1));
  const edition = editionFrom(built, noon);
  const find = async (reading: Edition['reading']) =>
    named(await withReading(ledger.db, plan, { ...edition, reading }));
  expect(named(withReadingOf(built, plan))).toEqual(['pinned', 'deleted', 'stopped', 'whole', 'later']);
  await ledger.transact(async (tx) => {
    await optOut(tx, { person: 'file:stopped', source: 'x' }, noon);
    await deletePost(tx, 'file:deleted', { now: noon, withdraw: true });
  });
  const left = ['pinned', 'whole', 'later', 'sixth', 'seventh'];
  expect(await find(edition.reading)).toEqual(left);
  // Should a post of another day have the same short id.
  expect(await find([shortId('file:early'), ...(edition.reading ?? [])])).toEqual(left);
  // An edition of a version that kept no names of them.
  expect(await find(null)).toEqual(left);
  // What is stored names no post, and what is shown neither authors nor words.
  expect(JSON.stringify(edition)).not.toMatch(/social\.example|file:/);
  expect(Object.keys(hidden)).toHaveLength(15);
});

test.each(['md', 'txt', 'html', 'json'] as const)(
  'posts worth reading are linked in %s, whatever their addresses hold',
  async (format) => {
    const url = 'https://social.example/%3Cb%3E?a=(1)&b=%22';
    const reading = [
      {
        url,
        platform: 'mastodon',
        createdAt: '2026-11-23T09:15:00Z',
        cites: [{ referenceId: '07ASTANA2244', paragraphs: [5] }],
      },
    ];
    const digest: Digest = { ...(await emptyDigest()), reading };
    const text = await formats[format].render([digest], undefined);
    expect(text).toContain('https://social.example/%3Cb%3E');
    expect(text).not.toContain('<b>');
    if (format !== 'json')
      expect(text.replaceAll(/<\/?span[^>]*>/g, '')).toMatch(/Mastodon, 23 Nov, 10:15 CET[^]*07ASTANA2244 ¶5/);
  },
);

async function emptyDigest(): Promise<Digest> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pilcrow-'));
  await using ledger = await openSqliteLedger({ file: join(folder.path, 'ledger.db'), clock: testClock(noon) });
  return (await buildDigest({ db: ledger.db, config, corpus }, planOf(), date, noon)).digest;
}
