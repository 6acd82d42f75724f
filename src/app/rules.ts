import type { Config } from '../config/schema.ts';
import type { Finding } from '../config/yaml.ts';
import { inspectYamlFile, readYamlFile } from '../config/yaml-file.ts';
import type { Resolution } from '../core/citation.ts';
import type { Post } from '../core/post.ts';
import { platforms } from '../platforms/index.ts';
import { policyOf } from '../platforms/policies.ts';
import { loadTemplates, type Templates } from '../replies/templates.ts';
import { lint } from '../rules/lint.ts';
import { type Rules, rulesSchema, type Vocabulary } from '../rules/schema.ts';
import { answererOf } from './answering.ts';
import { placeNames } from './cables.ts';

/** Rules and templates of the configuration, or the rules of another file. Errors: ConfigError with every fault. */
export function readRules(config: Config, file = config.rules): { rules: Rules; templates: Templates } {
  const templates = loadTemplates(config.templates);
  return { templates, rules: readYamlFile(file, rulesSchema(wordsOf(config, templates))) };
}

/** Faults of a file of rules, and where there are none what is odd about them. Errors: ConfigError where the file or a template cannot be read. */
export function inspectRules(config: Config, file = config.rules): readonly Finding[] {
  return inspectYamlFile(file, rulesSchema(wordsOf(config, loadTemplates(config.templates))), (rules) =>
    lint(rules, policyOf),
  );
}

/** What a rule may name in this installation. */
function wordsOf(config: Config, templates: Templates): Vocabulary {
  return {
    platforms: platforms.map(({ id }) => id),
    feeds: config.feeds.map(({ name }) => name),
    templates: [...templates.keys()],
    ...placeNames(),
  };
}

/** What a verdict is asked about. */
export interface Question {
  readonly post: Post;
  readonly feed: string;
  readonly resolutions: readonly Resolution[];
  /** When the post was first seen. */
  readonly seenAt: number;
  /** The author asked not to be answered. */
  readonly optedOut: boolean;
  /** The author asked to be answered without addressing the bot. */
  readonly optedIn: boolean;
  /** Ids of the bot's own accounts there, as far as they are known. */
  readonly self?: readonly string[];
}

/** Whether a weak citation counts in a post that this feed finds: where the bot is asked, or all posts are about cables. */
export function weakCountsIn({ feeds }: Config, post: Post, feed: string): boolean {
  return post.summoned || feeds.some(({ name, tag }) => name === feed && tag);
}

/** What consent knows of this post's platform, and of who would answer it. */
export function courtesies(config: Config, { post, feed, seenAt, optedOut, optedIn, self = [] }: Question) {
  const source = config.feeds.find(({ name }) => name === feed);
  // A feed that was taken out meanwhile has no say any more.
  const expireMs = source === undefined ? config.expireMs : source.expireMs;
  const expired = expireMs !== null && seenAt - post.createdAt > expireMs;
  const { mode, policy } = answererOf(config, post, feed) ?? { mode: 'log' as const, policy: policyOf(post.platform) };
  return { mode, policy, self, expired, optedOut, optedIn };
}
