import type { Executor, RulebooksTable } from '../db/schema.ts';

/** A version of the rules that was in force. */
export type RulesVersion = Readonly<RulebooksTable>;

/** Records that a bot applies these rules from now on; they may be an old version again. */
export async function recordRules(
  tx: Executor,
  { version, text }: Pick<RulesVersion, 'version' | 'text'>,
  now: number,
): Promise<void> {
  await tx
    .insertInto('rulebooks')
    .values({ version, text, since: now, last: now })
    .onConflict((conflict) => conflict.column('version').doUpdateSet({ text, last: now }))
    .execute();
}

/** The latest in force first. */
export async function rulesVersions(db: Executor): Promise<RulesVersion[]> {
  return await db.selectFrom('rulebooks').selectAll().orderBy('last', 'desc').orderBy('version').execute();
}
