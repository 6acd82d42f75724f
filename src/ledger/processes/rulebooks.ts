import type { Executor } from '../db/schema.ts';

/** Rules that were in force. */
export interface RulesOfThePast {
  readonly version: string;
  /** The file as it was, with its comments. */
  readonly text: string;
  readonly since: number;
  /** When a bot last began to go by them. */
  readonly last: number;
}

/** From now on a bot goes by these rules; they may be old ones that come back. */
export async function rememberRules(
  tx: Executor,
  { version, text }: Pick<RulesOfThePast, 'version' | 'text'>,
  now: number,
): Promise<void> {
  await tx
    .insertInto('rulebooks')
    .values({ version, text, since: now, last: now })
    .onConflict((conflict) => conflict.column('version').doUpdateSet({ text, last: now }))
    .execute();
}

/** Those in force last come first. */
export async function rulesOfThePast(db: Executor): Promise<RulesOfThePast[]> {
  return await db.selectFrom('rulebooks').selectAll().orderBy('last', 'desc').orderBy('version').execute();
}
