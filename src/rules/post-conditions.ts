import { z } from 'zod';
import { Duration } from '../core/durations.ts';
import { Post, postKey } from '../core/post.ts';
import { localTime } from '../core/zone.ts';
import { inPost, type PostCondition, postCondition, type Vocabulary } from './condition.ts';
import { counterKey } from './counters.ts';
import { folded, foldedHandle, foldedHashtag } from './fold.ts';
import { age, comparable, countWindow, days, hours, isBetween } from './forms.ts';
import { oneOrMore, pattern, phrase, standsIn, time, word } from './forms.ts';

/** Conditions on the post itself, in the order in which they are tried. */
export const postConditions = {
  platform: postCondition({
    words: 'The post comes from one of these platforms.',
    schema: ({ platforms }) => oneOrMore(word(platforms)),
    holds: ({ post }, wanted) => wanted.includes(post.platform),
    lint: { single: true, needs: () => [] },
    inTests: {
      words: 'Where it comes from.',
      schema: ({ platforms }: Vocabulary) => word(platforms).default('file'),
      changes: (platform: string) => ({ platform, key: postKey(platform, 'test') }),
    },
  }),
  feed: postCondition({
    words: 'The post was found in one of these feeds, by their names.',
    schema: ({ feeds }) => oneOrMore(word(feeds)),
    holds: ({ feed }, wanted) => wanted.includes(feed),
    lint: { single: true, needs: () => [] },
    inTests: {
      words: 'In which feed it was found. Left out: in none that is configured.',
      schema: ({ feeds }: Vocabulary) => word(feeds).optional(),
      // The post itself does not know its feed.
      changes: () => ({}),
    },
  }),
  hashtags: postCondition({
    words: 'The post has one of these hashtags (with or without #).',
    schema: () => oneOrMore(comparable(foldedHashtag)),
    holds: ({ hashtags }, wanted) => wanted.some((one) => hashtags.has(one)),
    lint: { single: false, needs: () => [] },
    inTests: inPost(z.array(z.string()).default([]), 'Hashtags beside those of the text.', (tags) => ({
      hashtags: tags.map((tag) => tag.replace(/^#/, '')),
    })),
  }),
  author: postCondition({
    words: 'One of these handles wrote it (with or without @).',
    schema: () => oneOrMore(comparable(foldedHandle)),
    holds: ({ author }, wanted) => wanted.includes(author),
    lint: { single: true, needs: () => [] },
    inTests: inPost(
      z.string().min(1).default('reader'),
      'Handle of its author, with or without @.',
      (written, { author }) => {
        const handle = written.replace(/^@/, '');
        return { author: { ...author, id: handle, handle } };
      },
    ),
  }),
  bot: postCondition({
    words: 'The platform says that a program wrote it, or does not.',
    schema: () => z.boolean(),
    holds: ({ post }, wanted) => post.author.bot === wanted,
    lint: { single: true, needs: (wanted) => (wanted ? ['bot'] : []) },
    inTests: inPost(z.boolean().default(false), 'A program wrote it.', (bot, { author }) => ({
      author: { ...author, bot },
    })),
  }),
  follower: postCondition({
    words: 'The author follows the bot, or does not. Holds neither way where the platform does not say.',
    schema: () => z.boolean(),
    holds: ({ post }, wanted) => post.author.follower === wanted,
    lint: { single: true, needs: () => ['follower'] },
    inTests: inPost(
      z.boolean().optional(),
      'The author follows the bot. Left out: that is not known.',
      (follower, { author }) => ({ author: { ...author, follower } }),
    ),
  }),
  language: postCondition({
    words: 'The platform says that it is in one of these languages; `en` includes `en-GB`.',
    schema: () => oneOrMore(comparable(folded)),
    holds: ({ language }, wanted) => wanted.some((one) => language === one || language?.startsWith(`${one}-`)),
    lint: { single: false, needs: () => [] },
    inTests: inPost(
      z.string().nullable().default(null),
      'Its language, as the platform says: en, de, pt-BR.',
      (language) => ({ language }),
    ),
  }),
  summoned: postCondition({
    words: 'The author addressed the bot, or did not.',
    schema: () => z.boolean(),
    holds: ({ post }, wanted) => post.summoned === wanted,
    lint: { single: true, needs: (wanted) => (wanted ? ['summoned'] : []) },
    inTests: inPost(z.boolean().default(false), 'Its author addressed the bot.', (summoned) => ({ summoned })),
  }),
  repost: postCondition({
    words: 'It repeats someone else’s words, or does not.',
    schema: () => z.boolean(),
    holds: ({ post }, wanted) => post.repost === wanted,
    lint: { single: true, needs: (wanted) => (wanted ? ['repost'] : []) },
    inTests: inPost(z.boolean().default(false), 'It repeats someone else’s words.', (repost) => ({ repost })),
  }),
  visibility: postCondition({
    words: 'Visibility of the post: `public`, `unlisted`, `followers` or `direct`.',
    schema: () => oneOrMore(Post.shape.visibility),
    holds: ({ post }, wanted) => wanted.includes(post.visibility),
    lint: { single: true, needs: (wanted) => (wanted.includes('public') ? [] : wanted.filter(isNarrow)) },
    inTests: inPost(Post.shape.visibility.default('public'), 'Its visibility.', (visibility) => ({ visibility })),
  }),
  thread: postCondition({
    words: 'start: it answers no other post; reply: it does.',
    schema: () => z.enum(['start', 'reply']),
    holds: ({ post }, wanted) => (post.inReplyTo === null) === (wanted === 'start'),
    lint: { single: true, needs: () => [] },
    inTests: inPost(z.enum(['start', 'reply']).default('start'), 'It starts a thread, or answers a post.', (thread) =>
      thread === 'start' ? {} : { inReplyTo: 'another', thread: 'another' },
    ),
  }),
  written: postCondition({
    words:
      'It was written in these hours: `{ days: [sat, sun], from: "22:00", to: "06:00", timezone: Europe/Berlin }`.',
    schema: hours,
    holds: ({ post }, wanted) => fallsInto(post.createdAt, wanted),
    lint: { single: false, needs: () => [] },
    inTests: inPost(time().default('2026-11-25T12:00:00Z'), 'When it was written.', (written) => ({
      createdAt: Date.parse(written),
    })),
  }),
  accountAge: postCondition({
    words:
      'How old the author’s account was when they wrote: `{ atLeast: 30d }`. Does not hold where the platform does not say.',
    schema: age,
    holds: ({ post: { author, createdAt } }, wanted) =>
      author.since !== undefined && isBetween(createdAt - author.since, wanted),
    lint: { single: false, needs: () => ['accountAge'] },
    inTests: inPost(
      Duration.optional(),
      'How old the author’s account is: 30d. Left out: that is not known.',
      (ms, { author, createdAt }) => ({ author: { ...author, since: createdAt - ms } }),
    ),
  }),
  earlier: postCondition({
    words: 'This many posts with citations came before it: `{ per: author, within: 1h, atLeast: 10 }`.',
    schema: () => oneOrMore(countWindow()),
    holds: ({ earlier }, wanted) => wanted.some((window) => isBetween(earlier.get(counterKey(window)) ?? 0, window)),
    lint: { single: false, needs: () => [] },
    inTests: { setBy: '`earlier` beside the post' },
  }),
  // Last, as they cost most.
  text: postCondition({
    words: 'One of these words or phrases stands in the text: whole words, whatever is between them, case aside.',
    schema: () => oneOrMore(phrase()),
    holds: ({ words }, wanted) => wanted.some((one) => words().includes(one)),
    lint: { single: false, needs: () => [] },
    inTests: inPost(z.string(), 'Text of the post; citations are found in it as in any.', (text, { hashtags }) => ({
      text,
      hashtags: [...hashtags, ...hashtagsIn(text)],
    })),
  }),
  pattern: postCondition({
    words: 'One of these regular expressions (RE2) matches somewhere in the text, case aside.',
    schema: () => oneOrMore(pattern()),
    holds: ({ post }, wanted) => wanted.some((one) => standsIn(post.text, one)),
    lint: { single: false, needs: () => [] },
    inTests: { setBy: '`text`' },
  }),
} satisfies Record<string, PostCondition>;

function isNarrow(visibility: Post['visibility']) {
  return visibility !== 'public';
}

function hashtagsIn(text: string): string[] {
  return [...text.matchAll(/#([\p{L}\p{N}_]+)/gu)].map((match) => match[1] ?? '');
}

/** Whether a time falls into the hours. What goes past midnight belongs to the day on which it began. */
function fallsInto(moment: number, { days: wanted, from, to, timezone }: z.output<ReturnType<typeof hours>>) {
  const { date, minutes } = localTime(moment, timezone);
  const isWanted = (at: number) => wanted === undefined || wanted.includes(days[(at + 7) % 7]!);
  // Days count from Monday, those of `Date` from Sunday.
  const day = new Date(date).getUTCDay() - 1;
  if (from < to) return minutes >= from && minutes < to && isWanted(day);
  return (minutes >= from && isWanted(day)) || (minutes < to && isWanted(day - 1));
}
