import type { Digest } from '../../core/digest.ts';

/** For programs; model.ts describes the fields. */
export function json(digest: Digest): string {
  return `${JSON.stringify(digest, null, 2)}\n`;
}
