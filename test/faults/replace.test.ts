import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater } from '../../src/core/errors.ts';
import { personKey } from '../../src/core/post.ts';
import { pause, resume } from '../../src/ledger/accounts/accounts.ts';
import { optOut } from '../../src/ledger/operators/consents.ts';
import { listReplies, replyRow } from '../../src/ledger/replies/replies.ts';
import { requestWithdrawal } from '../../src/ledger/replies/withdraw-reply.ts';
import { letEdit, openTestApp, scriptedPublisher, type TestApp } from '../support/app.ts';

const createdAt = '2026-11-23T10:00:00Z';
const cited = { id: '1', author: 'ada', createdAt, text: '#07ASTANA2244 ¶5' };
const minute = 60_000;
const day = 1440 * minute;
const busy = new Error('503');

function edited(paragraph: number) {
  return { ...cited, event: 'edit', text: `#07ASTANA2244 ¶${paragraph}` };
}

/** A bot that has answered ¶5, on a platform that edits. */
async function answered(...script: Parameters<typeof letEdit>[1] & {}) {
  const platform = scriptedPublisher('doubles', []);
  letEdit(platform, script);
  const bot = await openTestApp([cited], platform);
  await bot.work();
  const edit = async (paragraph: number) => {
    bot.write(edited(paragraph));
    await bot.work();
  };
  /** What the platform shows, and the rows of the ledger. */
  const now = async () => [
    platform.record.map(({ text }) => /par\d+/.exec(text)?.[0] ?? text).join(),
    ...(await repliesOf(bot)),
  ];
  const later = async (ms: number) => {
    bot.clock.advance(ms);
    await bot.work();
  };
  return { platform, bot, edit, now, later };
}

async function repliesOf({ app }: TestApp): Promise<string[]> {
  const rows = await listReplies(app.ledger.db, [], 20);
  return rows.map(({ key, state }) => `${key} ${state}`).toSorted();
}

describe('an edit that changes the answer, where the platform edits', () => {
  test('changes the text of the reply, which keeps its place; nothing is published or deleted', async () => {
    const { platform, bot, edit, now } = await answered();
    await edit(7);
    expect(await now()).toEqual(['par7', 'file:1 sent']);
    expect(platform.calls).toBe(1);
    const row = await replyRow(bot.app.ledger.db, 'file:1');
    expect(row).toMatchObject({ published_id: 'on-platform-file:1', replacement: null, replacements: 1 });
    expect(row?.payload).toContain('par7');
    expect(bot.events).toContainEqual(expect.objectContaining({ message: 'reply replaced after an edit' }));
  });

  test.each(['lost answer', 'lost request', busy, new RetryLater('429', 10_000)] as const)(
    'after %s is put again',
    async (step) => {
      const { edit, now, later } = await answered(step);
      await edit(7);
      expect((await now())[1]).toBe('file:1 replacing');
      await later(minute);
      expect(await now()).toEqual(['par7', 'file:1 sent']);
    },
  );

  test('is put by deletion and a new reply where the platform refuses it, or the reply is gone', async () => {
    const { edit, now } = await answered(new PermanentError('422'));
    await edit(7);
    expect(await now()).toEqual(['par7', 'file:1 withdrawn', 'file:1#1 sent']);
  });

  test('and is taken back while the text is being replaced: the first text stands', async () => {
    const { edit, now, later } = await answered('lost answer');
    await edit(7);
    await edit(5);
    expect((await now())[1]).toBe('file:1 replacing');
    await later(minute);
    expect(await now()).toEqual(['par5', 'file:1 sent']);
  });

  test('and takes the citation out: the reply is deleted, even while it is being replaced', async () => {
    const { bot, edit, now } = await answered(busy);
    await edit(7);
    bot.write({ ...cited, event: 'edit', text: 'never mind' });
    await bot.work();
    expect(await now()).toEqual(['', 'file:1 withdrawn']);
  });

  test('again and again is followed five times a day; the last text is put on the next day', async () => {
    const { bot, edit, now, later } = await answered();
    for (const paragraph of [6, 7, 8, 9, 10, 11, 12]) await edit(paragraph);
    expect(await now()).toEqual(['par10', 'file:1 replacing']);
    const row = await replyRow(bot.app.ledger.db, 'file:1');
    expect(row?.reason).toBe('the limit of 5 replacements a day is reached');
    await later(day);
    expect(await now()).toEqual(['par12', 'file:1 sent']);
    await edit(13);
    expect(await now()).toEqual(['par13', 'file:1 sent']);
  });
});

describe('while a reply is being replaced', () => {
  test('an opt-out deletes it', async () => {
    const { bot, edit, now } = await answered(busy);
    await edit(7);
    const wish = { person: personKey('file', 'ada'), source: 'operator' };
    await bot.app.ledger.transact((tx) => optOut(tx, wish, bot.clock.now()));
    await bot.work();
    expect(await now()).toEqual(['', 'file:1 withdrawn']);
  });

  test('“delete”, an operator’s withdrawal and the deletion of the post delete it', async () => {
    const ways: ((bot: TestApp) => unknown)[] = [
      ({ write }) =>
        write({ id: '2', author: 'ada', createdAt, thread: '1', text: 'delete', inReplyTo: 'on-platform-file:1' }),
      ({ app, clock }) => app.ledger.transact((tx) => requestWithdrawal(tx, 'file:1', clock.now())),
      ({ write }) => write({ event: 'delete', id: '1' }),
    ];
    for (const way of ways) {
      const { platform, bot, edit } = await answered(busy);
      await edit(7);
      await way(bot);
      await bot.work();
      expect(platform.record).toEqual([]);
      bot.clock.advance(minute);
      await bot.work();
      expect(platform.calls).toBe(1);
    }
  });

  test('a pause keeps the old text, and its end puts the new one', async () => {
    const { bot, edit, now } = await answered();
    const { ledger } = bot.app;
    const stop = { scope: 'all', reason: 'wrong links', since: bot.clock.now() } as const;
    await ledger.transact((tx) => pause(tx, stop));
    await edit(7);
    expect(await now()).toEqual(['par5', 'file:1 replacing']);
    await ledger.transact((tx) => resume(tx, 'all', bot.clock.now()));
    await bot.work();
    expect(await now()).toEqual(['par7', 'file:1 sent']);
  });

  test('it is deleted when it has waited for as long as a reply may', async () => {
    const { edit, now, later } = await answered(...Array.from({ length: 200 }, () => busy));
    await edit(7);
    await later(4 * day);
    expect(await now()).toEqual(['', 'file:1 withdrawn']);
  });

  test('and its publisher edits no more: it is deleted, and the new text sent', async () => {
    const { platform, bot, edit, now } = await answered(busy);
    await edit(7);
    delete platform.replace;
    bot.clock.advance(minute);
    await bot.work();
    expect(await now()).toEqual(['par7', 'file:1 withdrawn', 'file:1#1 sent']);
  });
});
