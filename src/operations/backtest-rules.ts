import type { Config } from '../config/config.ts';
import type { YamlSource } from '../config/yaml/yaml-file.ts';
import { UsageError } from '../core/errors.ts';
import { decidedPosts } from '../ledger/posts/mentions.ts';
import { openComparison } from '../rules/backtest.ts';
import { openWindows } from '../rules/counters.ts';
import { countersOf, decide } from '../rules/decide.ts';
import { subjectOf } from '../rules/subject.ts';
import { version } from '../rules/version.ts';
import { answererOf, replyPrice } from '../app/answering.ts';
import { readLedger } from '../app/open-ledger.ts';
import { courtesies, type Question, readRules } from '../app/read-rules.ts';

/**
 * A comparison of two rule sets on stored posts. `old` and `new`: versions of the rules, or `as decided` for the stored verdicts. `quotas`: how
 * many replies a day each publisher may send; null: no limit.
 */
export type Backtest = Awaited<ReturnType<typeof backtest>>;

/**
 * Replays stored posts against the configured rules and those of `source`; without `source`, against the stored verdicts and the configured
 * rules. Changes nothing. Errors: ConfigError; UsageError without a ledger.
 */
export async function backtest(
  config: Config,
  { sinceMs, source, progress }: { sinceMs: number; source?: YamlSource; progress: (posts: number) => void },
) {
  const configured = readRules(config).rules;
  const rules = source === undefined ? configured : readRules(config, source).rules;
  await using ledger = await readLedger(config);
  if (ledger === undefined) throw new UsageError('there is no ledger yet: the first run creates it');
  const since = (await ledger.now()) - sinceMs;
  const comparison = openComparison();
  const windows = openWindows([...countersOf(configured), ...countersOf(rules)]);
  let posts = 0;
  for await (const page of decidedPosts(ledger.db, since - windows.longest, { verdicts: source === undefined })) {
    for (const { verdict, ...question } of page) {
      posts += 1;
      const { post, resolutions, seenAt } = question;
      const earlier = windows.pass(post, resolutions, seenAt);
      // Posts before the start only fill the windows of `earlier`.
      if (seenAt < since) continue;
      const facts = { ...question, earlier, ...courtesies(config, question) };
      const subject = subjectOf(facts);
      comparison.add(charged(config, facts), {
        old: verdict ?? decide(facts, configured, subject),
        new: decide(facts, rules, subject),
      });
    }
    progress(posts);
  }
  return {
    ...comparison.result(),
    since,
    old: source === undefined ? 'as decided' : version(configured),
    new: version(rules),
    quotas: config.publishers.map(({ name, limits }) => ({ publisher: name, perDay: limits.perDay })),
  };
}

/** Adds the price of a reply, if the publisher charges one. */
function charged<T extends Question>(config: Config, question: T) {
  const publisher = answererOf(config, question.post, question.feed)?.publisher ?? '';
  const price = replyPrice(config, publisher);
  return price === 0 ? question : { ...question, charge: { publisher, price } };
}
