import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { tempDir } from '../support/temp.ts';
import { pilcrow } from '../support/workplace.ts';

describe('a bot that a test leaves behind', () => {
  let bot: ReturnType<typeof pilcrow>;

  test('runs', async () => {
    bot = pilcrow(['resolve', '-'], { env: { PILCROW_DATA: await tempDir() } });
    bot.child.stdin.write('#07ASTANA2244\n');
    await once(bot.child.stdout, 'data');
  });

  test('ends with it', () => expect(bot.child.signalCode).toBe('SIGKILL'));
});

describe('resolve - reads lines', () => {
  test('of any length in bounded memory: one over 1 MB is skipped and reported, and makes the exit code 1', async () => {
    const run = pilcrow(['resolve', '--json', '-'], { env: { PILCROW_DATA: await tempDir() } });
    const { stdin } = run.child;
    stdin.write('#07ASTANA2244\n');
    const megabyte = Buffer.alloc(1_000_000, 'x');
    for (let written = 0; written < 100; written++) if (!stdin.write(megabyte)) await once(stdin, 'drain');
    stdin.end('\n\n#07ASTANA2244\r\nx\n#07ASTANA2244');
    expect(await run.exited).toBe(1);
    expect(run.err).toBe('pilcrow: line 2 is longer than 1 MB: skipped\n');
    expect(run.out.trimEnd().split('\n')).toHaveLength(3);
  });

  test('until nobody reads the answers, though the input goes on for ever', async () => {
    const { code, out } = await headOf(`yes '#07ASTANA2244'`);
    expect([code, out.split('\n').length]).toEqual(['0\n', 2]);
  });

  test('until nobody reads the answers, though the input falls silent', async () => {
    const { child } = pilcrow(['resolve', '--json', '-'], { env: { PILCROW_DATA: await tempDir() } });
    child.stdin.write('#07ASTANA2244\n');
    await once(child.stdout, 'data');
    const ended = once(child, 'exit');
    child.stdout.destroy();
    await once(child.stdout, 'close');
    child.stdin.write('#07ASTANA2244\n');
    expect(await ended).toEqual([0, null]);
  });
});

/** The first line of what `resolve` answers to a command's output, and the code that it ends with. */
async function headOf(command: string): Promise<{ code: string; out: string }> {
  const bot = new URL('../../bin/pilcrow.js', import.meta.url).pathname;
  const script = `( "$0" "$1" resolve --json - < <(${command}); echo $? >&2 ) | head -n 1`;
  const child = spawn('bash', ['-c', script, process.execPath, bot], {
    env: { ...process.env, PILCROW_DATA: await tempDir() },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group, so that all of it can be ended.
    detached: true,
  });
  let out = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  // Not the streams' end: what feeds the bot may outlive it and hold them open.
  const [code] = await once(child.stderr, 'data').finally(() => process.kill(-child.pid!));
  return { code: String(code), out };
}
