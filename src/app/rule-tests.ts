import { findCitations } from '../cables/citations/find.ts';
import type { Config } from '../config/config.ts';
import type { YamlSource } from '../config/yaml/yaml-file.ts';
import type { Resolution } from '../core/citation.ts';
import type { Verdict } from '../core/verdict.ts';
import { countersOf, decide, type Facts } from '../rules/decide.ts';
import { firstFalse } from '../rules/when.ts';
import { subjectOf } from '../rules/subject.ts';
import type { Rules } from '../rules/schema.ts';
import { assumed, differences, earlierIn, postOf, type RuleTest } from '../rules/tests.ts';
import { openCables } from './open-cables.ts';
import { courtesies, readRules, weakCountsIn } from './read-rules.ts';

/** What the tests beside the rules come to. Errors: ConfigError with every fault of the rules and templates. */
export async function* testRules(config: Config, source: YamlSource = config.rules): AsyncIterable<RuleTestResult> {
  yield* tested(config, readRules(config, source).rules);
}

async function* tested(config: Config, rules: Rules): AsyncIterable<RuleTestResult> {
  if (rules.tests === undefined) return;
  const { resolver } = await openCables(config, () => {});
  for (const test of rules.tests) {
    const post = postOf(test.post);
    const feed = test.post.feed ?? '';
    const { citations } = findCitations(post, { weakCounts: weakCountsIn(config, post, feed) });
    const found = await Promise.all(citations.map((citation) => resolver.resolve(citation, post.text)));
    const resolutions = found.map((resolution) => assumed(resolution, test));
    const earlier = earlierIn(test, countersOf(rules));
    const question = { post, feed, resolutions, earlier, seenAt: post.createdAt, optedOut: false, optedIn: false };
    const facts = { ...question, ...courtesies(config, question) };
    const verdict = decide(facts, rules);
    yield { test, verdict, resolutions, differences: differencesOf(test, facts, rules, verdict) };
  }
}

/** Names of the tests beside these rules that fail. */
export async function failingTests(config: Config, rules: Rules): Promise<string[]> {
  const results = await Array.fromAsync(tested(config, rules));
  return results.filter((result) => result.differences.length > 0).map(({ test }) => test.name);
}

/** One test, and where its verdict is another than expected. */
export interface RuleTestResult {
  readonly test: RuleTest;
  readonly verdict: Verdict;
  readonly resolutions: readonly Resolution[];
  readonly differences: readonly string[];
}

/** Also why the rule that is expected to decide did not match. */
function differencesOf(test: RuleTest, facts: Facts, rules: Rules, verdict: Verdict): string[] {
  const found = differences(test, verdict);
  const expected = rules.rules.find(({ name }) => name === test.expect.rule);
  if (found.length === 0 || expected === undefined || expected.name === verdict.rule) return found;
  const condition = firstFalse(expected.when, subjectOf(facts));
  const why = condition === null ? 'matches, but comes too late' : `does not match: \`${condition}\` does not hold`;
  return [...found, `rule \`${expected.name}\` ${why}`];
}
