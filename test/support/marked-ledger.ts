import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { deletePost } from '../../src/ledger/posts/post-changes.ts';
import { purgeDeleted } from '../../src/ledger/posts/purge-deleted.ts';
import { testClock } from './clock.ts';
import { now, steps } from './ledger.ts';
import { post } from './posts.ts';
import { tempDir } from './temp.ts';

const mark = /MARK-\w+/g;

/** All marks in the files of a folder. */
export function marksIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'latin1').match(mark) ?? []);
}

/** A ledger with 1500 posts of all lengths, ten of them marked, which are deleted again. */
export async function openMarked() {
  const file = join(await tempDir(), 'ledger.db');
  const ledger = await openSqliteLedger({ file, clock: testClock(now) });
  const { keepThese } = steps(() => ledger);
  const marked = new Set<string>();
  for (let from = 0; from < 1500; from += 50) {
    const posts = Array.from({ length: 50 }, (_, index) => {
      const serial = from + index;
      const id = `${(serial * 7919) % 1500}/${serial % 150 === 0 ? `MARK-id${serial}` : 'plain'}`;
      if (id.includes('MARK')) marked.add(id);
      const author = { id: id.replace('id', 'author'), handle: 'ada', name: null, bot: false };
      return post({ id, author, text: `${'word '.repeat(20 + ((serial * 37) % 300))}${id.replace('id', 'text')}` });
    });
    await keepThese(posts);
  }
  return { file, folder: dirname(file), ledger, marked };
}

/** Deletes and purges these posts. */
export async function deleteAll(ledger: Ledger, ids: ReadonlySet<string>): Promise<void> {
  for (const id of ids) await ledger.transact((tx) => deletePost(tx, `file:${id}`, { now, withdraw: true }));
  await ledger.transact((tx) => purgeDeleted(tx, now));
}
