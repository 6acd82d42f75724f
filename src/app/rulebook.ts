import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { ConfigError, messageOf } from '../core/errors.ts';
import type { Emit } from '../core/event.ts';
import type { Post } from '../core/post.ts';
import type { Payload } from '../core/reply.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Decided } from '../ledger/posts/questions.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { recordRules } from '../ledger/processes/processes.ts';
import type { Publisher } from '../platforms/platform.ts';
import { type Composition, compose, composeWithoutCable } from '../replies/compose.ts';
import { type Allowed, allowed } from '../rules/consent.ts';
import type { Counter } from '../rules/counters.ts';
import { countersOf, decide } from '../rules/decide.ts';
import { changes, version } from '../rules/version.ts';
import { languageFor } from '../replies/language.ts';
import { type NoCableTemplate, templateFor } from '../replies/templates.ts';
import { replyWarning } from '../replies/warnings.ts';
import { accountOf } from './account-limits.ts';
import { failingTests } from './rule-tests.ts';
import { courtesies, type Question, readRules } from './read-rules.ts';

/** Rules and templates that belong together: a whole decision uses one rulebook. */
export interface Rulebook {
  readonly version: string;
  /** Counts that a decision needs. */
  readonly counters: readonly Counter[];
  decide(question: Question): Verdict;
  /** What consent makes of a reply that no rule asks for. */
  allowed(question: Question): Allowed;
  /** A reply. `template` null: the default one. `warning`: of the post. Errors: PermanentError when the template cannot say it. */
  compose(
    answer: Omit<Composition, 'template' | 'language' | 'limits'> & { publisher: string; template: string | null },
  ): Promise<ReplyText>;
  /** A reply about no cable; undefined: there is no template for it. `warning`: of the post. */
  say(
    template: NoCableTemplate,
    post: Post,
    more: { publisher: string; warning: string | undefined; about?: Decided | undefined },
  ): Promise<ReplyText | undefined>;
}

/** What a reply says, in one language. */
export type ReplyText = Pick<Payload, 'text' | 'language' | 'warning'>;

export interface Rulebooks extends AsyncDisposable {
  /** The rules in force. */
  current(): Rulebook;
  /** Reloads rules and templates; reports findings and keeps the last good ones. True: new ones are in force. */
  reload(): Promise<boolean>;
}

type RulesRead = ReturnType<typeof readRules>;

interface Parts {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly emit: Emit;
  publisher(this: void, name: string): Promise<Publisher | undefined>;
}

const checkEveryMs = 1000;

/** Takes the rules that were just read, and reloads them when one of their files changes. */
export async function openRulebooks(read: RulesRead, parts: Parts): Promise<Rulebooks> {
  const { config, ledger, emit } = parts;
  let { rules } = read;
  let current = rulebook(parts, read);
  await remember(current);

  async function remember(book: Rulebook): Promise<void> {
    const text = readFileSync(config.rules, 'utf8');
    const now = await ledger.now();
    await ledger.transact((tx) => recordRules(tx, { version: book.version, text }, now));
  }

  async function reload(): Promise<boolean> {
    try {
      const found = readRules(config);
      const failed = await failingTests(config, found.rules);
      if (failed.length > 0) throw new ConfigError(failed.map((name) => `${config.rules}: test \`${name}\` fails`));
      const differences = changes(rules, found.rules);
      const next = rulebook(parts, found);
      await remember(next);
      [current, rules] = [next, found.rules];
      const what = differences.length === 0 ? 'templates or tests were read anew' : differences.join('; ');
      emit({ kind: 'info', what: 'rules', message: `version ${current.version} is in force: ${what}` });
      return true;
    } catch (error) {
      const faults = error instanceof ConfigError ? error.findings.join('; ') : messageOf(error);
      emit({ kind: 'error', what: 'rules', message: `not reloaded (still using ${current.version}): ${faults}` });
      return false;
    }
  }

  // One reload at a time; each reads the files when its turn comes.
  let last: Promise<boolean> = Promise.resolve(false);
  const inTurn = () => (last = last.then(reload));
  let seen = stateOf(config);
  const timer = setInterval(() => {
    const found = stateOf(config);
    if (found === seen) return;
    seen = found;
    // It has reported its faults itself.
    inTurn().catch(() => {});
  }, checkEveryMs);
  timer.unref();
  return {
    current: () => current,
    reload: inTurn,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await last;
    },
  };
}

/** Changes when a file of rules or templates does. Polled, not watched: editors replace files. */
function stateOf({ rules, templates }: Config): string {
  try {
    const files = [rules, ...readdirSync(templates).map((name) => join(templates, name))];
    return files.map((file) => `${file} ${statSync(file).mtimeMs} ${statSync(file).size}`).join('\n');
  } catch (error) {
    return messageOf(error);
  }
}

function rulebook({ config, publisher: open }: Parts, { rules, templates }: RulesRead): Rulebook {
  const limitsOf = async (name: string) => (await open(name))?.limits;
  const { languages } = config.replies;
  const wordsOf = (name: string, publisher: string, post: Post, warning: string | undefined) => {
    const { language } = languageFor(post, languages);
    const { platform } = accountOf(config, publisher);
    const words = templateFor(templates, name, { platform, language, languages });
    return words && { ...words, warning: replyWarning(warning, words.language) };
  };
  return {
    version: version(rules),
    counters: countersOf(rules),
    decide: (question) => decide({ ...question, ...courtesies(config, question) }, rules),
    async compose({ publisher, template, ...answer }) {
      const limits = await limitsOf(publisher);
      const words = wordsOf(template ?? 'default', publisher, answer.post, answer.warning);
      if (words === undefined || limits === undefined)
        throw new Error(`no template ${template} or publisher ${publisher}`);
      const { language, warning } = words;
      return { text: compose({ ...answer, ...words, limits }), language, warning };
    },
    allowed: (question) => allowed('reply', { ...question, ...courtesies(config, question) }),
    async say(name, post, { publisher, warning: asked, about }) {
      const limits = await limitsOf(publisher);
      const words = wordsOf(name, publisher, post, asked);
      if (words === undefined || limits === undefined) return undefined;
      const { language, warning } = words;
      return { text: composeWithoutCable({ ...about, ...words, post, limits }), language, warning };
    },
  };
}
