import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { isPostgres } from '../db/queries.ts';
import type { Executor, PostRow } from '../db/schema.ts';
import { postRow } from './posts.ts';
import { keyOf } from './short-ids.ts';

/** The post with this key, short id or URL, or the post of the reply with this key. */
export async function postNamed(db: Executor, name: string): Promise<PostRow | undefined> {
  if (/^[0-9a-f]{12}$/.test(name)) return await postRow(db, (await keyOf(db, name)) ?? name);
  const row = await postRow(db, name);
  if (row !== undefined) return row;
  const reply = await db.selectFrom('replies').select('post_key').where('key', '=', name).executeTakeFirst();
  if (reply !== undefined) return await postRow(db, reply.post_key);
  if (!URL.canParse(name)) return undefined;
  const query = db
    .selectFrom('posts')
    .selectAll()
    .where(hasField(db, 'url', name));
  return await query.orderBy('ingested_at', 'desc').limit(1).executeTakeFirst();
}

/** Condition on `posts`: by an author with this handle. ASCII letters match in either case. */
export function isByHandle(db: Executor, handle: string): RawBuilder<SqlBool> {
  const indexed = (json: RawBuilder<unknown>) => sql`lower(${fieldOf(db, 'handle', json)})`;
  const written = asJson('handle', handle);
  return sql<SqlBool>`${indexed(sql`post`)} = ${indexed(written)} and ${contains(db, sql`lower(post)`, sql`lower(${written})`)}`;
}

function hasField(db: Executor, name: 'url', value: string): RawBuilder<SqlBool> {
  const written = asJson(name, value);
  const isIndexed = sql`${fieldOf(db, name, sql`post`)} = ${fieldOf(db, name, written)}`;
  return sql<SqlBool>`${isIndexed} and ${contains(db, sql`post`, written)}`;
}

/** The index has the beginning of a long one. */
function contains(db: Executor, text: RawBuilder<unknown>, part: RawBuilder<unknown>): RawBuilder<SqlBool> {
  return isPostgres(db) ? sql<SqlBool>`strpos(${text}, ${part}) > 0` : sql<SqlBool>`instr(${text}, ${part}) > 0`;
}

function asJson(name: string, value: string): RawBuilder<unknown> {
  return sql`cast(${`"${name}":${JSON.stringify(value)}`} as text)`;
}

/** As the indexes `posts_by_url` and `posts_by_handle` have it: the same expression, or they are not used. */
function fieldOf(db: Executor, name: string, json: RawBuilder<unknown>): RawBuilder<unknown> {
  if (isPostgres(db)) return sql`substring(${json} from ${sql.lit(`"${name}":"([^"]{1,200})`)})`;
  const begin = sql.lit(`"${name}":"`);
  const rest = sql`substr(${json}, instr(${json}, ${begin}) + length(${begin}), 200)`;
  return sql`nullif(case when instr(${json}, ${begin}) > 0 then substr(${rest}, 1, instr(${rest} || '"', '"') - 1) end, '')`;
}
