import { dayMs } from '../core/durations.ts';
import type { Action, Verdict } from '../core/verdict.ts';
import { allowed, type ConsentFacts } from './consent.ts';
import { indexRules } from './candidates.ts';
import type { When } from './conditions.ts';
import { type Counter, counterKey } from './counters.ts';
import { firstFalse, matcher } from './when.ts';
import { type Asked, type Subject, subjectOf } from './subject.ts';
import type { Rule, Rules } from './schema.ts';
import { version } from './version.ts';

const weekMs = 7 * dayMs;

/** All that a verdict depends on beside the rules. */
export interface Facts extends ConsentFacts, Asked {}

/**
 * What is done about a post: what the first matching rule asks, lowered to what consent allows. The same facts and rules give the same verdict.
 * `subject`: that of the facts, if several rule sets are asked.
 */
export function decide(facts: Facts, rules: Rules, subject: Subject = subjectOf(facts)): Verdict {
  const { rule, labels, notify, shadows } = walk(subject, rules);
  const asked: Action = rule?.action ?? 'ignore';
  const { action, clause } = allowed(asked, facts, rule?.mode);
  return {
    action,
    rule: rule?.name ?? null,
    template: action === 'reply' || action === 'hold' ? (rule?.template ?? 'default') : null,
    asked: action === asked ? null : asked,
    clause,
    ...((action === 'reply' || action === 'hold') && isAlone(facts, rule) && { alone: true as const }),
    ...(action === 'hold' && { holdMs: rule?.expires ?? weekMs }),
    ...(labels.length > 0 && { labels: [...new Set(labels)] }),
    ...(notify.length > 0 && { notify: [...new Set(notify)] }),
    ...(action === 'digest' && rule?.digest !== undefined && { digest: rule.digest }),
    ...(shadows.length > 0 && { shadows }),
    rules: version(rules),
  };
}

/** The publisher or the rule lets it speak on the bot's own timeline only; in a log all stand as what they answer. */
function isAlone({ mode }: Facts, rule: Rule | undefined): boolean {
  return mode !== 'dry-run' && (mode === 'own-timeline' || rule?.mode === 'own-timeline');
}

/** A rule that ends the walk. */
type FinalRule = Rule & { readonly action: Exclude<Rule['action'], 'label' | 'notify'> };

/** From the first rule on, up to the one that decides. */
function walk(subject: Subject, rules: Rules) {
  const labels: string[] = [];
  const notify: string[] = [];
  const shadows: NonNullable<Verdict['shadows']> = [];
  const { all, candidates } = compileRules(rules);
  for (const at of candidates(subject)) {
    const { rule, isMatched } = all[at]!;
    if (!isMatched(subject)) continue;
    if (rule.shadow === true) {
      shadows.push({ rule: rule.name, action: rule.action });
      continue;
    }
    labels.push(...(rule.labels ?? []));
    notify.push(...(rule.to ?? []));
    if (isFinal(rule)) return { rule, labels, notify, shadows };
  }
  return { rule: undefined, labels, notify, shadows };
}

/** What became of a rule on the way of a post. */
export interface Step {
  readonly rule: Rule;
  readonly outcome: 'decides' | 'labels' | 'notifies' | 'on trial' | 'does not match' | 'not asked';
  /** The first of its conditions that does not hold: `status`, `all[1].feed`. Null: all do, or it was not asked. */
  readonly condition: string | null;
}

/** What each rule says of a post, in their order. */
export function steps(facts: Facts, rules: Rules): Step[] {
  const subject = subjectOf(facts);
  let decided = false;
  return rules.rules.map((rule) => {
    if (decided) return { rule, outcome: 'not asked', condition: null };
    const condition = firstFalse(rule.when, subject);
    if (condition !== null) return { rule, outcome: 'does not match', condition };
    if (rule.shadow === true) return { rule, outcome: 'on trial', condition };
    decided = isFinal(rule);
    return { rule, outcome: decided ? 'decides' : rule.action === 'notify' ? 'notifies' : 'labels', condition };
  });
}

/** The windows in which rules count, each once, as far as any rule asks. Errors: a condition that nothing tests. */
export function countersOf(rules: Rules): readonly Counter[] {
  return compileRules(rules).counters;
}

/** Rules with their tests made, and an index to those that a post may match. */
interface Compiled {
  readonly counters: readonly Counter[];
  readonly all: readonly { readonly rule: Rule; readonly isMatched: (subject: Subject) => boolean }[];
  readonly candidates: (subject: Subject) => readonly number[];
}

const cache = new WeakMap<Rules, Compiled>();

function compileRules(rules: Rules): Compiled {
  let found = cache.get(rules);
  if (found === undefined) {
    const all = rules.rules.map((rule) => ({ rule, isMatched: matcher(rule.when) }));
    const whens = rules.rules.flatMap(({ when }) => when ?? []);
    const same = Map.groupBy(whens.flatMap(windowsIn), counterKey).values();
    const counters = [...same].map((some) => ({ ...some[0]!, most: Math.max(...some.map(({ most }) => most)) }));
    found = { counters, all, candidates: indexRules(rules.rules.map(({ when }) => when)) };
    cache.set(rules, found);
  }
  return found;
}

function isFinal(rule: Rule): rule is FinalRule {
  return rule.action !== 'label' && rule.action !== 'notify';
}

function windowsIn({ earlier = [], all = [], any = [], none = [] }: When): Counter[] {
  const own = earlier.map(({ per, within, atLeast = 0, atMost = -1 }) => {
    return { per, within, most: Math.max(atLeast, atMost + 1) };
  });
  return [...own, ...[...all, ...any, ...none].flatMap(windowsIn)];
}
