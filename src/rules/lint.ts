import type { ConsentPolicy } from '../core/verdict.ts';
import type { Rule, Rules } from './schema.ts';
import type { When } from './when.ts';

/** Something in rules that is valid and cannot be meant. */
export interface Oddity {
  /** Keys and indexes that lead to it from the top of the file. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What each platform permits. */
export type Policies = (platform: string) => Pick<ConsentPolicy, 'permits' | 'clause'>;

/** What is odd about rules, in their order. */
export function lint({ rules }: Rules, policies: Policies): Oddity[] {
  return rules.flatMap((rule, i) => {
    const path = ['rules', i] as const;
    return [
      ...unreachable(rules.slice(0, i), rule, path),
      ...neverHolding(rule.when, [...path, 'when']),
      ...neverAnswered(rule, path),
      ...neverPermitted(rule, path, policies),
    ];
  });
}

type Path = Oddity['path'];

function unreachable(before: readonly Rule[], rule: Rule, path: Path): Oddity[] {
  const decided = before.find((earlier) => isDeciding(earlier) && implies(rule.when ?? {}, earlier.when ?? {}));
  if (decided === undefined) return [];
  const all = Object.keys(decided.when ?? {}).length === 0;
  const why = all ? 'matches every post' : 'matches whatever this one does';
  return [
    {
      path: [...path, 'name'],
      message: `no post comes to rule \`${rule.name}\`: \`${decided.name}\` before it ${why}`,
    },
  ];
}

function isDeciding({ action, shadow }: Rule): boolean {
  return action !== 'label' && shadow !== true;
}

const ofTheText = ['origin', 'classification', 'tags', 'marking'] as const;
const withText = ['resolved', 'unknown-paragraph'] as const;

function neverHolding(when: When | undefined, path: Path): Oddity[] {
  if (when === undefined) return [];
  const found: Oddity[] = [];
  const asked = ofTheText.find((key) => when[key] !== undefined);
  if (asked !== undefined && when.status?.some((status) => withText.some((known) => known === status)) === false) {
    const message = `\`${asked}\` is known only of a cable whose status is ${withText.join(' or ')}: this holds for no post`;
    found.push({ path: [...path, asked], message });
  }
  for (const [i, part] of (when.none ?? []).entries()) {
    const { none: _, ...rest } = when;
    if (implies(rest, part)) {
      found.push({
        path: [...path, 'none', i],
        message: 'this holds wherever the rest does: together they hold for no post',
      });
    }
  }
  for (const parts of ['all', 'any', 'none'] as const) {
    for (const [i, part] of (when[parts] ?? []).entries()) found.push(...neverHolding(part, [...path, parts, i]));
  }
  return found;
}

/** What consent lowers whatever the mode of the publisher. */
function neverAnswered({ action, when }: Rule, path: Path): Oddity[] {
  if (action !== 'reply' && action !== 'hold') return [];
  const whom = when?.bot === true ? 'bots' : when?.repost === true ? 'reposts' : undefined;
  if (whom === undefined) return [];
  const key = whom === 'bots' ? 'bot' : 'repost';
  return [{ path: [...path, 'when', key], message: `${whom} are never answered: consent lowers this rule to \`log\`` }];
}

/** A mode that consent lowers for all that the rule is about. */
function neverPermitted({ action, mode, when = {} }: Rule, path: Path, policies: Policies): Oddity[] {
  if (!['reply', 'hold'].includes(action) || mode === undefined || mode === 'log' || when.summoned === true) return [];
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

/** Whether every post that `narrow` matches is matched by `wide` too; false where that cannot be seen from the words. */
export function implies(narrow: When, wide: When): boolean {
  return (Object.keys(wide) as (keyof When)[]).every((key) => {
    const [asked, given] = [wide[key], narrow[key]];
    return asked === undefined || (given !== undefined && isWithin(key, given, asked));
  });
}

function isWithin(key: keyof When, given: unknown, asked: unknown): boolean {
  if (JSON.stringify(given) === JSON.stringify(asked)) return true;
  if (!Array.isArray(given) || !Array.isArray(asked) || key === 'all' || key === 'any' || key === 'none') return false;
  return given.every((one: unknown) => asked.some((other: unknown) => isOneOf(one, other)));
}

function isOneOf(given: unknown, asked: unknown): boolean {
  if (given === asked) return true;
  if (!isYears(given) || !isYears(asked)) return false;
  return given.from >= asked.from && given.to <= asked.to;
}

function isYears(value: unknown): value is { from: number; to: number } {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}
