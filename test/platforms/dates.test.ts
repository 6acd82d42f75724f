import { describe, expect, test } from 'vitest';
import { postKey } from '../../src/core/post.ts';
import { platforms } from '../../src/platforms/index.ts';
import { prefilter } from '../../workers/lib/ingest.ts';
import { openTestApp } from '../support/app.ts';
import { post } from '../support/posts.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const source = { name: 'x', everyMs: 1000, onTopic: false, open: () => expect.unreachable('it is not read') };
const readers = platforms.filter(({ feed }) => feed !== undefined).map(({ id }) => id);

describe.each(readers)('a post of %s', (platform) => {
  test.each([
    ['the year 275760', 8.64e15, now],
    ['tomorrow', now + 86_400_000, now],
    ['no time', Number.NaN, now],
    ['before 1970', -1, 0],
    ['an hour ago', now - 3_600_000, now - 3_600_000],
  ])('dated %s is never younger than its receipt', async (_when, createdAt, expected) => {
    const dated = post({ id: '1', key: postKey(platform, '1'), platform, text: '#07ASTANA2244', createdAt });
    const page = { posts: [dated], changes: [{ kind: 'edit', post: dated } as const], rejects: [], cursor: '' };
    const { ingested, changes } = await prefilter(page, source, now);
    expect(ingested.map((one) => one.post.createdAt)).toEqual([expected]);
    expect(changes).toMatchObject([{ ingested: { post: { createdAt: expected } } }]);
  });
});

test('a line of a file with a date in the far future is stored as of now', async () => {
  const { app, clock, work } = await openTestApp([{ id: '1', text: '#07ASTANA2244', createdAt: 8.64e15 }]);
  await work();
  const stored = await app.ledger.db.selectFrom('posts').select('created_at').executeTakeFirstOrThrow();
  expect(stored.created_at).toBeLessThanOrEqual(clock.now());
});
