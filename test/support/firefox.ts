import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { need } from '../servers/need.ts';

const program = '/usr/bin/firefox-esr';

/** For `describe.skipIf(!firefoxIsHere)`. */
export const firefoxIsHere = need('Firefox', existsSync(program), 'apt install firefox-esr');

/** Debian's Firefox, by WebDriver BiDi: playwright drives only a build of its own. */
export async function startFirefox() {
  const profile = await mkdtemp(join(tmpdir(), 'pilcrow-'));
  const browser = spawn(program, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0'], {
    env: { PATH: process.env['PATH'], HOME: profile },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const socket = new WebSocket(`${await addressOf(browser.stderr)}/session`);
  const answers = new Map<number, PromiseWithResolvers<Answer['result']>>();
  socket.addEventListener('message', ({ data }) => {
    const { id, type, result, message } = JSON.parse(String(data)) as Answer;
    const answer = answers.get(id);
    if (type === 'error') answer?.reject(new Error(message));
    else answer?.resolve(result);
  });
  await once(socket, 'open');
  async function ask(method: string, params: object = {}): Promise<Answer['result']> {
    const answer = Promise.withResolvers<Answer['result']>();
    const id = answers.size + 1;
    answers.set(id, answer);
    socket.send(JSON.stringify({ id, method, params }));
    return await answer.promise;
  }
  await ask('session.new', { capabilities: {} });
  const { context } = await ask('browsingContext.create', { type: 'tab' });
  await ask('browsingContext.setViewport', { context, viewport: { width: 1000, height: 700 } });
  return {
    goto: async (url: string) => void (await ask('browsingContext.navigate', { context, url, wait: 'complete' })),
    /** Evaluates an expression whose value is a string. */
    async evaluate(expression: string): Promise<string> {
      const { result } = await ask('script.evaluate', { expression, target: { context }, awaitPromise: true });
      return result?.value ?? '';
    },
    /** A PNG in base64. */
    screenshot: async (): Promise<string> => (await ask('browsingContext.captureScreenshot', { context })).data ?? '',
    async [Symbol.asyncDispose]() {
      socket.close();
      browser.kill();
      await once(browser, 'exit');
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

interface Answer {
  readonly id: number;
  readonly type: string;
  readonly message: string;
  readonly result: { readonly context?: string; readonly data?: string; readonly result?: { readonly value: string } };
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const piece of output) {
    text += String(piece);
    const address = /BiDi listening on (ws:\S+)/.exec(text)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`Firefox ended: ${text}`);
}
