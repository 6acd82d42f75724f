import pg from 'pg';
import type { CommitRules } from './group-commit.ts';
import { refusals } from './postgres-statements.ts';

/** The server is unreachable, or its answer did not arrive. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Groups of moderate size: rows that one has written stay locked for the others until its commit. */
export const postgresRules: CommitRules = {
  lanes: 3,
  largestGroup: 192,
  isTransient: (error) => deadlocks.has(sqlState(error)) || refusals.has(sqlState(error)),
  affectsAll: (error) => error instanceof ConnectionError || databaseErrors.test(sqlState(error)),
};

/** SQLSTATE of a deadlock and of a serialization failure. */
const deadlocks = new Set(['40P01', '40001']);

/**
 * SQLSTATE of missing resources (disk, memory), operator intervention (except a cancelled statement), read-only, system and internal errors,
 * and of a lock time-out, which all the others would run into as well.
 */
const databaseErrors = /^(?:53|57P|58|XX|25006|25P03|55P03)/;

function sqlState(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}
