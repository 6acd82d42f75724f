import { DatabaseSync } from 'node:sqlite';
import { dayMs } from '../../src/core/durations.ts';
import { shortId } from '../../src/core/post.ts';

/**
 * Makes a ledger of many times as many posts: each copy is of the days before, its keys with the number of the copy. What the bot's statements
 * wrote, in a tenth of the time.
 */
export function addYears(file: string, { copies, days }: { copies: number; days: number }): void {
  using ledger = new DatabaseSync(file);
  ledger.function('short_id', { deterministic: true }, (postKey) => shortId(String(postKey)));
  ledger.exec('pragma synchronous = off; pragma cache_size = -262144');
  for (let copy = 1; copy < copies; copy += 1) {
    ledger.exec('begin');
    for (const [table, changed] of Object.entries(tables(copy, copy * days * dayMs, copy * days))) {
      const columns = ledger
        .prepare(`select name from pragma_table_info('${table}')`)
        .all()
        .map(({ name }) => String(name));
      const values = columns.map((column) => changed[column] ?? column);
      ledger.exec(
        `insert or ignore into ${table} (${columns.join()}) select ${values.join()} from ${table} where ${only[table] ?? 'true'}`,
      );
    }
    ledger.exec('commit');
  }
}

/** Rows of the first days only, not of a copy. */
const only: Readonly<Record<string, string>> = {
  posts: `key not like '%~%'`,
  mentions: `post_key not like '%~%'`,
  replies: `key not like '%~%'`,
  short_ids: `post_key not like '%~%'`,
  tombstones: `hash not like '%~%'`,
  audit_log: `id not like '%~%'`,
  consents: `person not like '%~%'`,
  editions: `made_at > (select max(made_at) from editions) - 73 * 86400000`,
  deliveries: `date > (select date(max(date), '-73 days') from deliveries)`,
};

/** What differs in a copy: keys, and times, which are `ms` or `days` earlier. */
function tables(copy: number, ms: number, days: number): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const named = (column: string) => `replace(${column}, 'years-', 'years-${copy}~')`;
  const key = (column: string) =>
    `case when ${column} like 'deleted:%' then ${column} || '~${copy}' else ${named(column)} end`;
  const earlier = (...columns: string[]) => Object.fromEntries(columns.map((column) => [column, `${column} - ${ms}`]));
  const date = `date(date, '-${days} days')`;
  return {
    posts: {
      key: key('key'),
      thread: named('thread'),
      post: named('post'),
      ...earlier('created_at', 'ingested_at', 'decided_at'),
    },
    mentions: { post_key: key('post_key'), ...earlier('at') },
    replies: {
      key: key('key'),
      post_key: key('post_key'),
      thread: named('thread'),
      payload: named('payload'),
      scope: `replace(${named('scope')}, '"]', '~${copy}"]')`,
      published: named('published'),
      published_id: named('published_id'),
      ...earlier('planned_at', 'first_attempt_at', 'claimed_at', 'sent_at', 'updated_at'),
    },
    short_ids: { id: `short_id(${named('post_key')})`, post_key: named('post_key') },
    tombstones: { hash: `hash || '~${copy}'`, ...earlier('at') },
    audit_log: { id: `id || '~${copy}'`, ...earlier('at') },
    consents: { person: `person || '~${copy}'`, ...earlier('at') },
    editions: {
      date,
      model: `replace(model, '"date":"' || date || '"', '"date":"' || ${date} || '"')`,
      ...earlier('made_at'),
    },
    deliveries: { date },
  };
}
