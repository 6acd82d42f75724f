import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../core/errors.ts';
import type { Emit } from '../core/event.ts';
import { readSoundConfig } from './check-config.ts';

const checkEveryMs = 1000;

/** Reports once that the configuration file changed since the start. Polled, not watched: editors replace files. */
export function watchConfig({ file }: Config, emit: Emit): Disposable {
  const start = textOf(file);
  let before = start;
  const timer = setInterval(() => {
    const now = textOf(file);
    // While an editor writes, the file is cut or missing: it counts once it stays the same.
    const isSettled = now === before;
    before = now;
    if (!isSettled || now === undefined || now === start) return;
    clearInterval(timer);
    emit({ kind: 'info', what: 'configuration', message: `${file} changed: ${advice(file)}` });
  }, checkEveryMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function advice(file: string): string {
  try {
    readSoundConfig({ config: file });
    return 'restart the bot to use it';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return 'it has mistakes, and the bot would not start again: `pilcrow config check` lists them';
  }
}

/** Undefined: it cannot be read. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
