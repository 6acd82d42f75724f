import { describe, expect, onTestFinished, test } from 'vitest';

/** A post on the platform of a test. */
export interface Said {
  readonly id: string;
}

type Who = 'eve' | 'ada' | 'bert' | 'robot';

/** A bot on a platform, and people who talk there. */
export interface Conversation extends AsyncDisposable {
  /** `robot` is an account that says that it is a bot. `toBot`: it addresses the bot as people do there. */
  say(
    who: Who,
    text: string,
    how?: { readonly replyTo?: Said; readonly quotes?: Said; readonly toBot?: boolean; readonly isPrivate?: boolean },
  ): Promise<Said>;
  edit?(post: Said, text: string, how: { readonly replyTo: Said }): Promise<void>;
  remove(post: Said, who: Who): Promise<void>;
  /** Reads what is new, and works until nothing is due. */
  work(): Promise<void>;
  /** The bot's answers to a post, as they stand on the platform, with the people that each mentions beside its author. */
  answersTo(post: Said): Promise<readonly (Said & { readonly text: string; readonly others: readonly string[] })[]>;
}

/** The rows of the table in docs/conversations.md. */
export const situations = [
  'summons under a post',
  'summons under a quote',
  'follow-up to the bot',
  'bare pin cite',
  'private question',
  'edited question',
  'deleted parent',
  'opted-out parent',
  'other bot',
] as const;
export type Situation = (typeof situations)[number];

/** What a platform lacks, and why; the columns of the table. */
export const lacking: Readonly<Record<string, Readonly<Partial<Record<Situation, string>>>>> = {
  Mastodon: {
    'summons under a quote': 'the test server has no quotes',
    'deleted parent': 'its server no longer says that the question is a reply',
    'edited question': 'a stream reports edits, and the test server has none',
  },
  Bluesky: { 'private question': 'all posts are public', 'edited question': 'posts cannot be edited' },
  X: { 'private question': 'the bot reads public posts only', 'other bot': 'X does not say who is a bot' },
  Nostr: { 'private question': 'the bot reads public notes only', 'edited question': 'notes cannot be edited' },
};

/** Without a hashtag, so that no feed has brought it before the question does. */
const cited = 'have you read 07ASTANA2244 ¶5';
const sorry = "I can't use the post above; write the ID.";

type Scene = (talk: Conversation) => Promise<void>;

const scenes: Readonly<Record<Situation, Scene>> = {
  async 'summons under a post'(talk) {
    const above = await talk.say('eve', cited);
    const question = await talk.say('ada', 'what is this?', { replyTo: above, toBot: true });
    await talk.work();
    await expectAnswer(talk, question, 5);
    expect(await talk.answersTo(above)).toEqual([]);
  },
  async 'summons under a quote'(talk) {
    const above = await talk.say('eve', cited);
    const question = await talk.say('ada', 'see', { quotes: above, toBot: true });
    await talk.work();
    await expectAnswer(talk, question, 5);
  },
  async 'follow-up to the bot'(talk) {
    const above = await talk.say('eve', '#cablegate #07ASTANA2244 ¶5');
    const question = await talk.say('ada', 'what is it?', { replyTo: above, toBot: true });
    await talk.work();
    const answer = await expectAnswer(talk, question, 5);
    const further = await talk.say('bert', 'and ¶8?', { replyTo: answer, toBot: true });
    await talk.work();
    await expectAnswer(talk, further, 8);
    expect(await talk.answersTo(question)).toHaveLength(1);
  },
  async 'bare pin cite'(talk) {
    const above = await talk.say('eve', cited);
    const question = await talk.say('ada', 'the next paragraph?', { replyTo: above, toBot: true });
    await talk.work();
    await expectAnswer(talk, question, 6);
  },
  async 'private question'(talk) {
    const above = await talk.say('eve', cited);
    const question = await talk.say('ada', 'what is this?', { replyTo: above, toBot: true, isPrivate: true });
    await talk.work();
    await expectAnswer(talk, question, 5);
  },
  async 'edited question'(talk) {
    const above = await talk.say('eve', cited);
    const question = await talk.say('ada', 'and ¶8?', { replyTo: above, toBot: true });
    await talk.work();
    await expectAnswer(talk, question, 8);
    await talk.edit?.(question, 'and ¶9?', { replyTo: above });
    await talk.work();
    await expectAnswer(talk, question, 9);
  },
  async 'deleted parent'(talk) {
    const above = await talk.say('eve', cited);
    const question = await talk.say('ada', 'what is this?', { replyTo: above, toBot: true });
    await talk.remove(above, 'eve');
    await talk.work();
    expect(await talk.answersTo(question)).toMatchObject([{ text: expect.stringContaining(sorry) }]);
    const again = await talk.say('ada', 'and ¶6?', { replyTo: above, toBot: true });
    await talk.work();
    expect(await talk.answersTo(again)).toEqual([]);
  },
  async 'opted-out parent'(talk) {
    await talk.say('eve', 'stop', { toBot: true });
    await talk.work();
    const above = await talk.say('eve', cited);
    const question = await talk.say('ada', 'what is this?', { replyTo: above, toBot: true });
    await talk.work();
    expect(await talk.answersTo(question)).toMatchObject([{ text: expect.stringContaining(sorry) }]);
  },
  async 'other bot'(talk) {
    const above = await talk.say('eve', cited);
    const question = await talk.say('robot', 'what is this?', { replyTo: above, toBot: true });
    await talk.work();
    expect(await talk.answersTo(question)).toEqual([]);
  },
};

async function expectAnswer(talk: Conversation, question: Said, paragraph: number) {
  const answers = await talk.answersTo(question);
  const text = expect.stringMatching(new RegExp(`^(?:@\\S+\\s+)?¶${paragraph} of 07ASTANA2244`));
  expect(answers).toMatchObject([{ text, others: [] }]);
  const [answer] = answers;
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

/** Plays every situation that the platform has. */
export function conversations(platform: string, open: () => Promise<Conversation>): void {
  const missing = lacking[platform] ?? {};
  describe(`conversations on ${platform}`, () => {
    test.each(situations.filter((situation) => missing[situation] === undefined))('%s', async (situation) => {
      const talk = await open();
      onTestFinished(() => talk[Symbol.asyncDispose]());
      await scenes[situation](talk);
    });
  });
}
