import { type ExpressionBuilder, sql } from 'kysely';
import type { ReplyState } from '../../core/reply.ts';
import { quickCheck } from '../processes/heartbeats.ts';
import type { Executor, PostState, Schema } from './schema.ts';

/** What must always hold in a ledger and does not, a sentence each. None: it is sound. */
export async function* violations(db: Executor): AsyncIterable<string> {
  const found = await quickCheck(db);
  if (found !== 'ok') yield `the file is damaged: ${found}`;
  yield* brokenPosts(db);
  yield* brokenReplies(db);
  yield* strays(db);
  yield* brokenLinks(db);
  for (const columns of jsonColumns) yield* unreadable(db, columns);
}

/** States in which something is still to be done, and when stands in `due_at`. */
const openPosts: readonly PostState[] = ['pending'];
const openReplies: readonly ReplyState[] = ['planned', 'held', 'sending', 'unknown', 'withdrawing'];
/** Taken back, and looked for once more. */
const lookupState: readonly ReplyState[] = [...openReplies, 'withdrawn'];
const onPlatform: readonly ReplyState[] = ['sent', 'withdrawing', 'withdrawn'];

async function* brokenPosts(db: Executor): AsyncIterable<string> {
  const faults: readonly [string, (is: ExpressionBuilder<Schema, 'posts'>) => ReturnType<typeof is.and>][] = [
    ['waits, but for no time', (is) => is.and([is('state', 'in', openPosts), is('due_at', 'is', null)])],
    ['is done, but still due', (is) => is.and([is('state', 'not in', openPosts), is('due_at', 'is not', null)])],
    ['is decided without a verdict', (is) => is.and([is('state', '=', 'decided'), is('verdict', 'is', null)])],
    ['failed without a reason', (is) => is.and([is('state', '=', 'failed'), is('error', 'is', null)])],
  ];
  for (const [fault, condition] of faults) {
    const rows = await db.selectFrom('posts').select('key').where(condition).orderBy('key').execute();
    for (const { key } of rows) yield `post ${key} ${fault}`;
  }
}

/** Somebody may be looking for them, or taking them back. */
const beingLookedAt = ['unknown', 'withdrawing', 'withdrawn'] as const;

async function* brokenReplies(db: Executor): AsyncIterable<string> {
  const faults: readonly [string, (is: ExpressionBuilder<Schema, 'replies'>) => ReturnType<typeof is.and>][] = [
    ['waits, but for no time', (is) => is.and([is('state', 'in', openReplies), is('due_at', 'is', null)])],
    ['is done, but still due', (is) => is.and([is('state', 'not in', lookupState), is('due_at', 'is not', null)])],
    ['is being sent without a lease', (is) => is.and([is('state', '=', 'sending'), is('lease_until', 'is', null)])],
    [
      'is not being sent, but leased',
      (is) => is.and([is('state', 'not in', ['sending', ...beingLookedAt]), is('lease_until', 'is not', null)]),
    ],
    // Where the outcome stays unknown for good, an answer that comes all the same still finds the wish.
    [
      'is to be taken back, but nobody waits for its outcome',
      (is) => is.and([is('cancel_requested', '=', 1), is('state', 'not in', ['sending', 'unknown', 'abandoned'])]),
    ],
    ['is out, but not known where', (is) => is.and([is('state', 'in', onPlatform), is('published', 'is', null)])],
  ];
  for (const [fault, condition] of faults) {
    const rows = await db.selectFrom('replies').select(['key', 'state']).where(condition).orderBy('key').execute();
    for (const { key, state } of rows) yield `reply ${key} (${state}) ${fault}`;
  }
}

/** Rows without the row that they belong to. */
async function* strays(db: Executor): AsyncIterable<string> {
  const post = (is: ExpressionBuilder<Schema, 'replies' | 'mentions'>) =>
    is.not(is.exists(is.selectFrom('posts').select('key').whereRef('key', '=', 'post_key')));
  for (const { key } of await db.selectFrom('replies').select('key').where(post).orderBy('key').execute()) {
    yield `reply ${key} answers a post that is not there`;
  }
  for (const { post_key: key } of await db.selectFrom('mentions').select('post_key').distinct().where(post).execute()) {
    yield `a mention is of the post ${key}, which is not there`;
  }
  const twice = db
    .selectFrom('replies')
    .select('scope')
    .groupBy('scope')
    .having(sql`count(*)`, '>', 1);
  for (const { scope } of await twice.execute()) yield `two replies have the scope ${scope}`;
}

async function* brokenLinks(db: Executor): AsyncIterable<string> {
  const faults: readonly [string, (is: ExpressionBuilder<Schema, 'link_checks'>) => ReturnType<typeof is.and>][] = [
    ['is gone, but not known since when', (is) => is.and([is('state', '=', 'dead'), is('dead_since', 'is', null)])],
    ['is gone and is not', (is) => is.and([is('state', '!=', 'dead'), is('dead_since', 'is not', null)])],
    [
      'is on a site that nobody asks',
      (is) => is.and([is('host', 'not in', is.selectFrom('link_hosts').select('link_hosts.host'))]),
    ],
  ];
  for (const [fault, condition] of faults) {
    const rows = await db.selectFrom('link_checks').select('url').where(condition).orderBy('url').execute();
    for (const { url } of rows) yield `the page ${url} ${fault}`;
  }
}

interface JsonColumns {
  readonly table: keyof Schema;
  readonly columns: readonly string[];
  /** The primary key, and what stands before its first. */
  readonly key: readonly string[];
  readonly start: readonly (string | number)[];
}

const jsonColumns: readonly JsonColumns[] = [
  { table: 'posts', columns: ['post', 'citations', 'verdict'], key: ['key'], start: [''] },
  { table: 'mentions', columns: ['resolution'], key: ['post_key', 'position'], start: ['', -1] },
  { table: 'replies', columns: ['payload', 'published'], key: ['key'], start: [''] },
  { table: 'settings', columns: ['value'], key: ['name'], start: [''] },
];

const batch = 500;

type Row = Record<string, string | number | null>;

/** Columns that are no JSON; of posts, also verdicts that promise a reply that is not there. */
async function* unreadable(db: Executor, { table, columns, key, start }: JsonColumns): AsyncIterable<string> {
  const names = (list: readonly string[]) => sql.join(list.map((name) => sql.ref(name)));
  let after: readonly unknown[] = start;
  for (;;) {
    const { rows } = await sql<Row>`select ${names([...key, ...columns])} from ${sql.table(table)}
      where (${names(key)}) > (${sql.join(after)}) order by ${names(key)} limit ${sql.lit(batch)}`.execute(db);
    for (const row of rows) {
      after = key.map((name) => row[name]);
      for (const column of columns) {
        if (!isJson(row[column] ?? null)) yield `${table}: ${column} of ${after.join(' ')} is no JSON`;
      }
    }
    const promised = rows.filter(({ verdict }) => promisesReply(verdict ?? null)).map((row) => String(row['key']));
    yield* unanswered(db, promised);
    if (rows.length < batch) return;
  }
}

async function* unanswered(db: Executor, posts: readonly string[]): AsyncIterable<string> {
  if (posts.length === 0) return;
  const rows = await db.selectFrom('replies').select('post_key').where('post_key', 'in', posts).execute();
  const answered = new Set(rows.map((row) => row.post_key));
  for (const post of posts) if (!answered.has(post)) yield `post ${post} is to be answered, but has no reply`;
}

function promisesReply(verdict: string | number | null): boolean {
  if (typeof verdict !== 'string' || !isJson(verdict)) return false;
  return (JSON.parse(verdict) as { action?: unknown }).action === 'reply';
}

function isJson(value: string | number | null): boolean {
  try {
    if (value !== null) JSON.parse(String(value));
    return true;
  } catch {
    return false;
  }
}
