import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { redisFaults } from '../src/queue/redis-checks.ts';
import { freePort } from './servers/free-port.ts';
import { redisIsHere } from './servers/redis.ts';
import { tempDir } from './support/temp.ts';

interface Redis {
  readonly command: readonly [string, string, string];
  readonly healthcheck: { readonly test: readonly [string, string] };
}

const file = new URL('../compose.distributed.yaml', import.meta.url);
const { redis } = (parse(readFileSync(file, 'utf8'), { merge: true }) as { services: { redis: Redis } }).services;

test.skipIf(!redisIsHere)(
  'the Redis of compose.distributed.yaml is as the bot wants it, and takes nobody without its password',
  async () => {
    const dir = await tempDir();
    const port = await freePort();
    const password = 'a-password-of-redis';
    writeFileSync(join(dir, 'redis-password'), `${password}\n`);
    const here = (line: string) =>
      line
        .replaceAll('$$', '$')
        .replaceAll('/run/secrets/', `${dir}/`)
        .replace('redis-cli', `redis-cli -p ${port}`)
        .replace('redis-server -', `redis-server - --port ${port} --bind 127.0.0.1 --dir ${dir}`);
    const [shell, flag, line] = redis.command;
    const server = spawn(shell, [flag, here(line)], { stdio: 'ignore' });
    onTestFinished(async () => {
      server.kill();
      await once(server, 'exit');
    });
    const faults = (user: string) => redisFaults({ url: `redis://${user}127.0.0.1:${port}`, prefix: 'bull' });
    await vi.waitFor(async () => expect(await faults(`:${password}@`)).toEqual([]), { timeout: 60_000, interval: 200 });
    expect(JSON.stringify(await faults(''))).toMatch(/NOAUTH/);
    expect(readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')).not.toContain(password);
    expect(execFileSync('sh', ['-c', here(redis.healthcheck.test[1])], { encoding: 'utf8' })).toBe('PONG\n');
  },
);
