import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRedis, redisIsHere } from '../servers/redis.ts';
import { postgresIsHere, startPostgres } from '../servers/postgres.ts';
import { tempDir } from '../support/temp.ts';
import { openClient, openSite } from '../support/web.ts';

test.skipIf(!redisIsHere || !postgresIsHere)(
  'the queue board shows the queues on Redis to operators only, and changes nothing',
  async () => {
    const [redis, postgres, dir] = await Promise.all([openRedis(), startPostgres(), tempDir()]);
    onTestFinished(async () => {
      await redis[Symbol.asyncDispose]();
      await postgres[Symbol.asyncDispose]();
    });
    const secret = (name: string, value: string) => {
      writeFileSync(join(dir, name), value);
      return `{ url: { file: ${join(dir, name)} } }`;
    };
    const stores = `ledger: { postgres: ${secret('ledger', await postgres.database())} }\nqueue: { redis: ${secret('queue', redis.url)} }\n`;
    const site = await openSite({ login: true, before: stores });
    const viewer = openClient(site);
    await viewer.login('vera');
    for (const path of ['/queues', '/queues/', '/queues/api/queues']) expect((await viewer.get(path)).status).toBe(403);
    expect(await viewer.page('/')).not.toContain('href="/queues"');
    const client = openClient(site);
    await client.login('olga');
    const answer = await client.get('/queues');
    const page = await answer.text();
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page).not.toMatch(/https?:\/\/fonts/);
    const script = /src="(static\/js\/[^"]+)"/.exec(page)?.[1] ?? '';
    expect((await client.get(`/queues/${script}`)).status).toBe(200);
    expect((await client.get('/queues/static/..%2f..%2fpackage.json')).status).toBe(404);
    const { queues } = (await (await client.get('/queues/api/queues')).json()) as {
      queues: { name: string; readOnlyMode: boolean }[];
    };
    expect(queues.map(({ name }) => name)).toContain('respond');
    expect(queues.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
    const touch = await client.send('/queues/api/queues/respond/pause', {
      method: 'PUT',
      headers: { origin: site.origin },
    });
    expect(touch.status).toBe(403);
  },
);
