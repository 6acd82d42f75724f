import type { Kysely } from 'kysely';

/**
 * A reply carries a warning of the bot instead of the author's, which stood in `replyTo`. One that an attempt may have sent keeps its own,
 * since a repeat must be the same; so do the labels of Bluesky.
 */
export async function up(db: Kysely<Before>): Promise<void> {
  const withWarning = db.selectFrom('replies').select(['key', 'payload', 'attempts']);
  const rows = await withWarning.where('payload', 'like', '%"warning":%').execute();
  for (const { key, payload, attempts } of rows) {
    const { replyTo, ...rest }: { replyTo: { warning?: string } } = JSON.parse(payload);
    const { warning, ...post } = replyTo;
    if (warning === undefined) continue;
    const own = attempts > 0 || labels.test(warning) ? warning : 'as in the post above';
    const changed = JSON.stringify({ ...rest, replyTo: post, warning: own });
    await db.updateTable('replies').set({ payload: changed }).where('key', '=', key).execute();
  }
}

const labels = /^(?:(?:, )?(?:!warn|porn|sexual|nudity|graphic-media|gore|spoiler))+$/;

/** The columns that it reads and writes. */
interface Before {
  readonly replies: { readonly key: string; readonly payload: string; readonly attempts: number };
}
