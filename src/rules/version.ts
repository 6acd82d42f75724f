import { hash } from 'node:crypto';
import type { Rule, Rules } from './schema.ts';

const versions = new WeakMap<Rules, string>();

/** Short hash of what the rules say, whatever the layout of their file and their tests: verdicts carry it. */
export function version(rules: Rules): string {
  let found = versions.get(rules);
  found ??= hash('sha256', JSON.stringify(canonical(rules.rules))).slice(0, 12);
  versions.set(rules, found);
  return found;
}

/** What is different in new rules, a line each: `rule x is new`. None: they say the same. */
export function changes(old: Rules, now: Rules): string[] {
  const before = new Map(old.rules.map((rule) => [rule.name, rule]));
  const after = new Map(now.rules.map((rule) => [rule.name, rule]));
  return [
    ...old.rules.filter(({ name }) => !after.has(name)).map(({ name }) => `rule ${name} was removed`),
    ...now.rules.flatMap((rule) => {
      const earlier = before.get(rule.name);
      if (earlier === undefined) return [`rule ${rule.name} is new: ${rule.action}`];
      return changedKeys(earlier, rule).map(({ key, from, to }) => `rule ${rule.name}: ${key} ${from} → ${to}`);
    }),
    ...moved(
      old.rules.filter(({ name }) => after.has(name)),
      now.rules.filter(({ name }) => before.has(name)),
    ),
  ];
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)]),
  );
}

function changedKeys(old: Rule, now: Rule) {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])] as (keyof Rule)[];
  return keys.flatMap((key) => {
    const [from, to] = [written(old[key]), written(now[key])];
    return from === to ? [] : [{ key, from, to }];
  });
}

function written(value: unknown): string {
  return value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** Of those that are in both, the rules that come after another one now: order decides. */
function moved(old: readonly Rule[], now: readonly Rule[]): string[] {
  const before = old.map(({ name }) => name);
  const after = now.map(({ name }) => name);
  if (before.join(' ') === after.join(' ')) return [];
  return [`the order of rules: ${before.join(', ')} → ${after.join(', ')}`];
}
