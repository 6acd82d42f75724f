import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtInFolder } from '../config/built-in.ts';
import type { Config } from '../config/config.ts';
import type { Finding } from '../config/yaml/yaml.ts';
import { inspectYaml, readYamlFrom, type YamlSource } from '../config/yaml/yaml-file.ts';
import type { Resolution } from '../core/citation.ts';
import type { Post } from '../core/post.ts';
import { countEarlier } from '../ledger/posts/earlier.ts';
import type { Executor } from '../ledger/db/schema.ts';
import { platformOf } from '../platforms/index.ts';
import { leastLength } from '../replies/compose.ts';
import { minimal } from '../replies/samples.ts';
import { loadTemplates, type Template, templateFor, templateNames, type Templates } from '../replies/templates.ts';
import { type Counter, counterKey, type Earlier } from '../rules/counters.ts';
import { lint } from '../rules/lint.ts';
import { Rules, rulesSchema, type Vocabulary } from '../rules/schema.ts';
import { answererOf, platformIds, policyOf } from './answering.ts';
import { geographicNames } from './open-cables.ts';

/** Those that come with Pilcrow are not tried again: a test does. Errors: ConfigError with every fault. */
export function templatesIn(folder: string): Templates {
  return loadTemplates(folder, { sound: folder === builtInTemplates });
}

const builtInTemplates = join(builtInFolder, 'templates');

/** Rules and templates of the configuration, or other rules. Errors: ConfigError with every fault. */
export function readRules(config: Config, source: YamlSource = config.rules): { rules: Rules; templates: Templates } {
  const templates = templatesIn(config.templates);
  return { templates, rules: withPresets(readYamlFrom(source, rulesSchema(wordsOf(config, templates)))) };
}

/** Faults of rules, and where there are none what is odd about them. Errors: ConfigError where the file or a template cannot be read. */
export function inspectRules(config: Config, source: YamlSource = config.rules): readonly Finding[] {
  const templates = templatesIn(config.templates);
  const answering = config.publishers.filter(({ mode }) => mode !== 'dry-run').map(({ platform }) => platform);
  return inspectYaml(source, rulesSchema(wordsOf(config, templates)), (rules) =>
    lint(rules, {
      policies: policyOf,
      answering,
      misfit: (template, platform) => {
        const { languages } = config.replies;
        const all = languages.map((language) => templateFor(templates, template, { platform, language, languages }));
        return all.map((one) => one && misfit(one, platform)).find((fault) => fault !== undefined);
      },
    }),
  );
}

/** Why texts of this template never fit a platform: at last only the link would be left. */
function misfit(
  { template, language }: { readonly template: Template; readonly language: string },
  platform: string,
): string | undefined {
  const limits = platformOf(platform)?.limits;
  if (limits === undefined) return undefined;
  const least = leastLength({ ...minimal, language }, template, limits);
  if (least <= limits.maxLength) return undefined;
  return `template \`${template.name}\` says at least ${least} characters, and ${platform} takes ${limits.maxLength}: people would get the bare link`;
}

/** What a rule may name in this installation. */
export function wordsOf(config: Config, templates: Templates): Vocabulary {
  return {
    platforms: platformIds,
    feeds: config.feeds.map(({ name }) => name),
    templates: templateNames(templates),
    channels: config.channels.map(({ name }) => name),
    digests: config.digests.length > 0 ? config.digests.map(({ name }) => name) : undefined,
    presets: presetNames(),
    ...geographicNames(),
  };
}

const presets = fileURLToPath(new URL('../rules/presets', import.meta.url));
const extension = '.yaml';

/** Rules that come with Pilcrow, by name. */
export function presetNames(): string[] {
  const files = readdirSync(presets).filter((file) => file.endsWith(extension));
  return files.map((file) => basename(file, extension)).toSorted();
}

/** A preset as it is written, with its comments. */
export function presetText(name: string): string {
  return readFileSync(join(presets, `${name}${extension}`), 'utf8');
}

/** With the rules of the presets that they extend, after their own: of two rules with one name the first stays. */
export function withPresets(rules: Rules): Rules {
  if (rules.extends === undefined) return rules;
  const theirs = rules.extends.flatMap((name) => readYamlFrom({ name, text: presetText(name) }, Rules).rules);
  const all = new Map<string, Rules['rules'][number]>();
  for (const rule of [...rules.rules, ...theirs]) if (!all.has(rule.name)) all.set(rule.name, rule);
  return { ...rules, rules: [...all.values()] };
}

/** What a verdict is asked about. */
export interface Question {
  readonly post: Post;
  readonly feed: string;
  readonly resolutions: readonly Resolution[];
  /** What was counted before it. Left out: nothing came before. */
  readonly earlier?: Earlier;
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
  return post.summoned || feeds.some(({ name, onTopic }) => name === feed && onTopic);
}

/** What consent knows of this post's platform, and of who would answer it. */
export function courtesies(config: Config, { post, feed, seenAt, optedOut, optedIn, self = [] }: Question) {
  const source = config.feeds.find(({ name }) => name === feed);
  // The feed may have been removed from the configuration meanwhile.
  const maxAgeMs = source === undefined ? config.replies.maxAge : source.maxAgeMs;
  const expired = maxAgeMs !== null && seenAt - post.createdAt > maxAgeMs;
  const { mode, policy } = answererOf(config, post, feed) ?? {
    mode: 'dry-run' as const,
    policy: policyOf(post.platform),
  };
  return { mode, policy, self, expired, optedOut, optedIn };
}

/** What the ledger knows of posts that came before this one, in each window. */
export async function earlierThan(
  db: Executor,
  { post, ingestedAt, resolutions }: { post: Post; ingestedAt: number; resolutions: readonly Resolution[] },
  counters: readonly Counter[],
): Promise<Earlier> {
  if (counters.length === 0) return new Map();
  const { key, platform, author, thread } = post;
  const cables = [...new Set(resolutions.flatMap(({ referenceId }) => referenceId ?? []))];
  const asked = { key, ingestedAt, platform, author: author.id, thread, cables };
  const counts = await countEarlier(db, asked, counters);
  return new Map(counters.map((counter, i) => [counterKey(counter), counts[i] ?? 0]));
}
