import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../servers/free-port.ts';
import { nginxIsHere, startNginx } from '../servers/nginx.ts';
import { tempDir } from '../support/temp.ts';
import { openClient, openSite, password, type Site } from '../support/web.ts';

const document = readFileSync(new URL('../../docs/hardening.md', import.meta.url), 'utf8');
/** The configuration that docs/hardening.md recommends. */
const sample = /^```nginx\n([^]*?)^```/m.exec(document)?.[1] ?? '';

async function nginx(blocks: string, port: number): Promise<void> {
  const server = await startNginx(blocks, port);
  onTestFinished(() => server[Symbol.asyncDispose]());
}

describe.skipIf(!nginxIsHere)('nginx with a plain proxy_pass', () => {
  async function before(site: Site): Promise<string> {
    const port = await freePort();
    const location = `location / { proxy_pass http://127.0.0.1:${site.web.port}; }`;
    await nginx(`server { listen 127.0.0.1:${port}; ${location} }\n`, port);
    return `http://127.0.0.1:${port}`;
  }

  test('shows no page and no form of the default page', async () => {
    const site = await openSite();
    const stranger = openClient({ origin: await before(site) });
    for (const path of [
      '/',
      '/mentions',
      '/posts/file%3A1',
      '/review',
      '/rules',
      '/pause',
      '/consent',
      '/audit',
      '/cables',
    ]) {
      const answer = await stranger.get(path);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(await answer.text()).not.toMatch(/<form|<nav|07ASTANA2244/);
    }
    const forms = await stranger.post('/pause', { scope: 'all', token: '' }, { origin: site.origin });
    expect(forms.status).toBe(403);
    const named = await stranger.send('/', { headers: { 'x-forwarded-for': '127.0.0.1' } });
    expect(named.status).toBe(421);
  });

  test('lets the operator in with the token', async () => {
    const site = await openSite();
    const operator = openClient({ origin: await before(site), entry: site.entry });
    expect(await operator.page('/')).toContain('<small>operator</small>');
  });
});

describe.skipIf(!nginxIsHere)('nginx as docs/hardening.md has it', () => {
  const host = 'pilcrow.example.org';

  /** Asks as the client with this address: Linux has all of 127.0.0.0/8. */
  function client(port: number, localAddress: string) {
    const cookies = new Map<string, string>();
    return async (path: string, form?: Record<string, string>, headers: Record<string, string> = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const post = { 'content-type': 'application/x-www-form-urlencoded', origin: `https://${host}` };
      const options = { host: '127.0.0.1', port, path, localAddress, rejectUnauthorized: false, agent: false } as const;
      const sent = request({
        ...options,
        method: form === undefined ? 'GET' : 'POST',
        headers: { host, cookie, ...(form && post), ...headers },
      });
      sent.end(form && new URLSearchParams(form).toString());
      return await new Promise<{ status: number; body: string }>((resolve, reject) => {
        sent.on('error', reject).on('response', (answer) => {
          for (const line of answer.headers['set-cookie'] ?? []) {
            const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
            cookies.set(name, value);
          }
          let body = '';
          answer.setEncoding('utf8').on('data', (part: string) => (body += part));
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
        });
      });
    };
  }

  async function login(ask: ReturnType<typeof client>, secret: string, headers: Record<string, string> = {}) {
    const token = /name="token" value="([^"]+)"/.exec((await ask('/login', undefined, headers)).body)?.[1] ?? '';
    return (await ask('/login', { token, name: 'olga', password: secret }, headers)).status;
  }

  async function behind(web: string): Promise<number> {
    const site = await openSite({ login: true, web: `  publicUrl: https://${host}\n${web}` });
    const [port, dir] = [await freePort(), await tempDir()];
    const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${host}`,
    ];
    execFileSync('openssl', [...made, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const blocks = sample
      .replaceAll(/listen \S*443/g, `listen 127.0.0.1:${port}`)
      .replace(/(ssl_certificate )\S+;/, `$1${certificate};`)
      .replace(/(ssl_certificate_key )\S+;/, `$1${key};`)
      .replaceAll('127.0.0.1:8190', `127.0.0.1:${site.web.port}`);
    await nginx(blocks, port);
    return port;
  }

  test('five wrong passwords of one client keep out no other', async () => {
    const port = await behind('  trustedProxies: [127.0.0.1]\n');
    const [guesser, other] = [client(port, '127.0.0.2'), client(port, '127.0.0.3')];
    for (let i = 0; i < 5; i += 1) expect(await login(guesser, 'wrong')).toBe(401);
    expect(await login(guesser, password)).toBe(429);
    // It cannot pass for another client.
    for (const lie of [
      { 'x-forwarded-for': '127.0.0.9' },
      { forwarded: 'for=127.0.0.9' },
      { 'x-real-ip': '127.0.0.9' },
    ])
      expect(await login(guesser, password, lie)).toBe(429);
    expect(await login(other, password)).toBe(303);
    expect((await other('/')).body).toContain('<small>operator</small>');
  });

  test('is refused with what to do until it is trusted', async () => {
    const port = await behind('');
    const answer = await client(port, '127.0.0.2')('/');
    expect(answer.status).toBe(421);
    expect(answer.body).toContain('web.trustedProxies');
  });
});
