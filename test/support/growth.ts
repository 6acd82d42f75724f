import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { wait } from './wait.ts';

/** Does something to a text of about `n` characters. */
export type Work = (n: number) => unknown;

const child = fileURLToPath(new URL('growth-child.ts', import.meta.url));

/**
 * How many times as much work each function does for 4n as for n: about 4 where it is linear, 16 where it is quadratic. Work is how often V8 ran
 * the blocks of the code, not time, so that a busy machine counts the same. What V8 does within one call, such as a regular expression, is not
 * counted: there a hang fails by time-out. `file` exports `work`, functions by name.
 */
export async function growthOf(file: URL, n: number): Promise<ReadonlyMap<string, number>> {
  // What V8 has inlined, or has from a cache, it does not count.
  const words = ['--no-opt', '--no-maglev', child, file.href, String(n)];
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
  const out = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, words, { env, timeout: 2 * wait.timeout }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`after ${stdout}\n${stderr}`, { cause: error })),
    );
  });
  return new Map(JSON.parse(out.slice(out.lastIndexOf('\n[') + 1)) as [string, number][]);
}

/** Above 4 for what grows with n log n, and below what grows with n². */
export const linear = 5;
