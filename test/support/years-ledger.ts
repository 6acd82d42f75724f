import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeLedger, postsADay } from '../../bench/years/make-ledger.ts';
import { addYears } from '../../bench/years/more-years.ts';
import { systemClock } from '../../src/core/clock.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { tempDir } from './temp.ts';

const days = 2;

/** Makes an embedded ledger that has so many times what one of two days has, and in each so much that every list is full. */
async function makeYears(file: string, copies: number): Promise<void> {
  {
    await using ledger = await openSqliteLedger({ file, clock: systemClock });
    await makeLedger(ledger, { posts: days * postsADay, seed: 2026, end: Date.now() });
  }
  changeIn(file, troubles);
  addYears(file, { copies, days });
  changeIn(file, [...lists(1200 * copies), ...held]);
}

function changeIn(file: string, statements: readonly string[]): void {
  using ledger = new DatabaseSync(file);
  for (const statement of statements) ledger.exec(statement);
}

/** Of each kind as many as a list shows. */
const troubles = [
  `update posts set state = 'failed', error = 'disk error', verdict = null where state = 'decided' and rowid % 5 = 0`,
  `update posts set author = 'user0', post = replace(post, '"handle":"' || author || '"', '"handle":"user0"') where rowid % 50 = 0`,
  `update replies set state = 'refused', reason = 'suspended' where state = 'sent' and rowid % 8 = 0`,
  `update replies set state = 'abandoned', reason = 'outcome unknown: lost' where state = 'sent' and rowid % 8 = 1`,
  `update replies set state = 'rejected', reason = 'off topic' where state = 'sent' and rowid % 8 = 2`,
];

function lists(count: number): string[] {
  const numbers = `with recursive numbers(n) as (values (1) union all select n + 1 from numbers where n < ${count})`;
  const date = `date('2000-01-01', '+' || n || ' days')`;
  return [
    `insert into editions (digest, date, model, tally, made_at, summary)
      ${numbers} select digest, ${date}, model, tally, n, summary from numbers, (select * from editions limit 1)`,
    `insert into deliveries (digest, date, target, attempts, error) ${numbers} select 'daily', ${date}, 'files', 1, 'full' from numbers`,
    `insert into audit_log (id, at, actor, action, target, note) ${numbers} select 'n' || n, n, 'ada', 'pause', 'all', '' from numbers`,
    `insert into consents (person, choice, source, at) ${numbers} select 'file:n' || n, 'out', 'mail', n from numbers`,
    `insert into rejects (id, feed, position, reason, excerpt, at) ${numbers} select 'n' || n, 'posts', n, 'no JSON', '{', n from numbers`,
  ];
}

/** As many in a small ledger as in a large one: what waits for people does not grow with the years. */
const held = [
  `update replies set state = 'held', due_at = updated_at + 9e9, reason = null, sent_at = null, published = null, published_id = null,
    claimed_at = null, first_attempt_at = null where state = 'sent' and key not like '%~%' and rowid % 8 = 3`,
];

/** A ledger, and one of four times as many posts. */
export const sizes = [1, 4];

/** A new embedded ledger in a folder of its own. */
export async function yearsIn(copies: number): Promise<string> {
  const file = join(await tempDir(), 'years.db');
  await makeYears(file, copies);
  return file;
}

/**
 * Pages more in the larger, beside a share: an index of more rows is a level deeper, not all counts and lists are full in the smaller, and the
 * fifty rows of a list may be in a page each, where a small table has few pages.
 */
const fewPages = 50;

/** What reads more in the larger ledger than in the smaller one, beside this share: pages by question. */
export function growing([small, large]: readonly ReadonlyMap<string, number>[], share = 0.1): string[] {
  return [...(small ?? [])].flatMap(([name, pages]) => {
    const more = large?.get(name) ?? Infinity;
    if (pages === 0 && name !== '/cables') return [`${name}: asked nothing`];
    return more > (1 + share) * pages + fewPages ? [`${name}: ${pages} pages, then ${more}`] : [];
  });
}
