import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Proof } from '../proof.ts';
import { writePackage } from './write.ts';

const run = promisify(execFile);

/** The package, installed with an empty cache of npm: `init` by flags, and an answer. It needs the registry. */
export const installing: Proof = {
  name: 'package',
  async run(report) {
    const dir = mkdtempSync(join(tmpdir(), 'pilcrow-package-'));
    const feed = await feedOfOnePost();
    try {
      const [packed, prefix, bot] = [join(dir, 'package'), join(dir, 'prefix'), join(dir, 'bot')];
      await writePackage(packed);
      const tarball = execFileSync('npm', ['pack', '--silent', packed], { cwd: dir, encoding: 'utf8' }).trim();
      report(`${tarball} is packed`);
      const env = {
        ...process.env,
        PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
        npm_config_cache: join(dir, 'cache'),
      };
      await run('npm', ['install', '--global', '--prefix', prefix, join(dir, tarball)], { cwd: dir, env });
      report('it is installed');
      mkdirSync(bot);
      const pilcrow = async (...words: readonly string[]) =>
        (await run(join(prefix, 'bin/pilcrow'), [...words], { cwd: bot, env })).stdout;
      await pilcrow('init', '--platform', 'rss', '--url', feed.url, '--on-topic', 'yes', '--allow-private', '--yes');
      const said = await pilcrow('once');
      report(said.trim().split('\n').at(-1) ?? '');
      return {
        holds: said.includes('07ASTANA2244.html#par5'),
        counts: { version: (await pilcrow('--version')).trim() },
      };
    } finally {
      feed.close();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

async function feedOfOnePost(): Promise<{ url: string; close(): void }> {
  const item = {
    id: '1',
    url: 'https://blog.example/1',
    title: 'Astana',
    content_text: '#07ASTANA2244 ¶5',
    date_published: new Date().toISOString(),
  };
  const feed = JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: 'A blog', items: [item] });
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/feed+json' }).end(feed),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed.json`,
    close: () => void server.close(),
  };
}
