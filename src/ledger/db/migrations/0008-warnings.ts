import { type Kysely, sql } from 'kysely';

/**
 * A reply carries a warning of the bot instead of the author's, which stood in `replyTo`. One that an attempt may have sent keeps its own,
 * since a repeat must be the same; so do the labels of Bluesky.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ key: string; payload: string; attempts: number }>`
    select key, payload, attempts from replies where payload like '%"warning":%'`.execute(db);
  for (const { key, payload, attempts } of rows) {
    const { replyTo, ...rest }: { replyTo: { warning?: string } } = JSON.parse(payload);
    const { warning, ...post } = replyTo;
    if (warning === undefined) continue;
    const own = attempts > 0 || labels.test(warning) ? warning : 'as in the post above';
    const changed = JSON.stringify({ ...rest, replyTo: post, warning: own });
    await sql`update replies set payload = ${changed} where key = ${key}`.execute(db);
  }
}

const labels = /^(?:(?:, )?(?:!warn|porn|sexual|nudity|graphic-media|gore|spoiler))+$/;
