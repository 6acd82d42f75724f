import { UsageError } from '../../core/errors.ts';

/** What `--limit` says. Errors: UsageError for what is no whole number from 1. */
export function limitOf(written: string): number {
  const limit = Number(written);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError(`--limit ${written}: expected a whole number from 1`);
  return limit;
}
