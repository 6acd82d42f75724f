import { hash } from 'node:crypto';
import { durationText, timeOfDayText } from '../core/durations.ts';
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
  const [before, after] = [settings(old), settings(now)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [from, to] = [before.get(key), after.get(key)];
    if (JSON.stringify(canonical(from)) === JSON.stringify(canonical(to))) return [];
    return [
      {
        key,
        from: from === undefined ? 'not set' : written(from, key),
        to: to === undefined ? 'not set' : written(to, key),
      },
    ];
  });
}

/** What a rule says, by key: each condition for itself, as `when.status`. */
function settings({ when = {}, ...rest }: Rule): ReadonlyMap<string, unknown> {
  const conditions = Object.entries(when).map(([name, value]) => [`when.${name}`, value] as const);
  return new Map<string, unknown>([...conditions, ...Object.entries(rest)].filter(([, value]) => value !== undefined));
}

/** A parsed value as people write it in YAML, for the end of a line. `path`: its keys; a number has the unit of its key. */
function written(value: unknown, path: string): string {
  if (Array.isArray(value)) {
    const all = value.map((one) => written(one, path));
    return all.length === 1 && all[0] !== undefined ? all[0] : `[${all.join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return `{ ${entries.map(([key, inner]) => `${key}: ${written(inner, `${path}.${key}`)}`).join(', ')} }`;
  }
  if (typeof value === 'number' && isSpan.test(path)) return durationText(value);
  if (typeof value === 'number' && isTimeOfDay.test(path)) return `"${timeOfDayText(value)}"`;
  // Phrases are stored with a blank on either side.
  const text = String(value).trim();
  return typeof value !== 'string' || needsNoQuotes.test(text) ? text : JSON.stringify(text);
}

const isSpan = /(?:^|\.)(?:expires|within|accountAge\.at(?:Least|Most))$/;
const isTimeOfDay = /(?:^|\.)written\.(?:from|to)$/;
const needsNoQuotes = /^(?!(?:true|false|null|\d[\d.e_]*)$)[\p{L}\p{N}](?:[\p{L}\p{N} ./@_-]|:(?! ))*$/u;

/** Of those that are in both, the rules that come after another one now: order decides. */
function moved(old: readonly Rule[], now: readonly Rule[]): string[] {
  const before = old.map(({ name }) => name);
  const after = now.map(({ name }) => name);
  if (before.join(' ') === after.join(' ')) return [];
  return [`the order of rules: ${before.join(', ')} → ${after.join(', ')}`];
}
