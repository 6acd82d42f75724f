import { createHash } from 'node:crypto';
import type { Rules } from './schema.ts';

const versions = new WeakMap<Rules, string>();

/** Short hash of what the rules say, whatever the layout of their file and their tests: verdicts carry it. */
export function version(rules: Rules): string {
  const known = versions.get(rules);
  if (known !== undefined) return known;
  const hash = createHash('sha256')
    .update(JSON.stringify(canonical(rules.rules)))
    .digest('hex')
    .slice(0, 12);
  versions.set(rules, hash);
  return hash;
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)]),
  );
}
