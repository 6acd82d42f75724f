import type { Resolution } from '../core/citation.ts';
import type { Action, Verdict } from '../core/verdict.ts';
import { allowed, type ConsentFacts } from './consent.ts';
import { firstFalse, subjectOf } from './match.ts';
import type { Rules } from './schema.ts';
import { version } from './version.ts';

/** All that a verdict depends on beside the rules. */
export interface Facts extends ConsentFacts {
  /** Name of the feed that delivered the post. */
  readonly feed: string;
  readonly resolutions: readonly Resolution[];
}

/** What is done about a post: what the first matching rule asks, lowered to what consent allows. The same facts and rules give the same verdict. */
export function decide(facts: Facts, rules: Rules): Verdict {
  const subject = subjectOf(facts.post, facts.feed, facts.resolutions);
  const rule = rules.rules.find(({ when }) => firstFalse(when, subject) === null);
  const asked: Action = rule?.action ?? 'ignore';
  const { action, clause } = allowed(asked, facts);
  return {
    action,
    rule: rule?.name ?? null,
    template: action === 'reply' ? (rule?.template ?? 'default') : null,
    asked: action === asked ? null : asked,
    clause,
    rules: version(rules),
  };
}
