import { existsSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import { UsageError } from '../../core/errors.ts';

/**
 * Snapshot of an embedded ledger while a bot runs. The file gets its name once it is complete and flushed. Errors: UsageError if the
 * target exists.
 */
export async function backupSqlite(ledgerFile: string, target: string): Promise<void> {
  if (existsSync(target)) throw new UsageError(`${target} exists: a backup never overwrites a file`);
  const partial = `${target}.partial`;
  const source = new DatabaseSync(ledgerFile, { readOnly: true, timeout: 5000 });
  try {
    // In one step: a copy in steps restarts with every write of the bot.
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
