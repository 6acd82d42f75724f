import type { CommitRules } from './group-commit.ts';

// Result codes of SQLite: busy, locked, read-only, input/output error, corrupt, full, cannot open, no database.
const busy = 5;
const databaseErrors = new Set([busy, 6, 8, 10, 11, 13, 14, 26]);

/** SQLite has one writer at a time. */
export const sqliteRules: CommitRules = {
  lanes: 1,
  largestGroup: 512,
  isTransient: (error) => resultCode(error) === busy,
  affectsAll: (error) => databaseErrors.has(resultCode(error)),
};

function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
}
