import { createHash } from 'node:crypto';
import { type Kysely, PostgresAdapter, sql } from 'kysely';

// Frozen: ledgers exist that have run this file, so it never changes and imports nothing of ours. A change of the schema is a new migration.

/**
 * Finds a post by its address, by the handle of its author and by its short id, and lists editions without their models. Reads posts and
 * editions in pages, so that its memory does not grow with them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const field = isPostgres ? fieldOfPostgres : fieldOfSqlite;
  await sql.raw(`create index posts_by_url on posts (${field('url')})`).execute(db);
  await sql.raw(`create index posts_by_handle on posts (lower(${field('handle')}), created_at, key)`).execute(db);
  await addShortIds(db);
  await addSummaries(db);
}

/** The first text of this name in the JSON, as JSON has it: at most 200 characters, and up to a quotation mark. Null: there is none. */
function fieldOfPostgres(name: string): string {
  return `substring(post from '"${name}":"([^"]{1,200})')`;
}

function fieldOfSqlite(name: string): string {
  const begin = `'"${name}":"'`;
  const rest = `substr(post, instr(post, ${begin}) + length(${begin}), 200)`;
  return `nullif(case when instr(post, ${begin}) > 0 then substr(${rest}, 1, instr(${rest} || '"', '"') - 1) end, '')`;
}

const keysAtATime = 250;

/** The key of a deleted post begins with its short id. */
async function addShortIds(db: Kysely<unknown>): Promise<void> {
  await sql`create table short_ids (id text not null, post_key text not null)`.execute(db);
  for (let after = ''; ;) {
    const { rows } = await sql<{ key: string }>`
      select key from posts where key > ${after} order by key limit ${sql.lit(keysAtATime)}`.execute(db);
    const ids = rows.filter(({ key }) => !key.startsWith('deleted:')).map(({ key }) => sql`(${shortId(key)}, ${key})`);
    if (ids.length > 0) await sql`insert into short_ids (id, post_key) values ${sql.join(ids)}`.execute(db);
    if (rows.length < keysAtATime) break;
    after = rows.at(-1)!.key;
  }
  // Later than its rows: sorted at once, it is written once.
  await sql`create unique index short_ids_by_id on short_ids (id, post_key)`.execute(db);
}

function shortId(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}

const editionsAtATime = 20;

interface Edition {
  readonly digest: string;
  readonly date: string;
  readonly model: string;
}

async function addSummaries(db: Kysely<unknown>): Promise<void> {
  await sql`alter table editions add column summary text not null default ''`.execute(db);
  for (let last: Edition | undefined; ;) {
    const behind = last === undefined ? sql`` : sql`where (date, digest) > (${last.date}, ${last.digest})`;
    const { rows } = await sql<Edition>`
      select digest, date, model from editions ${behind} order by date, digest limit ${sql.lit(editionsAtATime)}`.execute(
      db,
    );
    for (const { digest, date, model } of rows)
      await sql`update editions set summary = ${summaryOf(model)} where digest = ${digest} and date = ${date}`.execute(
        db,
      );
    last = rows.at(-1);
    if (last === undefined || rows.length < editionsAtATime) break;
  }
  for (const statement of [
    `drop index editions_by_date`,
    `create index editions_listed on editions (date desc, digest, made_at, summary)`,
    `create index deliveries_of_edition on deliveries (digest, date, target)`,
    // In the order of the lists.
    `drop index deliveries_failed`,
    `create index deliveries_failed on deliveries (date desc, digest, target) where due_at is null and error is not null`,
  ])
    await sql.raw(statement).execute(db);
}

/** Empty: the model cannot be read. */
function summaryOf(model: string): string {
  try {
    const { totals, corrections } = JSON.parse(model) as {
      totals: { posts: number; cables: number };
      corrections: { date: string }[];
    };
    return JSON.stringify({
      posts: totals.posts,
      cables: totals.cables,
      corrects: corrections.map(({ date }) => date),
    });
  } catch {
    return '';
  }
}
