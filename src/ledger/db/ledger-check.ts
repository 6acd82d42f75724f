import { type ExpressionBuilder, sql } from 'kysely';
import { messageOf } from '../../core/errors.ts';
import { postStates } from '../posts/states.ts';
import { replyStates } from '../replies/states.ts';
import { codecs } from './codecs.ts';
import { quickCheck } from './dialect.ts';
import type { Json, JsonColumn } from './json-column.ts';
import type { Executor, Schema } from './schema.ts';
import { statesWith } from './state-table.ts';

/** Violated invariants of a ledger, a sentence each. None: it is sound. */
export async function* violations(db: Executor): AsyncIterable<string> {
  const found = await quickCheck(db);
  if (found !== 'ok') yield `the file is damaged: ${found}`;
  yield* brokenPosts(db);
  yield* brokenReplies(db);
  yield* orphans(db);
  yield* brokenLinks(db);
  for (const [table, key] of Object.entries(primaryKeys)) yield* unreadable(db, table, key);
}

/** States with work left, due at `due_at`. */
const openPosts = statesWith(postStates, 'due_at', ['set']);
const openReplies = statesWith(replyStates, 'due_at', ['set']);
const maybeDue = statesWith(replyStates, 'due_at');
const leasable = statesWith(replyStates, 'lease_until');
const cancellable = statesWith(replyStates, 'cancel_requested');
const published = statesWith(replyStates, 'published');

async function* brokenPosts(db: Executor): AsyncIterable<string> {
  const faults: readonly [string, (is: ExpressionBuilder<Schema, 'posts'>) => ReturnType<typeof is.and>][] = [
    ['is open, but never due', (is) => is.and([is('state', 'in', openPosts), is('due_at', 'is', null)])],
    ['is done, but still due', (is) => is.and([is('state', 'not in', openPosts), is('due_at', 'is not', null)])],
    ['is decided without a verdict', (is) => is.and([is('state', '=', 'decided'), is('verdict', 'is', null)])],
    ['failed without a reason', (is) => is.and([is('state', '=', 'failed'), is('error', 'is', null)])],
  ];
  for (const [fault, condition] of faults) {
    const rows = await db.selectFrom('posts').select('key').where(condition).orderBy('key').execute();
    for (const { key } of rows) yield `post ${key} ${fault}`;
  }
}

async function* brokenReplies(db: Executor): AsyncIterable<string> {
  const faults: readonly [string, (is: ExpressionBuilder<Schema, 'replies'>) => ReturnType<typeof is.and>][] = [
    ['is open, but never due', (is) => is.and([is('state', 'in', openReplies), is('due_at', 'is', null)])],
    ['is done, but still due', (is) => is.and([is('state', 'not in', maybeDue), is('due_at', 'is not', null)])],
    ['is being sent without a lease', (is) => is.and([is('state', '=', 'sending'), is('lease_until', 'is', null)])],
    [
      'is not being sent, but leased',
      (is) => is.and([is('state', 'not in', leasable), is('lease_until', 'is not', null)]),
    ],
    // An abandoned reply may turn up later, and is withdrawn then.
    [
      'is cancelled, but has no open outcome',
      (is) => is.and([is('state', 'not in', cancellable), is('cancel_requested', '=', 1)]),
    ],
    ['is published, but without an id', (is) => is.and([is('state', 'in', published), is('published', 'is', null)])],
  ];
  for (const [fault, condition] of faults) {
    const rows = await db.selectFrom('replies').select(['key', 'state']).where(condition).orderBy('key').execute();
    for (const { key, state } of rows) yield `reply ${key} (${state}) ${fault}`;
  }
}

/** Rows whose parent row is missing. */
async function* orphans(db: Executor): AsyncIterable<string> {
  const post = (is: ExpressionBuilder<Schema, 'replies' | 'mentions'>) =>
    is.not(is.exists(is.selectFrom('posts').select('key').whereRef('key', '=', 'post_key')));
  for (const { key } of await db.selectFrom('replies').select('key').where(post).orderBy('key').execute()) {
    yield `reply ${key} answers a post that does not exist`;
  }
  for (const { post_key: key } of await db.selectFrom('mentions').select('post_key').distinct().where(post).execute()) {
    yield `a mention belongs to the post ${key}, which does not exist`;
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
    ['is dead, but not since when', (is) => is.and([is('state', '=', 'dead'), is('dead_since', 'is', null)])],
    [
      'is alive, but has a time of death',
      (is) => is.and([is('state', '!=', 'dead'), is('dead_since', 'is not', null)]),
    ],
    [
      'belongs to an unknown site',
      (is) => is.and([is('host', 'not in', is.selectFrom('link_hosts').select('link_hosts.host'))]),
    ],
  ];
  for (const [fault, condition] of faults) {
    const rows = await db.selectFrom('link_checks').select('url').where(condition).orderBy('url').execute();
    for (const { url } of rows) yield `the page ${url} ${fault}`;
  }
}

/** The JSON columns of each table, and its primary key. */
const jsonColumns: Readonly<Record<string, Readonly<Record<string, JsonColumn<unknown>>>>> = codecs;
const primaryKeys = {
  posts: ['key'],
  mentions: ['post_key', 'position'],
  replies: ['key'],
  editions: ['digest', 'date'],
  notices: ['id'],
  settings: ['name'],
} satisfies Record<keyof typeof codecs, readonly string[]>;

const batch = 500;

type JsonRow = Readonly<Record<string, Json<never> | null>>;

/** JSON that the codec of its column cannot read; for posts, also verdicts whose reply is missing. */
async function* unreadable(db: Executor, table: string, primaryKey: readonly string[]): AsyncIterable<string> {
  const columns = Object.entries(jsonColumns[table] ?? {});
  const names = (list: readonly string[]) => sql.join(list.map((name) => sql.ref(name)));
  const key = names(primaryKey);
  const selected = names([...primaryKey, ...columns.map(([name]) => name)]);
  let after: readonly unknown[] | undefined;
  for (;;) {
    const behind = after === undefined ? sql`` : sql`where (${key}) > (${sql.join(after)})`;
    const { rows } = await sql<JsonRow>`
      select ${selected} from ${sql.table(table)} ${behind} order by ${key} limit ${sql.lit(batch)}`.execute(db);
    for (const row of rows) {
      after = primaryKey.map((name) => row[name]);
      for (const [name, codec] of columns) {
        const fault = faultIn(codec, row[name] ?? null, after.join(' '));
        if (fault !== undefined) yield fault;
      }
    }
    if (table === 'posts') yield* unanswered(db, rows.filter(promisesReply));
    if (rows.length < batch) return;
  }
}

async function* unanswered(db: Executor, rows: readonly JsonRow[]): AsyncIterable<string> {
  if (rows.length === 0) return;
  const posts = rows.map(({ key }) => String(key));
  const replies = await db.selectFrom('replies').select('post_key').where('post_key', 'in', posts).execute();
  const answered = new Set(replies.map((row) => row.post_key));
  for (const post of posts) if (!answered.has(post)) yield `post ${post} is to be answered, but has no reply`;
}

function promisesReply({ verdict = null }: JsonRow): boolean {
  const { verdict: codec } = codecs.posts;
  return faultIn(codec, verdict, '') === undefined && codec.decode(verdict, '')?.action === 'reply';
}

function faultIn(codec: JsonColumn<unknown>, text: Json<never> | null, key: string): string | undefined {
  try {
    codec.decode(text, key);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
