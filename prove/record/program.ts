import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readable } from './item.ts';
import { samplesFolder } from '../../test/support/samples.ts';

/** The program as a stranger sees it, in a folder that holds a copy of the configuration and of the samples. */
export interface Program extends AsyncDisposable {
  readonly folder: string;
  /** Variables of the environment for all that is run from now on. */
  readonly env: Record<string, string>;
  /** What a command was asked and what it says. Errors: it was killed. */
  run(args: readonly string[], input?: string): string;
  /** Starts a command whose output names its address, asks for what `use` wants, and stops it. */
  serve<T>(args: readonly string[], address: RegExp, use: (address: string) => Promise<T>): Promise<T>;
  /** The default configuration and these lines; returns its path in the folder. */
  configure(name: string, yaml: string): string;
}

const checkout = resolve(import.meta.dirname, '../..');
const pilcrow = join(checkout, 'bin/pilcrow.js');

export function openProgram(): Program {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pilcrow-record-')));
  for (const [from, to] of [
    [join(checkout, 'config'), 'config'],
    [join(checkout, 'test/data'), 'test/data'],
    [samplesFolder, 'samples'],
  ] as const) {
    if (existsSync(from)) cpSync(from, join(folder, to), { recursive: true });
  }
  const env = { PATH: process.env['PATH'] ?? '', TZ: 'UTC', NO_COLOR: '1' };
  const plain = (text: string) => text.replaceAll(folder, '<FOLDER>').replaceAll(checkout, '<CHECKOUT>');
  return {
    folder,
    env,
    run(args, input = '') {
      const { stdout, stderr, status, error } = spawnSync(process.execPath, [pilcrow, ...args], {
        cwd: folder,
        env,
        input,
        encoding: 'utf8',
        maxBuffer: 1e9,
      });
      if (status === null) throw new Error(`pilcrow ${args.join(' ')} was killed`, { cause: error });
      const output = [stdout, stderr].flatMap((text) => text.split('\n')).map(readable);
      return plain(`$ pilcrow ${args.join(' ')}\n\n${output.join('\n').trimEnd()}\n\nexit ${status}`);
    },
    async serve(args, address, use) {
      const child = spawn(process.execPath, [pilcrow, ...args], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exit = once(child, 'exit');
      try {
        let output = '';
        for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
          output += String(chunk);
          const [found] = address.exec(output) ?? [];
          if (found !== undefined) return await use(found);
        }
        throw new Error(`pilcrow ${args.join(' ')} names no address: ${output}`);
      } finally {
        child.stdout.resume();
        child.kill();
        await exit;
      }
    },
    configure(name, yaml) {
      copyFileSync(join(folder, 'config/pilcrow.yaml'), join(folder, 'config', name));
      appendFileSync(join(folder, 'config', name), yaml);
      return join('config', name);
    },
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
