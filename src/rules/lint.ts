import type { ConsentPolicy, NeverThere } from '../core/verdict.ts';
import type { Rule, Rules } from './schema.ts';
import { onACitation, onThePost, type When } from './conditions.ts';

/** Something in rules that is valid but cannot be intended. */
export interface Oddity {
  /** Keys and indexes that lead to it from the top of the file. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What each platform permits. */
export type Policies = (platform: string) => Pick<ConsentPolicy, 'permits' | 'clause' | 'never'>;

/** Facts about the installation. */
export interface Surroundings {
  readonly policies: Policies;
  /** Platforms on which people are answered: rules that name none are about these. */
  readonly answering?: readonly string[];
  /** Why answers in the words of this template never fit there, where they do not. Left out: all do. */
  readonly misfit?: (template: string, platform: string) => string | undefined;
}

/** What is odd about rules, in their order. */
export function lint({ rules, extends: presets }: Rules, surroundings: Surroundings): Oddity[] {
  const { policies } = surroundings;
  const found = rules.flatMap((rule, i) => {
    const path = ['rules', i] as const;
    return [
      ...unreachable(rules.slice(0, i), rule, path),
      ...neverHolding(rule.when, [...path, 'when']),
      ...contradictions(rule.when, [...path, 'when']),
      ...neverThere(rule.when, [...path, 'when'], policies),
      ...neverAnswered(rule, path),
      ...neverPermitted(rule, path, policies),
      ...neverFits(rule, path, surroundings),
    ];
  });
  const none = { path: ['rules'], message: 'there is no rule, so every post is ignored' };
  if (rules.length === 0 && presets === undefined) return [none];
  return [...found, ...(presets === undefined ? [] : neverExtended(rules))];
}

type Path = Oddity['path'];

function unreachable(before: readonly Rule[], rule: Rule, path: Path): Oddity[] {
  const decided = before.find((earlier) => isFinal(earlier) && implies(rule.when ?? {}, earlier.when ?? {}));
  if (decided === undefined) return [];
  const all = Object.keys(decided.when ?? {}).length === 0;
  const why = all ? 'matches every post' : 'matches whatever this one does';
  const message = `no post comes to rule \`${rule.name}\`: \`${decided.name}\` before it ${why}`;
  return [{ path: [...path, 'name'], message }];
}

function isFinal({ action, shadow }: Rule): boolean {
  return action !== 'label' && action !== 'notify' && shadow !== true;
}

type Asked = Readonly<Record<string, unknown>>;

const withText = ['resolved', 'unknown-paragraph'] as const;

function neverHolding(when: When | undefined, path: Path): Oddity[] {
  if (when === undefined) return [];
  const found: Oddity[] = [];
  const [asked] = onACitation.find(([name, { lint: known }]) => known.needsText && name in when) ?? [];
  if (asked !== undefined && when.status?.some((status) => withText.some((known) => known === status)) === false) {
    const message = `\`${asked}\` is known only of a cable whose status is ${withText.join(' or ')}: this holds for no post`;
    found.push({ path: [...path, asked], message });
  }
  const odd = when.language?.find((code) => !/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(code));
  if (odd !== undefined) {
    const message = `\`${odd}\` is no code of a language: expected one such as en or pt-br`;
    found.push({ path: [...path, 'language'], message });
  }
  for (const [i, part] of (when.none ?? []).entries()) {
    const { none: _, ...rest } = when;
    const message = 'this holds wherever the rest does: together they hold for no post';
    if (implies(rest, part)) found.push({ path: [...path, 'none', i], message });
  }
  for (const parts of ['all', 'any', 'none'] as const) {
    for (const [i, part] of (when[parts] ?? []).entries()) found.push(...neverHolding(part, [...path, parts, i]));
  }
  return found;
}

/** Conditions of which a post has one value, and that are asked to be different ones. */
function contradictions(when: When | undefined, path: Path): Oddity[] {
  const asked = when === undefined ? [] : conjuncts(when, path);
  const single = onThePost.filter(([, row]) => row.lint.single);
  return single.flatMap(([key]) => {
    const [first, ...others] = asked.filter((part) => part.when[key] !== undefined);
    const clash = others.find((part) => !overlap(first?.when[key], part.when[key]));
    if (clash === undefined) return [];
    const message = `\`${key}\` is asked to be something else above: together they hold for no post`;
    return [{ path: [...clash.path, key], message }];
  });
}

/** All that must hold together: the conditions of `when` itself, and those of the parts under `all`. */
function conjuncts(when: When, path: Path): { when: Asked; path: Path }[] {
  const parts = (when.all ?? []).flatMap((part, i) => conjuncts(part, [...path, 'all', i]));
  return [{ when, path }, ...parts];
}

function overlap(one: unknown, other: unknown): boolean {
  const [these, those] = [one, other].map((value): unknown[] => (Array.isArray(value) ? value : [value]));
  return these!.some((value) => those!.includes(value));
}

/** Conditions that the platforms of a rule cannot meet. */
function neverThere(when: When | undefined, path: Path, policies: Policies): Oddity[] {
  const named = when?.platform ?? [];
  if (when === undefined || named.length === 0) return [];
  const asked: Asked = when;
  return onThePost.flatMap(([key, row]) => {
    const needed = asked[key] === undefined ? [] : row.lint.needs(asked[key]);
    const isNever = (one: NeverThere) => named.every((platform) => policies(platform).never.includes(one));
    if (needed.length === 0 || !needed.every(isNever)) return [];
    const message = needed.some((one) => one === key)
      ? `${named.join(' and ')} never says \`${key}\` of a post: this holds for none`
      : `posts of ${named.join(' and ')} are never \`${needed.join('` or `')}\`: this holds for none`;
    return [{ path: [...path, key], message }];
  });
}

/** Rules that consent lowers in every mode. */
function neverAnswered({ action, when }: Rule, path: Path): Oddity[] {
  if (action !== 'reply' && action !== 'hold') return [];
  const key = (['bot', 'repost'] as const).find((one) => when?.[one] === true);
  if (key === undefined) return [];
  const message = `${key}s are never answered: consent lowers this rule to \`record\``;
  return [{ path: [...path, 'when', key], message }];
}

/** A mode that consent lowers for all that the rule is about. */
function neverPermitted({ action, mode, when = {} }: Rule, path: Path, policies: Policies): Oddity[] {
  if (!['reply', 'hold'].includes(action) || mode === undefined || mode === 'dry-run' || when.summoned === true)
    return [];
  const at = [...path, 'mode'];
  if (mode === 'summoned' && when.summoned === false) {
    const message = 'mode `summoned` answers only who addressed the bot, and this rule is about all others';
    return [{ path: at, message }];
  }
  const named = when.platform ?? [];
  if (mode === 'summoned' || named.length === 0) return [];
  if (named.some((platform) => policies(platform).permits.includes(mode))) return [];
  const why = named.map((platform) => `${platform}: ${policies(platform).clause}`).join('; ');
  return [{ path: at, message: `mode \`${mode}\` reaches nobody who did not address the bot (${why})` }];
}

function neverFits({ action, template, when }: Rule, path: Path, { misfit, answering = [] }: Surroundings): Oddity[] {
  if (action !== 'reply' && action !== 'hold') return [];
  return (when?.platform ?? answering).flatMap((platform) => {
    const why = misfit?.(template ?? 'default', platform);
    return why === undefined ? [] : [{ path: [...path, template === undefined ? 'action' : 'template'], message: why }];
  });
}

/** Presets come last: where a rule before them takes every post, they say nothing. */
function neverExtended(rules: readonly Rule[]): Oddity[] {
  const all = rules.find((rule) => isFinal(rule) && Object.keys(rule.when ?? {}).length === 0);
  if (all === undefined) return [];
  const message = `no post comes to these rules: \`${all.name}\` of this file matches every post`;
  return [{ path: ['extends'], message }];
}

/** Whether every post that `narrow` matches is matched by `wide` too; false where that cannot be seen from the words. */
export function implies(narrow: When, wide: When): boolean {
  const asserted: Asked = narrow;
  return Object.entries(wide).every(([key, asked]) => {
    const held = asserted[key];
    return asked === undefined || (held !== undefined && isWithin(key, held, asked));
  });
}

function isWithin(key: string, held: unknown, asked: unknown): boolean {
  if (JSON.stringify(held) === JSON.stringify(asked)) return true;
  if (!Array.isArray(held) || !Array.isArray(asked) || key === 'all' || key === 'any' || key === 'none') return false;
  return held.every((one: unknown) => asked.some((other: unknown) => isOneOf(one, other)));
}

function isOneOf(held: unknown, asked: unknown): boolean {
  if (held === asked) return true;
  if (!isYears(held) || !isYears(asked)) return false;
  return held.from >= asked.from && held.to <= asked.to;
}

function isYears(value: unknown): value is { from: number; to: number } {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}
