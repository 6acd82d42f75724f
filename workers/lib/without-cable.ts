import type { Rulebook } from '../../src/app/rulebook.ts';
import type { NoCableTemplate } from '../../src/replies/templates.ts';
import type { Question } from '../../src/app/read-rules.ts';
import type { Config } from '../../src/config/config.ts';
import type { ControlWord } from '../../src/core/control.ts';
import { personKey, type Post, postKey, shortId } from '../../src/core/post.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { utcDay } from '../../src/core/zone.ts';
import type { Decided } from '../../src/ledger/posts/questions.ts';
import type { Subject } from './question.ts';

/** The verdict on a post that is about no cable, and what the bot says to it. */
export interface WithoutCable {
  readonly verdict: Verdict;
  /** Left out: nothing. */
  readonly says?: NoCableTemplate;
  /** Such a reply is planned once for this. Left out: for the thread. */
  readonly oncePer?: string;
  /** What it says is about this. */
  readonly about?: Decided;
}

/** Ingesting the post already obeyed these words; the others ask for silence. */
const controlClauses: Readonly<Record<ControlWord, string>> = {
  follow: 'the author asked to be answered without addressing the bot',
  unfollow: 'the author wants answers only when asked',
  stop: 'the author opted out of replies',
  start: 'the author took an opt-out back',
  delete: 'the author asked for the reply to be deleted',
  help: 'the author asked what the bot is',
  why: 'the author asked why the post above was answered or not',
};

/** `about`: what "why" is about, if that is known. */
export function onControl(
  { platform, author, inReplyTo }: Post,
  word: ControlWord,
  rulebook: Rulebook,
  about: Decided | undefined,
): WithoutCable {
  const clause = controlClauses[word];
  if (word === 'why' && about !== undefined)
    return { ...verdictOf(word, clause, rulebook), oncePer: shortId(postKey(platform, inReplyTo ?? '')), about };
  if (word === 'follow')
    return { ...verdictOf(word, clause, rulebook), oncePer: shortId(personKey(platform, author.id)) };
  return verdictOf(word === 'help' ? word : undefined, clause, rulebook);
}

/** On a question where neither it nor the posts above cite anything. The words do not reveal why a post above cannot be used. */
export function onNothing(
  question: Question,
  { unusable, belowAnswer }: Pick<Subject, 'unusable' | 'belowAnswer'>,
  { rulebook, config, now }: { rulebook: Rulebook; config: Pick<Config, 'replies'>; now: number },
): WithoutCable {
  const { action, clause } = rulebook.allowed(question);
  if (action !== 'reply') return { verdict: { ...verdictOf(undefined, clause, rulebook).verdict, asked: 'reply' } };
  const { platform, author } = question.post;
  const oncePer = `${utcDay(now)} ${shortId(personKey(platform, author.id))}`;
  if (unusable) return { ...verdictOf('unusable', 'the post that it is about cannot be used', rulebook), oncePer };
  const speaks = config.replies.whenNothingFound === 'once' && !belowAnswer;
  const why = 'it addresses the bot, and neither it nor the posts above cite anything';
  return { ...verdictOf(speaks ? 'nothing-found' : undefined, why, rulebook), oncePer };
}

function verdictOf(says: NoCableTemplate | undefined, clause: string | null, { version }: Rulebook): WithoutCable {
  const verdict = { rule: null, asked: null, clause, rules: version };
  if (says === undefined) return { verdict: { ...verdict, action: 'ignore', template: null } };
  return { verdict: { ...verdict, action: 'reply', template: says }, says };
}
