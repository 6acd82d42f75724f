import { z } from 'zod';

/** Words that are valid in this installation; a word outside of them is refused. Undefined: any word is taken. */
export interface Vocabulary {
  readonly platforms?: readonly string[];
  readonly feeds?: readonly string[];
  readonly templates?: readonly string[];
}

// These checks speak up beside whatever else is wrong, so that all faults come at once.
const besideOtherFaults = { when: () => true };

const statuses = ['resolved', 'unknown-paragraph', 'unverified', 'ambiguous', 'unknown-cable'] as const;

/** The six that the cable viewer lists. */
const classifications = [
  'unclassified',
  'unclassified//for official use only',
  'confidential',
  'confidential//noforn',
  'secret',
  'secret//noforn',
] as const;

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
      when: whenSchema(vocabulary).optional(),
      action: z
        .enum(['reply', 'log', 'digest', 'ignore'])
        .describe(
          'reply: answer with the link, as far as consent allows. log: record the mention and show it. digest: only count it in the daily digest. ignore: nothing.',
        ),
      template: word(vocabulary.templates)
        .optional()
        .describe('Text of the reply: a file of the templates folder, without `.liquid`. Left out: default.'),
    })
    .check(templateOnlyForReplies());
  return z
    .strictObject({ rules: z.array(rule).check(distinctNames()).describe('The first rule that matches decides.') })
    .describe('What is done about a post that cites a cable. A post that no rule matches is ignored.');
}

/** Schema of `rules.yaml` where nothing is known of the installation. */
export const Rules = rulesSchema();
export type Rules = z.output<typeof Rules>;
export type When = NonNullable<Rules['rules'][number]['when']>;

/** The form in which texts are compared: case and width of letters aside. */
export function folded(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

export function foldedHashtag(text: string): string {
  return folded(text).replace(/^#/, '');
}

export function foldedHandle(text: string): string {
  return folded(text).replace(/^@/, '');
}

/** `SECRET // NOFORN` and `secret/noforn` are one; FOUO is spelt out. */
export function foldedClassification(text: string): string {
  const parts = folded(text)
    .split('/')
    .map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => (part === 'fouo' ? 'for official use only' : part))
    .join('//');
}

function whenSchema({ platforms, feeds }: Vocabulary) {
  return z
    .strictObject({
      platform: oneOrMore(word(platforms)).optional().describe('The post comes from one of these platforms.'),
      feed: oneOrMore(word(feeds)).optional().describe('The post was found in one of these feeds, by their names.'),
      hashtags: oneOrMore(comparable(foldedHashtag))
        .optional()
        .describe('The post has one of these hashtags (with or without #).'),
      author: oneOrMore(comparable(foldedHandle))
        .optional()
        .describe('One of these handles wrote it (with or without @).'),
      language: oneOrMore(comparable(folded))
        .optional()
        .describe('The platform says that it is in one of these languages; `en` includes `en-GB`.'),
      summoned: z.boolean().optional().describe('The author addressed the bot, or did not.'),
      status: oneOrMore(z.enum(statuses)).optional().describe('What became of the citation when it was looked up.'),
      classification: oneOrMore(classification()).optional().describe('Classification of the cable, exactly.'),
      origin: oneOrMore(comparable(folded)).optional().describe('Sender of the cable, such as Embassy Astana.'),
    })
    .describe(
      'All of these must hold; of a list, one. `status`, `classification` and `origin` must hold for the same citation of the post. Left out: always.',
    );
}

function oneOrMore<T extends z.ZodType>(item: T) {
  return z
    .union([item, z.array(item).min(1)])
    .transform((given): z.output<T>[] => (Array.isArray(given) ? given : [given]));
}

function word(known: readonly string[] | undefined): z.ZodType<string, string> {
  return known === undefined ? z.string().min(1) : z.enum(known);
}

function comparable(fold: (written: string) => string) {
  return z.string().min(1).transform(fold);
}

function classification() {
  return z
    .string()
    .transform(foldedClassification)
    .pipe(z.enum(classifications))
    .meta({ examples: [...classifications] });
}

function templateOnlyForReplies() {
  return z.superRefine<{ action?: unknown; template?: unknown }>((rule, context) => {
    if (rule?.template === undefined || rule.action === 'reply' || typeof rule.action !== 'string') return;
    context.addIssue({
      code: 'custom',
      path: ['template'],
      message: 'only a rule with `action: reply` has a template',
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
