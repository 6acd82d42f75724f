import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { need } from './need.ts';

const binary = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path));

/** Tests that need the proxy are written under `describe.skipIf(!nginxIsHere)`. */
export const nginxIsHere = need('nginx', binary !== undefined, 'apt install nginx');

/** Debian's nginx with these blocks in its `http`, which listen on `port`. */
export async function startNginx(blocks: string, port: number): Promise<AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), 'pilcrow-nginx-'));
  const file = join(dir, 'nginx.conf');
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${dir}/${one};`);
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${dir}/pid; error_log stderr;
events {}
http { access_log ${dir}/access.log; ${folders.join(' ')}
${blocks}}
`,
  );
  const child = spawn(binary ?? '', ['-p', dir, '-e', 'stderr', '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ends at its start with ${child.exitCode}: ${said}`);
    await delay(20);
  }
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy()).once('connect', () => socket.destroy());
  });
}
