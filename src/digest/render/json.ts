import type { Digest } from '../model.ts';

/** For programs: see model.ts. */
export function json(digest: Digest): string {
  return `${JSON.stringify(digest, null, 2)}\n`;
}
