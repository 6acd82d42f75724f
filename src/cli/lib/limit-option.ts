import { UsageError } from '../../core/errors.ts';

/** The value of `--limit`. Errors: UsageError if it is not a positive whole number. */
export function limitOf(written: string): number {
  const limit = Number(written);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError(`--limit ${written}: expected a whole number from 1`);
  return limit;
}
