import type { Resolution } from '../core/citation.ts';
import type { Executor } from './schema.ts';

/** What a post's citations were resolved to, in their order. */
export async function mentionsOf(db: Executor, postKey: string): Promise<Resolution[]> {
  const query = db.selectFrom('mentions').select('resolution').where('post_key', '=', postKey);
  const rows = await query.orderBy('position').execute();
  return rows.map(({ resolution }) => JSON.parse(resolution) as Resolution);
}
