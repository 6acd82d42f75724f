import { type Kysely, sql } from 'kysely';

/** Cooldowns of an account in a row, for a trouble that passes, since when its login is refused, and lookups in a row that found a complete listing without the reply. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of [
    'accounts add column cooldowns integer not null default 0',
    'accounts add column login_refused_at bigint',
    'replies add column absences integer not null default 0',
  ])
    await sql.raw(`alter table ${column}`).execute(db);
}
