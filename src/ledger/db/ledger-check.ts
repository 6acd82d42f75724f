import { type RawBuilder, sql } from 'kysely';
import { messageOf } from '../../core/errors.ts';
import { postStates } from '../posts/states.ts';
import { replyStates } from '../replies/states.ts';
import { codecs } from './codecs.ts';
import { quickCheck } from './queries.ts';
import type { Json, JsonColumn } from './json-column.ts';
import type { Executor, ReplyRow, Schema } from './schema.ts';
import { statesWith } from './state-table.ts';

/** Violated invariants of a ledger, a sentence each. None: it is sound. */
export async function* violations(db: Executor): AsyncIterable<string> {
  const found = await quickCheck(db);
  if (found !== 'ok') yield `the file is damaged: ${found}`;
  yield* broken(db, 'posts', sql`'post ' || key`, postFaults);
  yield* broken(db, 'replies', sql`'reply ' || key || ' (' || state || ')'`, replyFaults);
  yield* broken(db, 'replies', sql`'reply ' || key`, [['answers a post that does not exist', hasNoPost]]);
  yield* broken(db, 'mentions', sql`'a mention belongs to the post ' || post_key || ','`, [
    ['which does not exist', hasNoPost],
  ]);
  yield* repeatedScopes(db);
  yield* broken(db, 'link_checks', sql`'the page ' || url`, linkFaults);
  for (const [table, key] of Object.entries(primaryKeys)) yield* unreadable(db, table, key);
}

/** What is wrong with a row, and the condition by which it is found. */
type Fault = readonly [string, RawBuilder<unknown>];

/** States with work left, due at `due_at`. */
const openPosts = sql.join(statesWith(postStates, 'due_at', ['set']));
const openReplies = sql.join(statesWith(replyStates, 'due_at', ['set']));
const maybeDue = sql.join(statesWith(replyStates, 'due_at'));
const leasable = sql.join(statesWith(replyStates, 'lease_until'));
const cancellable = sql.join(statesWith(replyStates, 'cancel_requested'));
const published = sql.join(statesWith(replyStates, 'published'));

const postFaults: readonly Fault[] = [
  ['is open, but never due', sql`state in (${openPosts}) and due_at is null`],
  ['is done, but still due', sql`state not in (${openPosts}) and due_at is not null`],
  ['is decided without a verdict', sql`state = 'decided' and verdict is null`],
  ['failed without a reason', sql`state = 'failed' and error is null`],
];

const replyFaults: readonly Fault[] = [
  ['is open, but never due', sql`state in (${openReplies}) and due_at is null`],
  ['is done, but still due', sql`state not in (${maybeDue}) and due_at is not null`],
  ['is being sent without a lease', sql`state = 'sending' and lease_until is null`],
  ['is not being sent, but leased', sql`state not in (${leasable}) and lease_until is not null`],
  // An abandoned reply may turn up later, and is withdrawn then.
  ['is cancelled, but has no open outcome', sql`state not in (${cancellable}) and cancel_requested = 1`],
  ['is published, but without an id', sql`state in (${published}) and published is null`],
];

const linkFaults: readonly Fault[] = [
  ['is dead, but not since when', sql`state = 'dead' and dead_since is null`],
  ['is alive, but has a time of death', sql`state <> 'dead' and dead_since is not null`],
  ['belongs to an unknown site', sql`host not in (select host from link_hosts)`],
];

const hasNoPost = sql`not exists (select 1 from posts where posts.key = post_key)`;

/** A sentence for each row of a table with one of the faults; `row` names it. */
async function* broken(
  db: Executor,
  table: keyof Schema,
  row: RawBuilder<unknown>,
  faults: readonly Fault[],
): AsyncIterable<string> {
  for (const [fault, condition] of faults) {
    const found = sql<{ name: string }>`
      select distinct ${row} as name from ${sql.table(table)} where ${condition} order by name`;
    for (const { name } of (await found.execute(db)).rows) yield `${name} ${fault}`;
  }
}

async function* repeatedScopes(db: Executor): AsyncIterable<string> {
  const { rows } = await sql<Pick<ReplyRow, 'scope'>>`
    select scope from replies group by scope having count(*) > 1`.execute(db);
  for (const { scope } of rows) yield `two replies have the scope ${scope}`;
}

/** The JSON columns of each table, and its primary key. */
const jsonColumns: Readonly<Record<string, Readonly<Record<string, JsonColumn<unknown>>>>> = codecs;
const primaryKeys = {
  posts: ['key'],
  mentions: ['post_key', 'position'],
  replies: ['key'],
  editions: ['digest', 'date'],
  notices: ['id'],
  deliveries: ['digest', 'date', 'target'],
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
