import pg from 'pg';
import type { CommitRules } from './group-commit.ts';
import { refusals } from './postgres-statements.ts';

/** The server could not be asked, or its answer did not come. */
export class ConnectionTrouble extends Error {
  override readonly name = 'ConnectionTrouble';
}

/** Groups that are not too long: a row that one of them has written is closed to the others until the commit. */
export const postgresRules: CommitRules = {
  lanes: 3,
  largestGroup: 192,
  passes: (error) => deadlocks.has(stateOf(error)) || refusals.has(stateOf(error)),
  strikesAll: (error) => error instanceof ConnectionTrouble || troubles.test(stateOf(error)),
};

/** By SQLSTATE: a deadlock, which the server has resolved against us, and a serialization failure. */
const deadlocks = new Set(['40P01', '40001']);

/**
 * Out of resources (disk, memory), the operator's intervention except a cancelled statement, read-only, system and internal errors; a lock
 * that was waited for in vain, which all the others would wait for again.
 */
const troubles = /^(?:53|57P|58|XX|25006|25P03|55P03)/;

function stateOf(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}
