import { type RawBuilder, sql } from 'kysely';
import { messageOf } from '../../core/errors.ts';
import { postStates } from '../posts/states.ts';
import { replyStates } from '../replies/states.ts';
import { codecs } from './codecs.ts';
import type { Progress } from './copy.ts';
import { quickCheck } from './queries.ts';
import type { Json, JsonColumn } from './json-column.ts';
import type { Executor, ReplyRow } from './schema.ts';
import { statesWith } from './state-table.ts';

/** A violated invariant. */
export interface Violation {
  /** The same for all rows that have the fault. */
  readonly kind: string;
  /** A sentence that names the row. */
  readonly message: string;
}

/**
 * Violated invariants of a ledger; none: it is sound. Reads each table once, in pages: neither its size nor the number of faults matters to
 * memory, and a bot writes meanwhile.
 */
export async function* violations(db: Executor, progress: Progress = () => {}): AsyncIterable<Violation> {
  progress('file', 0);
  const found = await quickCheck(db);
  if (found !== 'ok') yield { kind: 'the file is damaged', message: `the file is damaged: ${found}` };
  for (const [table, check] of Object.entries(checks)) yield* faultsIn(db, table, check, progress);
  yield* repeatedScopes(db);
}

interface TableCheck {
  /** The primary key. */
  readonly key: readonly string[];
  /** How a sentence about a row begins. */
  readonly row?: RawBuilder<unknown>;
  readonly faults?: readonly Fault[];
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

const hasNoPost = sql`not exists (select 1 from posts where posts.key = post_key)`;

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
  ['answers a post that does not exist', hasNoPost],
];

const linkFaults: readonly Fault[] = [
  ['is dead, but not since when', sql`state = 'dead' and dead_since is null`],
  ['is alive, but has a time of death', sql`state <> 'dead' and dead_since is not null`],
  ['belongs to an unknown site', sql`host not in (select host from link_hosts)`],
];

const checks: Readonly<Record<string, TableCheck>> = {
  posts: { key: ['key'], row: sql`'post ' || key`, faults: postFaults },
  replies: { key: ['key'], row: sql`'reply ' || key || ' (' || state || ')'`, faults: replyFaults },
  mentions: {
    key: ['post_key', 'position'],
    row: sql`'a mention belongs to the post ' || post_key || ','`,
    faults: [['which does not exist', hasNoPost]],
  },
  link_checks: { key: ['url'], row: sql`'the page ' || url`, faults: linkFaults },
  editions: { key: ['digest', 'date'] },
  notices: { key: ['id'] },
  deliveries: { key: ['digest', 'date', 'target'] },
  settings: { key: ['name'] },
} satisfies Record<keyof typeof codecs | 'link_checks', TableCheck>;

async function* repeatedScopes(db: Executor): AsyncIterable<Violation> {
  const { rows } = await sql<Pick<ReplyRow, 'scope'>>`
    select scope from replies group by scope having count(*) > 1 limit ${page}`.execute(db);
  for (const { scope } of rows)
    yield { kind: 'two replies have one scope', message: `two replies have the scope ${scope}` };
}

const jsonColumns: Readonly<Record<string, Readonly<Record<string, JsonColumn<unknown>>>>> = codecs;

/** Rows read at a time. */
const page = 500;

type Row = Readonly<Record<string, Json<never> | null>>;

/** Faults of the rows of a table, and JSON that the codec of its column cannot read; for posts, also verdicts whose reply is missing. */
async function* faultsIn(db: Executor, table: string, check: TableCheck, progress: Progress): AsyncIterable<Violation> {
  let after: readonly unknown[] | undefined;
  for (let read = 0; ;) {
    const rows = await pageOf(db, table, check, after);
    for (const row of rows) {
      after = check.key.map((name) => row[name]);
      yield* faultsOf(table, check, row, after.join(' '));
    }
    if (table === 'posts') yield* unanswered(db, rows.filter(promisesReply));
    progress(table, (read += rows.length));
    if (rows.length < page) return;
  }
}

/** The next rows by primary key, each with `fault0`, `fault1`, … */
async function pageOf(
  db: Executor,
  table: string,
  { key, row = sql`''`, faults = [] }: TableCheck,
  after: readonly unknown[] | undefined,
): Promise<readonly Row[]> {
  const keys = sql.join(key.map((name) => sql.ref(name)));
  const behind = after === undefined ? sql`` : sql`where (${keys}) > (${sql.join(after)})`;
  const selected = [
    ...[...key, ...Object.keys(jsonColumns[table] ?? {})].map((name) => sql.ref(name)),
    sql`${row} as sentence`,
    ...faults.map(([, condition], at) => sql`case when ${condition} then 'yes' end as ${sql.ref(`fault${at}`)}`),
  ];
  const query = sql<Row>`
    select ${sql.join(selected)} from ${sql.table(table)} ${behind} order by ${keys} limit ${sql.lit(page)}`;
  return (await query.execute(db)).rows;
}

function* faultsOf(table: string, { faults = [] }: TableCheck, row: Row, key: string): Iterable<Violation> {
  for (const [at, [fault]] of faults.entries())
    if (row[`fault${at}`] !== null) yield { kind: `${table}: ${fault}`, message: `${row['sentence']} ${fault}` };
  for (const [name, codec] of Object.entries(jsonColumns[table] ?? {})) {
    const message = faultIn(codec, row[name] ?? null, key);
    if (message !== undefined) yield { kind: `${table}.${name} cannot be read`, message };
  }
}

async function* unanswered(db: Executor, rows: readonly Row[]): AsyncIterable<Violation> {
  if (rows.length === 0) return;
  const posts = rows.map(({ key }) => String(key));
  const replies = await db.selectFrom('replies').select('post_key').where('post_key', 'in', posts).execute();
  const answered = new Set(replies.map((row) => row.post_key));
  const fault = 'is to be answered, but has no reply';
  for (const post of posts)
    if (!answered.has(post)) yield { kind: `posts: ${fault}`, message: `post ${post} ${fault}` };
}

function promisesReply({ verdict = null }: Row): boolean {
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
