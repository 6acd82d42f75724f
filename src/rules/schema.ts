import { z } from 'zod';
import { Duration } from '../core/durations.ts';
import { distinct, nameSuchAs } from '../core/text/names.ts';
import { ReplyMode } from '../core/verdict.ts';
import { testsSchema } from './tests.ts';
import type { Vocabulary } from './condition.ts';
import { onACitation } from './conditions.ts';
import { oneOrMore, word } from './forms.ts';
import { whenSchema } from './when.ts';

export type { Vocabulary } from './condition.ts';

// These checks run even where others fail, so that all findings come at once.
const besideOtherFaults = { when: () => true };

const Label = nameSuchAs('to-read', 40, 'lower-case letters');

/** Schema of `rules.yaml`. */
export function rulesSchema(vocabulary: Vocabulary = {}) {
  return z
    .strictObject({
      extends: oneOrMore(word(vocabulary.presets))
        .optional()
        .describe(
          'Presets whose rules are tried after those of this file, in this order: `pilcrow rules presets` shows them. A rule of this file replaces one of the same name.',
        ),
      rules: z
        .array(ruleSchema(vocabulary))
        .check(distinct('rule', 'name'))
        .describe('The first rule that matches decides.'),
      tests: testsSchema(vocabulary).optional(),
    })
    .describe('What is done about a post that cites a cable. A post that no rule matches is ignored.');
}

function ruleSchema(vocabulary: Vocabulary) {
  return z
    .strictObject({
      name: nameSuchAs('my-rule', 60).describe('Verdicts name the rule that decided.'),
      when: whenSchema(vocabulary)
        .optional()
        .describe(
          `All of these must hold; of a list, one. What is about the cable (${onACitation.map(([name]) => `\`${name}\``).join(', ')}) must hold for the same citation of the post. Left out: always.`,
        ),
      action: z
        .enum(['reply', 'hold', 'record', 'digest', 'ignore', 'label', 'notify'])
        .describe(
          'reply: answer with the link, as far as consent allows. hold: plan that answer, and let a person decide (`pilcrow review`). record: keep the mention and show it. digest: only count it in the daily digest. ignore: nothing. label: give it `labels` and go on with the next rule. notify: send a message to the channels of `to`, and go on with the next rule.',
        ),
      template: word(vocabulary.templates)
        .optional()
        .describe('Text of the reply: a file of the templates folder, without `.liquid`. Left out: default.'),
      mode: ReplyMode.optional().describe(
        'The widest mode for this reply: summoned, people who addressed the bot; opted-in, also people who agreed; own-timeline, a post that addresses nobody; open, anybody. The mode of the publisher applies too. Left out: only that.',
      ),
      expires: Duration.optional().describe(
        'How long a held reply waits for a person before it is rejected. Left out: 7d.',
      ),
      digest: (vocabulary.digests === undefined ? Label : word(vocabulary.digests))
        .optional()
        .describe('The digest that counts it, by its name. Left out: all do.'),
      to: oneOrMore(word(vocabulary.channels)).optional().describe('Channels that get the message, by their names.'),
      labels: z.array(Label).min(1).optional().describe('Words that the verdict carries, to find such mentions by.'),
      shadow: z
        .boolean()
        .optional()
        .describe('On trial: the verdict notes what the rule would have done, and the next rule is tried.'),
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
}

/** Schema of `rules.yaml` without the words of an installation. */
export const Rules = rulesSchema();
export type Rules = z.output<typeof Rules>;
export type Rule = Rules['rules'][number];

type Written = Readonly<Record<string, unknown>> | undefined;

/** The key is valid only for these actions. */
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
    const message = `a rule with \`action: ${action}\` needs \`${key}\``;
    context.addIssue({ code: 'custom', path: ['action'], message });
  }, besideOtherFaults);
}
