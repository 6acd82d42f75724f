import type { CommitRules } from './group-commit.ts';

// Result codes of SQLite: busy, locked, read-only, input/output error, corrupt, full, cannot open, no database.
const busy = 5;
const troubles = new Set([busy, 6, 8, 10, 11, 13, 14, 26]);

/** One writer at a time is all that SQLite has. */
export const sqliteRules: CommitRules = {
  lanes: 1,
  largestGroup: 512,
  passes: (error) => resultCode(error) === busy,
  strikesAll: (error) => troubles.has(resultCode(error)),
};

function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
}
