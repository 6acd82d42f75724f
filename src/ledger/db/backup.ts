import { existsSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import { UsageError } from '../../core/errors.ts';

/**
 * A copy of an embedded ledger as it is at one moment, beside a bot at work. It stands under its name once it is whole and on the
 * disk. Errors: UsageError where something stands there already.
 */
export async function backupSqlite(ledgerFile: string, target: string): Promise<void> {
  if (existsSync(target)) throw new UsageError(`${target} is there already: a backup is never written over another`);
  const partial = `${target}.partial`;
  const source = new DatabaseSync(ledgerFile, { readOnly: true, timeout: 5000 });
  try {
    // In one go: a copy in parts begins anew with every write of the bot.
    await backup(source, partial, { rate: allPages });
  } finally {
    source.close();
  }
  const file = await open(partial);
  await file.sync();
  await file.close();
  renameSync(partial, target);
}

const allPages = 2 ** 31 - 1;
