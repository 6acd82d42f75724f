import { describe, expect, test } from 'vitest';
import { deletedKey } from '../../src/core/post.ts';
import { listReplies, replyRow, retryReply } from '../../src/ledger/replies/replies.ts';
import { postRow } from '../../src/ledger/posts/posts.ts';
import { openTestApp, scriptedPublisher, type TestApp } from '../support/app.ts';

const createdAt = '2026-11-23T10:00:00Z';
const cited = { id: '1', author: 'ada', createdAt, text: '#07ASTANA2244 ¶5' };
const minute = 60_000;

async function repliesOf({ app }: TestApp): Promise<string[]> {
  const rows = await listReplies(app.ledger.db, [], 20);
  return rows.map(({ key, state }) => `${key} ${state}`).toSorted();
}

/** What the platform shows: the paragraphs that its posts link to. */
function shown(platform: { record: readonly { text: string }[] }): string[] {
  return platform.record.map(({ text }) => /par\d+/.exec(text)?.[0] ?? text).toSorted();
}

describe('an edit', () => {
  test('before the answer went out: only the new text is answered', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([cited], platform);
    bot.write({ ...cited, event: 'edit', text: '#07ASTANA2244 ¶7' });
    await bot.work();
    expect(shown(platform)).toEqual(['par7']);
  });

  test('that cites another paragraph: the old answer is withdrawn, and the new one given', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([cited], platform);
    await bot.work();
    expect(shown(platform)).toEqual(['par5']);
    bot.write({ ...cited, event: 'edit', text: '#07ASTANA2244 ¶7' });
    await bot.work();
    expect(shown(platform)).toEqual(['par7']);
    expect(await repliesOf(bot)).toEqual(['file:1 withdrawn', 'file:1#1 sent']);
  });

  test('that cites something more: the old answer stands, and only what is new is answered', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([cited], platform);
    await bot.work();
    bot.write({ ...cited, event: 'edit', text: '#07ASTANA2244 ¶5 and #07ASTANA2244 ¶7' });
    await bot.work();
    expect(shown(platform)).toEqual(['par5', 'par7']);
    expect(await repliesOf(bot)).toEqual(['file:1 sent', 'file:1#1 sent']);
  });

  describe('never has two answers out: the new one waits', () => {
    const edited = { ...cited, event: 'edit', text: '#07ASTANA2244 ¶7' };

    test('until the platform has deleted the old one', async () => {
      const platform = scriptedPublisher('doubles', []);
      const bot = await openTestApp([cited], platform);
      await bot.work();
      const deleted = platform.withdraw.bind(platform);
      platform.withdraw = () => Promise.reject(new Error('503'));
      bot.write(edited);
      await bot.work();
      expect(shown(platform)).toEqual(['par5']);
      expect(await repliesOf(bot)).toEqual(['file:1 withdrawing', 'file:1#1 planned']);
      platform.withdraw = deleted;
      bot.clock.advance(2 * minute);
      await bot.work();
      expect(shown(platform)).toEqual(['par7']);
      expect(await repliesOf(bot)).toEqual(['file:1 withdrawn', 'file:1#1 sent']);
    });

    test('while nobody knows whether the old one is out', async () => {
      const platform = scriptedPublisher('doubles', ['lost answer']);
      platform.findFails = true;
      const bot = await openTestApp([cited], platform);
      await bot.work();
      bot.write(edited);
      await bot.work();
      expect(shown(platform)).toEqual(['par5']);
      platform.findFails = false;
      bot.clock.advance(10 * minute);
      await bot.work();
      expect(shown(platform)).toEqual(['par7']);
    });

    test('and is abandoned where nobody ever knows: a person may retry it', async () => {
      const platform = scriptedPublisher('doubles', ['lost request']);
      const bot = await openTestApp([cited], platform);
      await bot.work();
      bot.write(edited);
      for (let i = 0; i < 8; i += 1) {
        await bot.work();
        bot.clock.advance(30 * minute);
      }
      expect(await repliesOf(bot)).toEqual(['file:1 abandoned', 'file:1#1 abandoned']);
      const row = await replyRow(bot.app.ledger.db, 'file:1#1');
      expect(row?.reason).toBe('outcome unknown: of an earlier reply to the post, which may still be out');
      const { ledger, clock } = bot.app;
      expect(await ledger.transact((tx) => retryReply(tx, 'file:1#1', clock.now()))).toBe(true);
      await bot.work();
      expect(shown(platform)).toEqual(['par7']);
    });
  });

  test('of words only: nothing is said again', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([cited], platform);
    await bot.work();
    bot.write({ ...cited, event: 'edit', text: '#07ASTANA2244 ¶5!' });
    await bot.work();
    expect(platform.calls).toBe(1);
  });

  test('that takes the citation out: the answer is withdrawn', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([cited], platform);
    await bot.work();
    bot.write({ ...cited, event: 'edit', text: 'never mind' });
    await bot.work();
    expect(shown(platform)).toEqual([]);
    expect(await repliesOf(bot)).toEqual(['file:1 withdrawn']);
  });

  test('there and back again: each text gets its answer, and one stands at the end', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([cited], platform);
    await bot.work();
    bot.write({ ...cited, event: 'edit', text: '#07ASTANA2244 ¶7' });
    await bot.work();
    bot.write({ ...cited, event: 'edit' });
    await bot.work();
    expect(shown(platform)).toEqual(['par5']);
  });

  test('of a post that cited nothing before is answered like a new one', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([{ ...cited, text: 'hello' }], platform);
    await bot.work();
    bot.write({ ...cited, event: 'edit' });
    await bot.work();
    expect(shown(platform)).toEqual(['par5']);
  });
});

describe('a deletion', () => {
  test('purges the text, withdraws the answer, and is final', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([cited], platform);
    await bot.work();
    bot.write({ event: 'delete', id: '1' });
    await bot.work();
    expect(shown(platform)).toEqual([]);
    expect(JSON.stringify(await postRow(bot.app.ledger.db, 'file:1'))).not.toContain('ASTANA');
    bot.write(cited);
    await bot.work();
    expect(platform.calls).toBe(1);
  });

  test('of what nobody kept is nothing', async () => {
    const bot = await openTestApp([{ event: 'delete', id: '9' }], scriptedPublisher('doubles', []));
    await bot.work();
    expect(bot.events.filter(({ kind }) => kind === 'error')).toEqual([]);
  });
});

describe('a withdrawal', () => {
  test('is looked at once more: a repeat that landed late is taken back too', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([cited], platform);
    await bot.work();
    const [late] = platform.record;
    bot.write({ event: 'delete', id: '1' });
    await bot.work();
    expect(platform.record).toEqual([]);
    platform.record.push(late!);
    bot.clock.advance(2 * minute);
    await bot.work();
    expect(platform.record).toEqual([]);
    expect(await repliesOf(bot)).toEqual(['file:1 withdrawn']);
  });

  test('of a reply of unknown outcome waits until it is found', async () => {
    const platform = scriptedPublisher('doubles', ['lost answer']);
    platform.findFails = true;
    const bot = await openTestApp([cited], platform);
    await bot.work();
    bot.write({ event: 'delete', id: '1' });
    await bot.work();
    expect(platform.record).toHaveLength(1);
    platform.findFails = false;
    bot.clock.advance(10 * minute);
    await bot.work();
    expect(platform.record).toEqual([]);
    expect(await repliesOf(bot)).toEqual(['file:1 withdrawn']);
  });

  test('of a reply that never arrived sends it no more, though a repeat would be harmless', async () => {
    const platform = scriptedPublisher('harmless', ['lost request']);
    const bot = await openTestApp([cited], platform);
    await bot.work();
    expect(await repliesOf(bot)).toEqual(['file:1 unknown']);
    bot.write({ event: 'delete', id: '1' });
    for (let i = 0; i < 8; i += 1) {
      await bot.work();
      bot.clock.advance(30 * minute);
    }
    expect(platform.record).toEqual([]);
    expect(await repliesOf(bot)).toEqual([`${deletedKey('file:1')} abandoned`]);
  });
});

describe('a word to the bot', () => {
  const later = { author: 'ada', createdAt, thread: '1' };

  test('stop: the author is never answered again, and gets no answer to it', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([cited], platform);
    await bot.work();
    bot.write({ ...later, id: '2', text: '@pilcrow STOP!', inReplyTo: 'on-platform-file:1' });
    bot.write({ ...later, id: '3', thread: '3', text: '#07ASTANA2244 ¶7' });
    await bot.work();
    expect(platform.calls).toBe(1);
    const verdict = JSON.parse((await postRow(bot.app.ledger.db, 'file:3'))?.verdict ?? '{}') as object;
    expect(verdict).toMatchObject({ action: 'record', clause: 'the author asked for silence' });
  });

  test('delete: the answer goes, to nobody but who was answered', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([cited], platform);
    await bot.work();
    bot.write({ ...later, author: 'eve', id: '2', text: 'delete', inReplyTo: 'on-platform-file:1' });
    await bot.work();
    expect(platform.record).toHaveLength(1);
    bot.write({ ...later, id: '3', text: 'please delete', inReplyTo: 'on-platform-file:1' });
    await bot.work();
    expect(platform.record).toEqual([]);
  });

  test('help: the bot says what it is', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([{ ...later, id: '2', text: '@pilcrow help', summoned: true }], platform);
    await bot.work();
    expect(platform.record[0]?.text).toContain('I am Pilcrow, a bot');
  });

  test('follow: the bot says once what that means', async () => {
    const platform = scriptedPublisher('doubles', []);
    const follow = { ...later, text: '@pilcrow seguir, por favor', summoned: true };
    const bot = await openTestApp(
      [
        { ...follow, id: '2' },
        { ...follow, id: '3' },
      ],
      platform,
    );
    await bot.work();
    expect(platform.record.map(({ text }) => text.slice(0, 16))).toEqual(['From now on I ma']);
  });

  test('why: the bot names its rule and the cable to everybody below its answer, but what it did not do to the author alone', async () => {
    const platform = scriptedPublisher('doubles', []);
    const unasked = { ...cited, id: '5', text: '#07ASTANA2244 #nobot' };
    const bot = await openTestApp([cited, unasked, { ...unasked, id: '9' }], platform);
    await bot.work();
    const bob = { ...later, author: 'bob', text: '@pilcrow why?', summoned: true };
    bot.write(
      { ...bob, id: '6', inReplyTo: 'on-platform-file:1' },
      { ...bob, id: '7', inReplyTo: '5' },
      { ...bob, id: '8', author: 'ada', inReplyTo: '9' },
    );
    await bot.work();
    const said = platform.record.slice(1).map(({ text }) => text);
    expect(said.toSorted()).toEqual([
      expect.stringMatching(/^I did not answer: the post says #nobot \(rule "answer"\)\. The cable: https:\S+$/),
      expect.stringMatching(/^My rule "answer" decided so\. The cable: https:\S+07ASTANA2244\S*$/),
    ]);
  });

  test('in somebody else’s conversation is not for us', async () => {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([{ ...later, id: '2', text: 'stop', inReplyTo: 'another post' }, cited], platform);
    await bot.work();
    expect(platform.calls).toBe(1);
    expect(await postRow(bot.app.ledger.db, 'file:2')).toBeUndefined();
  });
});

describe('a post that is heard again', () => {
  /** Two lines about one post. `later`: what the second one knows. */
  async function heardTwice(later: object, isSentBetween: boolean) {
    const platform = scriptedPublisher('doubles', []);
    const bot = await openTestApp([cited], platform);
    if (isSentBetween) await bot.work();
    bot.write({ ...cited, ...later });
    await bot.work();
    const row = await postRow(bot.app.ledger.db, 'file:1');
    return { said: platform.record.map(({ text }) => text.match(/par\d+/g)), row };
  }

  test('a reply that is out stays as it is, but the post is known better', async () => {
    const { said, row } = await heardTwice({ summoned: true }, true);
    expect(said).toEqual([['par5']]);
    expect(row).toMatchObject({ state: 'decided', revision: 0 });
    expect(JSON.parse(row!.post)).toMatchObject({ summoned: true });
  });

  test('what a later hearing links to is answered with the rest', async () => {
    const { said } = await heardTwice({ links: ['https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par6'] }, false);
    expect(said).toEqual([['par5', 'par6']]);
  });
});
