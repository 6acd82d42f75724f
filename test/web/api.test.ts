import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { apiPages } from '../../src/web/cables/api.ts';
import { openRateLimit } from '../../src/web/rate-limit.ts';
import { command } from '../support/command.ts';
import { openClient, openSite, type Site } from '../support/web.ts';
import { pilcrow } from '../support/workplace.ts';

const docs = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const open = { web: '  cables: public\n' };
// A server that refuses a body closes its connection.
const plain = { 'content-type': 'text/plain', connection: 'close' };

const post = async (
  { origin }: Pick<Site, 'origin'>,
  body: NonNullable<RequestInit['body']>,
  query = '',
  headers: Record<string, string> = plain,
) => await fetch(`${origin}/api/resolve${query}`, { method: 'POST', body, headers });

const get = async ({ origin }: Pick<Site, 'origin'>, query: string) =>
  await fetch(`${origin}/api/resolve?${query}`, { headers: plain });

const lines = (count: number) => Array.from({ length: count }, () => '#07ASTANA2244\n').join('');

describe('/api/resolve', () => {
  test('answers lines of any bytes as the command does, byte for byte', async () => {
    const site = await openSite(open);
    const many = Array.from({ length: 12 }, (_, at) => `07ASTANA${2244 + at}`).join(' ');
    const texts = ['\uFEFF#07ASTANA2244 ¶5', '', ' 07ASTNA2244 \u0000', 'nothing 👀', many, '<b>ASTANA 2244</b>\r', ''];
    const input = Buffer.concat([
      Buffer.from(texts.join('\n')),
      Buffer.from([0xff, 0xc3, 0x0a, 0xf0]),
      Buffer.from(' 08THEHAGUE799\r'),
    ]);
    const bot = pilcrow(['resolve', '--json', '--all', '--config', join(site.dir, 'pilcrow.yaml'), '-']);
    bot.child.stdin.end(input);
    await bot.exited;
    const answer = await post(site, input, '?all=true');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
    expect(await answer.text()).toBe(bot.out);
    expect(bot.out.split('\n')).toHaveLength(18);
  });

  test('answers parameters as the command does arguments', async () => {
    const site = await openSite(open);
    const texts = ['see #07ASTANA2244 ¶5 & more', 'nothing', '08THEHAGUE799'];
    const query = new URLSearchParams(texts.map((text): [string, string] => ['text', text]));
    const { out } = await command(['resolve', '--json', '--config', join(site.dir, 'pilcrow.yaml'), ...texts]);
    expect(await (await get(site, String(query))).text()).toBe(out);
    expect(out.split('\n')).toHaveLength(3);
    const none = await get(site, 'text=nothing');
    expect([none.status, await none.text()]).toEqual([200, '']);
  });

  test('has no more in its rows than docs/api.md names, nothing of other people, and no cookie', async () => {
    const stranger = { id: '9', text: '#07ASTANA2244 my secret', author: { id: 'ada', name: 'Ada', handle: 'ada' } };
    const site = await openSite({ ...open, posts: [stranger] });
    const answer = await get(site, 'all=true&text=%2307ASTANA2244+%C2%B65&text=07ASTNA2244&text=nothing');
    const body = await answer.text();
    expect(body).not.toMatch(/my secret|\bada\b/i);
    expect(body).not.toContain(site.dir);
    for (const row of body.trimEnd().split('\n'))
      for (const key of Object.keys(JSON.parse(row) as object)) expect(docs).toContain(`| \`${key}\``);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('answers the calls of docs/api.md by curl', async (context) => {
    const run = promisify(execFile);
    const isThere = await run('curl', ['--version']).then(
      () => true,
      () => false,
    );
    context.skip(!isThere, 'curl is not installed');
    const site = await openSite(open);
    writeFileSync(join(site.dir, 'posts.txt'), '#07ASTANA2244 ¶5\nnothing\n');
    const calls = [...docs.matchAll(/^\$ (curl .*)$/gm)].map(([, call = '']) => call);
    const statuses = [];
    for (const call of calls) {
      const ours = call.replaceAll('https://pilcrow.example.org', site.origin);
      const { stdout } = await run('bash', ['-c', ours], { cwd: site.dir });
      statuses.push(
        stdout
          .trimEnd()
          .split('\n')
          .map((row) => (JSON.parse(row) as { status: string }).status),
      );
    }
    expect(statuses).toEqual([['resolved'], ['resolved', 'no-citation'], ['resolved', 'no-citation']]);
  });

  test.each([
    ['no text', 'GET', '', 400],
    ['another value of `all`', 'GET', '?text=x&all=perhaps', 400],
    ['a parameter too long', 'GET', `?text=${'x'.repeat(10_001)}`, 414],
    ['more parameters than searches', 'GET', `?${'text=x&'.repeat(21)}`, 413],
    ['a line too long', 'POST', `ok\n${'é'.repeat(10_001)}`, 413],
    ['more lines than searches', 'POST', lines(21), 413],
    ['10,000 lines', 'POST', 'x\n'.repeat(10_000), 413],
    ['10,000 lines above the limit of a body', 'POST', lines(10_000), 413],
    ['a body of 1 MB', 'POST', 'x'.repeat(1_000_000), 413],
    ['another method', 'PUT', '', 405],
  ])('refuses %s with a problem, which takes nothing of the limit', async (_what, method, text, status) => {
    const site = await openSite(open);
    const refuse = async () => {
      const answer = await fetch(`${site.origin}/api/resolve${method === 'GET' ? text : ''}`, {
        method,
        headers: plain,
        ...(method === 'GET' ? {} : { body: text }),
      });
      const body = (await answer.json()) as Record<string, unknown>;
      expect([answer.status, body['status']]).toEqual([status, status]);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.headers.get('allow')).toBe(status === 405 ? 'GET, POST' : null);
      expect(JSON.stringify(body)).not.toMatch(/xxx|ééé|07ASTANA2244\\n|node_modules|\.ts:/);
    };
    await Promise.all(Array.from({ length: 21 }, refuse));
    expect((await post(site, lines(20))).status).toBe(200);
  });

  test('refuses a body without a length that grows over the limit', async () => {
    const body = new Blob([lines(10_000)]).stream();
    const init = { method: 'POST', body, headers: plain, duplex: 'half' } as RequestInit;
    const answer = await fetch(`${(await openSite(open)).origin}/api/resolve`, init);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([413, 'application/problem+json']);
  });

  test.each(['application/x-www-form-urlencoded', 'application/json', 'text/html', 'text/plain; charset=latin1', ''])(
    'takes nothing but plain text in UTF-8, not %j',
    async (type) => {
      const site = await openSite(open);
      expect((await post(site, new Blob(['07ASTANA2244']), '', { ...plain, 'content-type': type })).status).toBe(415);
      const right = { ...plain, 'content-type': 'Text/Plain; charset="UTF-8"' };
      expect((await post(site, '07ASTANA2244', '', right)).status).toBe(200);
    },
  );

  test('counts each text as a search of its client, and says when to come back', async () => {
    const site = await openSite(open);
    expect((await post(site, `\n\n${lines(20)}\n`)).status).toBe(200);
    const refused = await post(site, lines(20));
    expect([refused.status, await refused.json()]).toMatchObject([429, { title: 'Too Many Requests' }]);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    const searches = Array.from({ length: 20 }, () => fetch(`${site.origin}/cables?q=chopsticks`, { headers: plain }));
    expect((await Promise.all(searches)).map(({ status }) => status)).toContain(429);

    const other = await openSite(open);
    await Promise.all(
      Array.from({ length: 20 }, () => fetch(`${other.origin}/cables?q=chopsticks`, { headers: plain })),
    );
    expect((await post(other, lines(20))).status).toBe(429);
    expect((await fetch(`${other.origin}/cable/07ASTANA2244`, { headers: plain })).status).toBe(200);
  });

  test.each([{}, { login: true as const }, { web: '  cables: off\n' }])(
    'is not there unless the cable pages are public: %j',
    async (options) => {
      const site = await openSite(options);
      for (const answer of [await get(site, 'text=07ASTANA2244'), await post(site, '07ASTANA2244')])
        expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    },
  );

  test('may be read by scripts of other sites where the bot has a public address, without cookies', async () => {
    const address = '  cables: public\n  publicUrl: https://pilcrow.example.org\n  trustedProxies: [127.0.0.1]\n';
    const site = await openSite({ web: address, login: true });
    const headers = { ...plain, origin: 'https://app.example' };
    for (const [status, body] of [
      [200, lines(20)],
      [429, lines(20)],
      [413, lines(30)],
    ] as const) {
      const answer = await post(site, body, '', headers);
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, '*']);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
    // Neither the pages, nor a bot that only its own machine reaches.
    expect((await fetch(`${site.origin}/cables`, { headers })).headers.get('access-control-allow-origin')).toBeNull();
    const local = await post(await openSite(open), lines(1), '', headers);
    expect([local.status, local.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  });

  test('cuts off a client that never ends its body', async () => {
    const { web } = await openSite({ ...open, server: { requestMs: 300 } });
    const socket = connect(web.port, '127.0.0.1');
    const head = `POST /api/resolve HTTP/1.1\r\nHost: 127.0.0.1:${web.port}\r\nContent-Type: text/plain\r\nContent-Length: 50\r\n\r\n07AS`;
    const response = await new Promise<string>((resolve) => {
      let received = '';
      socket.setEncoding('utf8').on('data', (part: string) => (received += part));
      socket.on('close', () => resolve(received)).on('error', () => {});
      socket.write(head);
    });
    expect(response).toMatch(/^HTTP\/1\.1 408|^$/);
  });

  test('is not reached by the session of an operator, nor changes anything for one', async () => {
    const site = await openSite({ ...open, login: true });
    const client = openClient(site);
    await client.login('olga');
    const answer = await client.send('/api/resolve?text=07ASTANA2244');
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []]);
  });
});

describe('the work of a request', () => {
  const texts = new URLSearchParams(Array.from({ length: 20 }, (): [string, string] => ['text', '07ASTANA2244']));

  /** Answers 20 texts; `aborted`: their client has left. Counts the turns of the event loop meanwhile, and the citations. */
  async function answered(aborted: boolean) {
    let [turns, resolved, isDone] = [0, 0, false];
    const turn = () => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    const resolver = {
      resolve: async () => {
        resolved += 1;
        return {};
      },
    };
    const [page] = apiPages(openRateLimit({ burst: 20, refillMs: 1 }));
    const raw = { signal: aborted ? AbortSignal.abort() : new AbortController().signal };
    setImmediate(turn);
    const answer = await page!.handle({
      url: new URL(`http://127.0.0.1/api/resolve?${String(texts)}`),
      client: 'ada',
      context: { cables: { resolver } },
      c: { req: { raw } },
    } as never);
    isDone = true;
    return { turns, resolved, status: answer instanceof Response ? answer.status : undefined };
  }

  test('lets others have their turn between its texts', async () => {
    const { turns, ...rest } = await answered(false);
    expect(rest).toEqual({ resolved: 20, status: 200 });
    expect(turns).toBeGreaterThanOrEqual(19);
  });

  test('ends when its client has left', async () => {
    expect(await answered(true)).toMatchObject({ resolved: 0, status: 499 });
  });
});
