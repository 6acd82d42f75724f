import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { signatureOf } from '../../../src/net/webhook-signature.ts';
import { SecretValue } from '../../../src/core/secret.ts';
import { driver } from '../../../src/platforms/webhook/driver.ts';
import { WebhookFeed } from '../../../src/platforms/webhook/config.ts';
import { namesIn, spoolFolder, storeDelivery } from '../../../src/platforms/webhook/spool.ts';
import { drain, feedContract } from '../../contract/feed.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { openSite } from '../../support/web.ts';

const config = WebhookFeed.parse({ path: 'inbox', secret: { env: 'WEBHOOK_SECRET' } });
const post = (fields: object) => JSON.stringify({ text: '#07ASTANA2244 ¶5', ...fields });

feedContract('webhook', async () => {
  const context = await openTestContext();
  const folder = spoolFolder(context.dataDir, 'inbox');
  let serial = 0;
  const store = async (body: string) => {
    serial += 1;
    await storeDelivery(folder, `msg_${serial}`, body, Date.now());
  };
  return {
    open: () => driver.openFeed!(config, context),
    async write(texts) {
      for (const text of texts) await store(post({ text }));
    },
    writeHostile: () => store('{ no JSON'),
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
});

describe('a spool', () => {
  test('takes a delivery once, of many at a time, and a thousand at most', async () => {
    await using context = await openTestContext();
    const folder = spoolFolder(context.dataDir, 'inbox');
    const store = (id: string) => storeDelivery(folder, id, post({}), Date.now());
    const five = await Promise.all([1, 2, 3, 4, 5].map(() => store('same')));
    expect(five.toSorted()).toEqual(['known', 'known', 'known', 'known', 'stored']);
    for (let serial = 1; serial < 1000; serial += 1) await store(`msg_${serial}`);
    expect(await store('one too many')).toBe('full');
  });

  test('deletes what was read an hour ago, and keeps what was not', async () => {
    await using context = await openTestContext();
    const folder = spoolFolder(context.dataDir, 'inbox');
    await storeDelivery(folder, 'read', post({}), Date.now());
    await using feed = await driver.openFeed!(config, context);
    const cursor = (await drain(feed)).at(-1)?.cursor;
    await storeDelivery(folder, 'unread', post({}), Date.now());
    const clock = { ...context.clock, now: () => Date.now() + 3_700_000 };
    await using later = await driver.openFeed!(config, { ...context, clock });
    const pages = await Array.fromAsync(later.pages(cursor, new AbortController().signal));
    expect(pages.flatMap(({ posts }) => posts)).toHaveLength(1);
    expect(await namesIn(folder)).toHaveLength(1);
  });
});

describe('the endpoint', () => {
  const secret = new SecretValue({ env: 'WEBHOOK_SECRET' });
  secret.resolve('hush hush');

  async function openDoor() {
    vi.stubEnv('WEBHOOK_SECRET', 'hush hush');
    const feed = '\n  - { name: door, platform: webhook, path: inbox, every: 1ms, secret: { env: WEBHOOK_SECRET } }\n';
    const site = await openSite({ replace: ['feeds:\n', `feeds:${feed}`] });
    let serial = 0;
    const send = async (
      body: string,
      {
        id = `msg_${(serial += 1)}`,
        at = Date.now(),
        signed = body,
        headers = {},
      }: { id?: string; at?: number; signed?: string; headers?: Record<string, string> } = {},
    ) => {
      const timestamp = String(Math.floor(at / 1000));
      const own = {
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatureOf(secret, `${id}.${timestamp}.${signed}`),
      };
      const response = await fetch(`${site.origin}/webhook/inbox`, {
        method: 'POST',
        body,
        headers: { ...own, ...headers },
      });
      return { status: response.status, text: await response.text() };
    };
    const ids = async () =>
      (
        await site.app.ledger.db
          .selectFrom('posts')
          .select('key')
          .where('platform', '=', 'webhook')
          .where('state', '!=', 'deleted')
          .execute()
      ).map(({ key }) => key);
    return { ...site, send, ids };
  }

  test('takes a signed post, once, as one of its own', async () => {
    const { send, work, ids } = await openDoor();
    expect(await send(post({ id: '42', platform: 'mastodon' }), { id: 'one' })).toMatchObject({ status: 202 });
    expect(await send(post({ id: '42' }), { id: 'one' })).toMatchObject({ status: 200, text: 'Already received.\n' });
    expect(await send(post({}), { id: 'two' })).toMatchObject({ status: 202 });
    await work();
    expect(await ids()).toEqual(['webhook:inbox/42', expect.stringMatching(/^webhook:inbox\/[\w-]{16}$/)]);
    await send(JSON.stringify({ event: 'delete', id: '42' }));
    await work();
    expect(await ids()).not.toContain('webhook:inbox/42');
  });

  test('refuses what is not signed, not timely or no post, and stores nothing of it', async () => {
    const { send, app } = await openDoor();
    const names = () => namesIn(spoolFolder(app.config.dataDir, 'inbox'));
    const minutes = 60_000;
    expect(await send(post({}), { signed: post({ text: 'other' }) })).toMatchObject({ status: 401 });
    expect(await send(post({}), { headers: { 'webhook-signature': '' } })).toMatchObject({ status: 401 });
    expect(await send(post({}), { headers: { 'webhook-id': 'other' } })).toMatchObject({ status: 401 });
    expect(await send(post({}), { at: Date.now() - 6 * minutes })).toMatchObject({ status: 400 });
    expect(await send(post({}), { at: Date.now() + 6 * minutes })).toMatchObject({ status: 400 });
    expect(await send(post({}), { id: 'x'.repeat(201) })).toMatchObject({ status: 400 });
    expect(await send('no JSON')).toMatchObject({ status: 400, text: expect.stringContaining('not JSON') });
    expect(await send(post({ text: 5 }))).toMatchObject({ status: 400, text: expect.stringContaining('text:') });
    expect(await send('x'.repeat(70_000))).toMatchObject({ status: 413 });
    expect(await names()).toEqual([]);
    expect(await send(post({}), { at: Date.now() - 4 * minutes })).toMatchObject({ status: 202 });
    expect(await names()).toHaveLength(1);
  });

  test('takes the command of the docs', async () => {
    const { origin, work, ids } = await openDoor();
    const docs = await readFile(new URL('../../../docs/platforms/webhook.md', import.meta.url), 'utf8');
    const command = /```bash\n([^]+?)```/.exec(docs)?.[1] ?? '';
    const env = { ...process.env, SITE: origin, SECRET: 'hush hush' };
    const { stdout } = await promisify(execFile)('bash', ['-c', command], { env });
    expect(stdout).toBe('Received.\n');
    await work();
    expect(await ids()).toEqual(['webhook:inbox/42']);
  });
});
