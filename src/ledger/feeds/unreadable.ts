import { z } from 'zod';
import type { Page } from '../../core/post.ts';
import type { Executor } from '../db/schema.ts';
import { readSetting, readSettings, writeSetting } from '../db/settings.ts';
import type { Ledger } from '../ledger.ts';

const prefix = 'unreadable:';
/** So many answers in a row are an alert: the platform has changed, or what is read is no feed. */
const alertAt = 3;

/** Counts the pages in a row of which nothing could be read. `known`: false if the count is surely 0. Returns whether it is more. */
export async function countUnreadable(ledger: Ledger, feed: string, page: Page, known: boolean): Promise<boolean> {
  const readable = page.posts.length + (page.changes?.length ?? 0);
  if (readable + page.rejects.length === 0 || (readable > 0 && !known)) return known;
  await ledger.transact(async (tx) => {
    const count = (await readSetting(tx, prefix + feed, z.number())) ?? 0;
    await writeSetting(tx, prefix + feed, readable > 0 ? 0 : count + 1);
  });
  return readable === 0;
}

/** The feeds of whose last answers nothing could be read, with the reason for the latest item. */
export async function unreadableFeeds(db: Executor, feeds: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [feed, count] of await readSettings(db, prefix, z.number())) {
    if (count < alertAt || !feeds.includes(feed)) continue;
    const latest = db.selectFrom('rejects').select('reason').where('feed', '=', feed).orderBy('at', 'desc').limit(1);
    found.set(feed, (await latest.executeTakeFirst())?.reason ?? 'unknown');
  }
  return found;
}
