import { TooLarge } from '../../net/body.ts';

/** What is asked for where more is too large. */
const fewer = [5, 1];

/**
 * Asks for entries of a list that strangers fill, with as much as their servers let them write: where the answer is too large to be read,
 * for fewer, and no more at once from then on. Undefined: not even one can be read. Errors: those of the call.
 */
export function openPageSize(most: number) {
  let limits = [most, ...fewer];
  return async <T>(ask: (limit: number) => Promise<T>): Promise<{ answer: T; limit: number } | undefined> => {
    for (const [index, limit] of limits.entries()) {
      try {
        const answer = await ask(limit);
        limits = limits.slice(index);
        return { answer, limit };
      } catch (error) {
        if (!isTooLarge(error)) throw error;
      }
    }
    return undefined;
  };
}

export function isTooLarge(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof TooLarge) return true;
  return false;
}
