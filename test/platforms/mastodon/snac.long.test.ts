import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, type SnacServer, type Status, openSnac, snacIsHere } from '../../servers/snac.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { tempDir } from '../../support/temp.ts';
import { pilcrowOnce } from '../../support/workplace.ts';
import { newPayload } from '../../contract/publisher.ts';
import { never, openPublisher, publisherConfig, replyTo } from './setup.ts';

const root = new URL('../../..', import.meta.url).pathname;

describe.skipIf(!snacIsHere)('on a real server', () => {
  let snac: SnacServer;
  let bot: Person;
  let ada: Person;

  beforeAll(async () => {
    snac = await openSnac(['bot', 'ada']);
    bot = snac.people['bot']!;
    ada = snac.people['ada']!;
  });
  afterAll(async () => snac[Symbol.asyncDispose]());

  /** A bot with a ledger of its own, run as a user does, to the end of what is to do. */
  async function openBot() {
    const dir = await tempDir();
    const config = join(dir, 'pilcrow.yaml');
    writeFileSync(
      config,
      `data: data
feeds:
  - name: fediverse
    platform: mastodon
    servers: [{ url: '${snac.url}', token: { env: BOT_TOKEN } }]
    stream: false
    firstRunItems: 0
publishers:
  - name: log
    platform: log
  - name: mastodon
    platform: mastodon
    server: ${snac.url}
    token: { env: BOT_TOKEN }
    mode: summoned
    limits: { authorCooldown: 1ms, threadCooldown: 1ms }
network: { allowPrivate: ['127.0.0.1:${snac.port}'] }
rules: ${root}config/rules.yaml
templates: ${root}config/templates
corpus: [${root}config/sample]
`,
    );
    const env = { BOT_TOKEN: bot.token };
    const run = async (...args: string[]) => {
      const ended = await pilcrowOnce([...args, '--config', config], { env });
      expect(ended.err + ended.out).not.toContain(bot.token);
      return ended;
    };
    // Earlier posts are not for this test.
    await run('once');
    // Whatever is from before a new ledger may have been answered by an earlier one, and snac rounds times down to the second.
    await delay(1000 - (Date.now() % 1000));
    return run;
  }

  /** Resolves once the bot’s server has notified its account of the post. */
  async function mention(text: string, more: Record<string, unknown> = {}): Promise<Status> {
    const status = await ada.post(text, more);
    for (;;) {
      // Its queues would wait for seconds.
      for (const name of ['ada', 'bot']) snac.run('queue', name);
      const { body } = await bot.call('GET', '/api/v1/notifications?types[]=mention');
      if ((body as { status?: Status }[]).some((one) => one.status?.uri === status.uri)) return status;
      await delay(50);
    }
  }

  async function answersTo({ id }: Status): Promise<Status[]> {
    const { body } = await bot.call('GET', `/api/v1/statuses/${id}/context`);
    return (body as { descendants: Status[] }).descendants.filter(({ account }) => account.id !== '');
  }

  function fileOf({ uri }: Status): string {
    const md5 = createHash('md5').update(uri).digest('hex');
    return join(snac.folder, 'object', md5.slice(0, 2), `${md5}.json`);
  }

  test(
    'who mentions the bot is answered once, in the thread, with a link and the warning; a tag alone is only logged',
    { timeout: 240_000 },
    async () => {
      const run = await openBot();
      const tagged = await ada.post('#cablegate #07ASTANA2244 ¶5');
      const summons = await mention('@bot #07ASTANA2244 ¶5', { spoiler_text: 'politics' });
      expect((await run('once')).code).toBe(0);
      expect((await run('once')).code).toBe(0);
      const answers = await answersTo(summons);
      expect(answers).toHaveLength(1);
      expect(answers[0]).toMatchObject({ in_reply_to_id: summons.id, spoiler_text: 'politics' });
      expect(answers[0]?.content).toMatch(/<a href="https:\/\/[^"]*07ASTANA2244/);
      expect(answers[0]?.content).toContain('@ada@127.0.0.1');
      expect(await answersTo(tagged)).toEqual([]);
    },
  );

  test(
    'a post that was deleted before its reply is due is not answered, and the operator learns why',
    { timeout: 240_000 },
    async () => {
      const run = await openBot();
      await run('pause');
      const summons = await mention('@bot #07ASTANA2244 ¶6');
      await run('once');
      rmSync(fileOf(summons));
      await run('resume');
      const { out, err } = await run('once');
      expect(out + err).toContain('the post was deleted');
    },
  );

  test.each(['direct', 'private'])(
    'a %s question is answered with the same privacy, and nobody else is addressed',
    { timeout: 240_000 },
    async (visibility) => {
      const run = await openBot();
      const question = await mention('@bot and @eve: #07ASTANA2244 ¶10', { visibility });
      expect((await run('once')).code).toBe(0);
      const answers = await answersTo(question);
      // snac says "private" of both.
      expect(answers).toMatchObject([{ in_reply_to_id: question.id, visibility: question.visibility }]);
      const { to, cc } = JSON.parse(readFileSync(fileOf(answers[0]!), 'utf8')) as Record<string, string[]>;
      expect([...to!, ...cc!]).toEqual([ada.url]);
    },
  );

  test('who says stop is never answered again', { timeout: 240_000 }, async () => {
    const run = await openBot();
    const first = await mention('@bot #07ASTANA2244 ¶7');
    await run('once');
    const [answer] = await answersTo(first);
    expect(answer).toBeDefined();
    await mention('@bot stop', { in_reply_to_id: answer?.id });
    await run('once');
    const second = await mention('@bot #07ASTANA2244 ¶8');
    await run('once');
    expect(await answersTo(second)).toEqual([]);
  });

  test('doctor finds nothing in the way, and names what is', async () => {
    const run = await openBot();
    const { out } = await run('doctor');
    expect(out).toMatch(/feed fediverse ready/);
    expect(out).toMatch(/publisher mastodon ready/);
    const file = join(snac.folder, 'user', 'bot', 'user.json');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(before) as object), bot: false }));
    expect((await run('doctor')).out).toContain('does not say that it is automated');
    writeFileSync(file, before);
  });

  test('a reply that clients cannot delete is reported, not passed over', async () => {
    const parent = await ada.post('#cablegate');
    await using context = await openTestContext([`127.0.0.1:${snac.port}`]);
    await using publisher = await openPublisher(publisherConfig({ url: snac.url, token: bot.token }), context);
    const published = await publisher.publish(newPayload({ replyTo: replyTo(snac.url, parent) }), never);
    await expect(publisher.withdraw(published, never)).rejects.toThrow('does not delete posts for clients');
  });

  test('an edit is seen although it gives the post another number', async () => {
    const run = await openBot();
    const status = await ada.post('#cablegate nothing');
    await run('once');
    await ada.call('PUT', `/api/v1/statuses/${status.id}`, { status: '#cablegate #07ASTANA2244 ¶9' });
    await run('once');
    expect((await run('explain', `mastodon:${status.uri}`)).out).toContain('07ASTANA2244');
  });

  test(
    'an edited question gets another answer at the same address, though clients cannot delete',
    { timeout: 240_000 },
    async () => {
      const run = await openBot();
      const { body: self } = await bot.call('GET', '/api/v1/accounts/verify_credentials');
      const own = async () => {
        const { body } = await bot.call('GET', `/api/v1/accounts/${(self as { id: string }).id}/statuses`);
        return new Map((body as Status[]).map(({ uri, content }) => [uri, content]));
      };
      const question = await mention('@bot #cablegate #07ASTANA2244 ¶5');
      await run('once');
      const [first] = await answersTo(question);
      const before = await own();
      expect(before.get(first?.uri ?? '')).toContain('¶5 of 07ASTANA2244');
      await ada.call('PUT', `/api/v1/statuses/${question.id}`, { status: '@bot #cablegate #07ASTANA2244 ¶9' });
      await run('once');
      const after = await own();
      expect([...after.keys()].toSorted()).toEqual([...before.keys()].toSorted());
      expect(after.get(first?.uri ?? '')).toContain('¶9 of 07ASTANA2244');
    },
  );
});
