import { expect, test } from 'vitest';
import { hourMs } from '../../src/core/durations.ts';
import { openClient, openSite } from '../support/web.ts';

const rules = `rules:
  - { name: ask, when: { text: held }, action: hold }
  - { name: answer, when: { status: resolved }, action: reply }
`;

test('every figure of the overview and of the navigation leads to as many things as it says', async () => {
  const ids = Array.from({ length: 14 }, (_, i) => String(i + 1));
  const posts = ids.map((id) => ({ id, text: `#07ASTANA2244 ¶${id}${Number(id) < 4 ? ' held' : ''}` }));
  const site = await openSite({ posts, rules, web: '  cables: public\n' });
  await makeEverything(site.app);
  const client = openClient(site);
  const overview = await client.page('/');
  const figures = [...overview.matchAll(/<a href="([^"]+)"[^>]*>((?:(?!<\/?a\b)[^])*)<\/a\s*>/g)].map(
    ([, path = '', inside = '']) => ({
      path: path.replaceAll('&amp;', '&'),
      says: inside
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    }),
  );
  const told = await Promise.all(
    figures
      .filter(({ says }) => /\d/.test(says))
      .map(async ({ path, says }) => [path, says, thingsAt(await client.page(path), path)] as const),
  );
  expect(told.filter(([, says, things]) => Number(/\d+/.exec(says)?.[0]) !== things)).toEqual([]);
  expect(told.map(([, says]) => says)).toMatchInlineSnapshot(`
    [
      "Review 3 waiting",
      "Dead letters 8 waiting",
      "Trackbacks 1 waiting",
      "3 held replies",
      "2 refused replies",
      "1 abandoned reply",
      "2 failed posts",
      "1 failed digest",
      "2 lost notices",
      "1 reply of unknown outcome",
      "1 trackback",
      "3 unreadable items",
      "10 ingested cite a cable",
      "9 decided have a verdict",
      "2 logged replies in the log (dry run)",
      "10 cite a cable",
      "2 replies logged (dry run)",
      "3 failures",
      "2 unreadable items",
      "3",
    ]
  `);
});

/** Rows and cards of a page, or of the section that the address names; a row of notices says how many it stands for. */
function thingsAt(page: string, path: string): number {
  const [, section] = path.split('#');
  const main = /<main[^]*<\/main>/.exec(page)?.[0] ?? '';
  const part =
    section === undefined ? main : (new RegExp(`<section id="${section}">[^]*?</section>`).exec(main)?.[0] ?? '');
  const cards = part.match(/<article/g)?.length ?? 0;
  const rows = part.match(/<tr>\s*<th scope="row"/g)?.length ?? 0;
  const notices = [...part.matchAll(/data-label="Count">(\d+)/g)].map(([, n]) => Number(n) - 1);
  return cards + rows + notices.reduce((sum, n) => sum + n, 0);
}

/** Of everything that is counted one or more, today and long ago, and what must not be counted. */
async function makeEverything({ ledger }: Awaited<ReturnType<typeof openSite>>['app']): Promise<void> {
  const now = await ledger.now();
  const longAgo = now - 50 * hourMs;
  await ledger.transact(async (tx) => {
    const reply = (id: string, values: object) =>
      tx.updateTable('replies').set(values).where('key', '=', `file:${id}`).execute();
    const post = (id: string, values: object) =>
      tx.updateTable('posts').set(values).where('key', '=', `file:${id}`).execute();
    const unsent = { due_at: null, sent_at: null, published: null, published_id: null, reason: '403' };
    await reply('4', { ...unsent, state: 'refused' });
    await reply('5', { ...unsent, state: 'refused', claimed_at: longAgo });
    await reply('6', { ...unsent, state: 'abandoned' });
    await reply('7', { ...unsent, state: 'unknown', due_at: now + hourMs });
    await reply('8', { state: 'withdrawn' });
    await reply('9', { claimed_at: longAgo });
    await post('9', { ingested_at: longAgo });
    // Written long ago, found today.
    await post('10', { created_at: longAgo });
    await post('11', { state: 'deleted' });
    await reply('11', { state: 'withdrawn' });
    await post('12', { ingested_at: longAgo });
    await tx.deleteFrom('replies').where('key', 'in', ['file:13', 'file:14']).execute();
    const failed = { state: 'failed', error: 'disk error', due_at: null } as const;
    await post('13', failed);
    await post('14', { ...failed, ingested_at: longAgo });
    const lost = { channel: 'desk', attempts: 9, error: 'no route', at: 0 };
    for (const id of ['file:1', 'file:2'])
      await tx
        .insertInto('notices')
        .values({ id, post_key: id, ...lost })
        .execute();
    const undelivered = { digest: 'daily', date: '2026-11-28', target: 'files', attempts: 9, error: 'full' } as const;
    const page = {
      kind: 'webmention',
      cable: '07ASTANA2244',
      page: '',
      title: '',
      site: '',
      excerpt: '',
      attempts: 1,
    } as const;
    for (const [id, state] of Object.entries({ t1: 'pending', t2: 'approved' } as const))
      await tx
        .insertInto('trackbacks')
        .values({
          id,
          state,
          source: `https://x.example/${id}`,
          host: 'x.example',
          domain: 'x.example',
          at: now,
          ...page,
        })
        .execute();
    await tx.insertInto('deliveries').values(undelivered).execute();
    const reject = { feed: 'posts', position: 'posts.jsonl:9', reason: 'not JSON', excerpt: '{oops' };
    for (const [id, at] of Object.entries({ r1: now, r2: now, r3: longAgo }))
      await tx
        .insertInto('rejects')
        .values({ id, at, ...reject })
        .execute();
  });
}
