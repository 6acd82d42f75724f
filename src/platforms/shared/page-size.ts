import { TooLarge } from '../../net/body.ts';

/** The page sizes to fall back to. */
const smaller = [5, 1];

/**
 * Page size that adapts to a list of entries by strangers, which may be as large as their servers allow: when a response is too large to be
 * read it asks for smaller entries, and keeps to that. Undefined: not even one entry can be read. Errors: those of the call.
 */
export function openPageSize(largest: number) {
  let limits = [largest, ...smaller];
  return async <T>(fetchPage: (limit: number) => Promise<T>): Promise<{ answer: T; limit: number } | undefined> => {
    for (const [index, limit] of limits.entries()) {
      try {
        const answer = await fetchPage(limit);
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
