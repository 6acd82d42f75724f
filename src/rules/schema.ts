import { z } from 'zod';
import { Duration } from '../core/durations.ts';
import { ReplyMode } from '../core/verdict.ts';
import { testsSchema } from './tests.ts';
import { oneOrMore, type Vocabulary, whenSchema, word } from './when.ts';

export type { Vocabulary } from './when.ts';

// These checks speak up beside whatever else is wrong, so that all faults come at once.
const besideOtherFaults = { when: () => true };

const Label = z
  .string()
  .max(40)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case letters, digits and hyphens, such as `to-read`');

/** Schema of `rules.yaml`. */
export function rulesSchema(vocabulary: Vocabulary = {}) {
  const rule = z
    .strictObject({
      name: z
        .string()
        .max(60)
        .regex(
          /^[a-z0-9]+(-[a-z0-9]+)*$/,
          'expected a name of lower-case letters, digits and hyphens, such as `my-rule`',
        )
        .describe('Verdicts name the rule that decided.'),
      when: whenSchema(vocabulary)
        .optional()
        .describe(
          'All of these must hold; of a list, one. What is about the cable (`kind`, `status`, `year`, `station`, `country`, `origin`, `classification`, `tags`, `marking`) must hold for the same citation of the post. Left out: always.',
        ),
      action: z
        .enum(['reply', 'hold', 'record', 'digest', 'ignore', 'label', 'notify'])
        .describe(
          'reply: answer with the link, as far as consent allows. hold: plan that answer, and let a person decide (`pilcrow review`). log: record the mention and show it. digest: only count it in the daily digest. ignore: nothing. label: give it `labels` and go on with the next rule. notify: tell the channels of `to`, and go on with the next rule.',
        ),
      template: word(vocabulary.templates)
        .optional()
        .describe('Text of the reply: a file of the templates folder, without `.liquid`. Left out: default.'),
      mode: ReplyMode.optional().describe(
        'Whom this reply may reach at most: summoned, who addressed the bot; opted-in, who agreed as well; own-timeline, a post that addresses nobody; open, anybody. The mode of the publisher holds besides. Left out: that alone.',
      ),
      expires: Duration.optional().describe(
        'How long an answer that is held waits for a person; then it is rejected. Left out: 7d.',
      ),
      digest: (vocabulary.digests === undefined ? Label : word(vocabulary.digests))
        .optional()
        .describe('The digest that counts it, by its name. Left out: all do.'),
      to: oneOrMore(word(vocabulary.channels)).optional().describe('Channels that are told of it, by their names.'),
      labels: z.array(Label).min(1).optional().describe('Words that the verdict carries, to find such mentions by.'),
      shadow: z
        .boolean()
        .optional()
        .describe('On trial: what the rule would have asked for is noted in the verdict, and the next rule is tried.'),
    })
    .check(
      onlyFor(['reply', 'hold'], 'template'),
      onlyFor(['reply', 'hold'], 'mode'),
      onlyFor(['hold'], 'expires'),
      onlyFor(['digest'], 'digest'),
      onlyFor(['notify'], 'to'),
      needs('label', 'labels'),
      needs('notify', 'to'),
    );
  return z
    .strictObject({
      extends: oneOrMore(word(vocabulary.presets))
        .optional()
        .describe(
          'Presets whose rules are tried after those of this file, in this order: `pilcrow rules presets` shows them. A rule of this file takes the place of one with its name.',
        ),
      rules: z.array(rule).check(distinctNames()).describe('The first rule that matches decides.'),
      tests: testsSchema(vocabulary).optional(),
    })
    .describe('What is done about a post that cites a cable. A post that no rule matches is ignored.');
}

/** Schema of `rules.yaml` where nothing is known of the installation. */
export const Rules = rulesSchema();
export type Rules = z.output<typeof Rules>;
export type Rule = Rules['rules'][number];

type Written = Readonly<Record<string, unknown>> | undefined;

/** The key says something of these actions alone. */
function onlyFor(actions: readonly string[], key: string) {
  return z.superRefine<Written>((rule, context) => {
    const action = rule?.['action'];
    if (rule?.[key] === undefined || typeof action !== 'string' || actions.includes(action)) return;
    const message = `only a rule with \`action: ${actions.join('` or `')}\` has \`${key}\``;
    context.addIssue({ code: 'custom', path: [key], message });
  }, besideOtherFaults);
}

function needs(action: string, key: string) {
  return z.superRefine<Written>((rule, context) => {
    if (rule?.['action'] !== action || rule[key] !== undefined) return;
    context.addIssue({
      code: 'custom',
      path: ['action'],
      message: `a rule with \`action: ${action}\` needs \`${key}\``,
    });
  }, besideOtherFaults);
}

function distinctNames() {
  return z.superRefine<readonly { name?: unknown }[]>((rules, context) => {
    if (!Array.isArray(rules)) return;
    const seen = new Set<unknown>();
    for (const [index, rule] of rules.entries()) {
      const name: unknown = rule?.name;
      if (typeof name === 'string' && seen.has(name)) {
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `another rule is named ${name} already` });
      }
      seen.add(name);
    }
  }, besideOtherFaults);
}
