import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;

async function run(script: string, word: string) {
  const child = spawn(process.execPath, [script, word], { cwd: root });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out, err };
}

describe.each([
  ['prove/run.ts', /^Usage: npm run prove .*Names: ids, .*--only MUTANT/s],
  ['prove/record.ts', /^Usage: npm run record .*--renamed TABLE/s],
  ['bench/run.ts', /^Usage: npm run bench .*Names: citations, .*--against REF/s],
  ['bench/figures.ts', /^Usage: npm run figures .*--list/s],
  ['test/support/shots.ts', /^Usage: npm run shots .*FOLDER/s],
])('%s', (script, usage) => {
  test.concurrent('tells how it is used, and refuses what it does not know in one line with the same', async () => {
    const [help, wrong] = await Promise.all([run(script, '--help'), run(script, '--halp')]);
    expect(help).toEqual({ code: 0, out: expect.stringMatching(usage), err: '' });
    expect(wrong).toEqual({ code: 2, out: '', err: `Unknown option '--halp'\n\n${help.out}` });
  });
});
