import { expect, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { dayMs } from '../../src/core/durations.ts';
import { RetryLater } from '../../src/core/errors.ts';
import type { Post } from '../../src/core/post.ts';
import { explainStored } from '../../src/operations/explain/explain-post.ts';
import { explanationText } from '../../src/operations/explain/explanation-text.ts';
import type { Context } from '../../src/platforms/platform.ts';
import { drain } from '../../workers/index.ts';
import { poll } from '../../workers/poll.ts';
import { resolve } from '../../workers/resolve.ts';
import { openTestApp, scriptedPublisher } from '../support/app.ts';
import { post } from '../support/posts.ts';

/** A bot that hears the questions and can read the posts above; readings fail at first, if `failures` says so. */
async function openBot(
  questions: readonly object[],
  above: readonly Post[],
  { failures = [], replies = {} }: { failures?: Error[]; replies?: Partial<App['config']['replies']> } = {},
) {
  const publisher = scriptedPublisher('harmless', []);
  const opened = await openTestApp(questions, publisher);
  const readings: string[][] = [];
  const context: Context = {
    posts(refs) {
      readings.push(refs.map(({ id }) => id));
      const failure = failures.shift();
      if (failure !== undefined) return Promise.reject(failure);
      const found = refs.map(({ id }) => [id, above.find((one) => one.id === id) ?? ('gone' as const)] as const);
      return Promise.resolve(new Map(found));
    },
  };
  const config = { ...opened.app.config, replies: { ...opened.app.config.replies, ...replies } };
  const app: App = { ...opened.app, config, context: () => Promise.resolve(context) };
  return {
    ...opened,
    app,
    readings,
    work: () => drain(app),
    texts: () => publisher.record.map(({ text }) => text),
    payloads: () => publisher.record,
  };
}

const question = { id: 'q', author: 'ada', text: '@bot what is this?', summoned: true, inReplyTo: 'p', thread: 't' };
const cited = post({ id: 'p', text: '07ASTANA2244 ¶5', author: { id: 'eve', handle: 'eve', name: null, bot: false } });
const sorry = "I can't use the post above; write the ID.";
const answer = (paragraph: number) => expect.stringMatching(new RegExp(`^¶${paragraph} of 07ASTANA2244`));

test.each([
  [null, '@bot hilfe', 'de', /^Ich bin Pilcrow, ein Bot/],
  [null, '@bot help', 'en', /^I am Pilcrow, a bot/],
  ['pt-BR', '@bot help', 'pt', /^Sou Pilcrow, um bot/],
  ['es', '@bot 07ASTANA2244 ¶99', 'es', /\nNo se conoce ningún ¶99 en él\.\n\(este cable termina en ¶\d+\)$/],
  ['fr', '@bot #07ASTANA2244 ¶5', 'fr', /^¶5 de 07ASTANA2244 .* : https:.*\n« .* »$/],
  ['it', '@bot #07ASTANA2244', 'en', /^07ASTANA2244 \(/],
])('a post in %s, %s, is answered in %s', async (language, text, expected, words) => {
  const bot = await openBot([{ id: 'h', author: 'ada', text, language, summoned: true }], []);
  await bot.work();
  expect(bot.payloads()).toMatchObject([{ language: expected, text: expect.stringMatching(words) }]);
});

const styles = { bold: String, dim: String, cyan: String, green: String };

test('the posts above are read at once, and the first that cites counts', async () => {
  const bot = await openBot([question], [post({ id: 'p', text: 'no' }), post({ id: 't', text: '07ASTANA2244 ¶9' })]);
  await bot.work();
  expect(bot.readings).toEqual([['p', 't']]);
  expect(bot.texts()).toEqual([answer(9)]);
});

test('two processes that take up a question read the post above once', async () => {
  const bot = await openBot([question], [cited]);
  await poll.work(bot.app, 'posts');
  await Promise.all([resolve.work(bot.app, 'file:q'), resolve.work(bot.app, 'file:q')]);
  expect(bot.readings).toHaveLength(1);
  await bot.work();
  expect(bot.texts()).toEqual([answer(5)]);
});

test('a platform that asks to wait is left alone until then', async () => {
  const bot = await openBot([question], [cited], { failures: [new RetryLater('429', 900_000)] });
  await bot.work();
  bot.clock.advance(899_000);
  await bot.work();
  expect(bot.readings).toHaveLength(1);
  bot.clock.advance(2000);
  await bot.work();
  expect(bot.texts()).toEqual([answer(5)]);
});

test('a post above that cannot be read for three days counts as unreadable', async () => {
  const failures = Array.from({ length: 2 }, () => new Error('503'));
  const bot = await openBot([question], [cited], { failures });
  await bot.work();
  expect(bot.texts()).toEqual([]);
  bot.clock.advance(3 * dayMs + 1000);
  await bot.work();
  expect(bot.texts()).toEqual([sorry]);
});

test('a post above for fewer people than the question is not used', async () => {
  const narrow = { ...cited, visibility: 'followers' as const };
  const bot = await openBot([question], [narrow]);
  await bot.work();
  expect(bot.texts()).toEqual([sorry]);
});

test('the words of a post above are not stored, and explain says where the citation came from', async () => {
  const words = 'The secret words of Eve quote “07ASTANA2244” here';
  const bot = await openBot([question], [{ ...cited, text: words }]);
  await bot.work();
  const tables = ['posts', 'mentions', 'replies', 'rejects'] as const;
  const rows = await Promise.all(tables.map((table) => bot.app.ledger.db.selectFrom(table).selectAll().execute()));
  expect(JSON.stringify(rows)).not.toMatch(/eve|secret words/i);
  const explained = explanationText(await explainStored(bot.app.config, 'file:q'), styles);
  expect(JSON.stringify(explained)).toContain('an ID in the text in the post that it replies to');
});

test('a quotation above is stored by the paragraph that it leads to, without its words', async () => {
  const words = 'some parties have not always been able to attract people to their rallies';
  const bot = await openBot([question], [{ ...cited, text: `“${words}”` }]);
  await bot.work();
  expect(bot.texts()).toEqual([answer(5)]);
  const { db } = bot.app.ledger;
  const rows = [
    await db.selectFrom('posts').selectAll().execute(),
    await db.selectFrom('mentions').selectAll().execute(),
  ];
  expect(JSON.stringify(rows)).not.toMatch(/attract people/);
  bot.write({ ...question, id: 'q2', text: '@bot the next paragraph?', inReplyTo: 'on-platform-file:q' });
  await bot.work();
  expect(bot.texts()).toEqual([answer(5), answer(6)]);
});

test('where nothing is found the bot says so only if it is to, once per author and day, and not below its own answers', async () => {
  const chatter = [1, 2].map((at) => ({
    id: `c${at}`,
    author: 'bert',
    text: '@bot hello',
    summoned: true,
    thread: `c${at}`,
  }));
  const silent = await openBot(chatter, []);
  await silent.work();
  expect(silent.texts()).toEqual([]);
  const bot = await openBot([...chatter, question], [cited], { replies: { whenNothingFound: 'once' } });
  await bot.work();
  expect(bot.texts()).toEqual([expect.stringMatching(/^I found no cable here/), answer(5)]);
  const thanks = {
    ...question,
    id: 'q2',
    author: 'carl',
    text: '@bot thanks',
    inReplyTo: 'on-platform-file:c1',
    thread: 'c1',
  };
  bot.write(thanks);
  await bot.work();
  expect(bot.texts()).toHaveLength(2);
});

test('explain evaluates no rule about a command, nor about a question that cites nothing', async () => {
  const bot = await openBot(
    [
      { id: 'stop', author: 'ada', text: '@bot stop', summoned: true },
      { ...question, author: 'bert' },
      { id: 'own', author: 'carl', text: '@bot 07ASTANA2244', summoned: true },
    ],
    [],
  );
  await bot.work();
  const explained = async (key: string) => {
    const found = await explainStored(bot.app.config, key);
    return { ...found, text: JSON.stringify(explanationText(found, styles)) };
  };
  for (const [key, clause] of [
    ['file:stop', 'the author opted out of replies'],
    ['file:q', 'the post that it is about cannot be used'],
  ] as const) {
    const { steps, verdict, text } = await explained(key);
    expect({ key, steps, rule: verdict.rule, action: verdict.action }).toEqual({
      key,
      steps: [],
      rule: null,
      action: 'ignore',
    });
    expect(text).toContain('None was evaluated.');
    expect(text).toContain(clause);
  }
  expect((await explained('file:own')).steps).not.toEqual([]);
});
