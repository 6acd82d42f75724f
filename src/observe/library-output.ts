import { format, stripVTControlCharacters } from 'node:util';
import type { Emit } from '../core/event.ts';

const methods = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;

/**
 * Until disposed, what libraries print goes through the log: ioredis and node-cron write to the console, pg and Node warn through the
 * process. As `info`: it is no failure of the bot's work. What the ledger warns of is one. Only one at a time may be open in a process.
 */
export function redirectLibraryOutput(emit: Emit): Disposable {
  const print = (...words: unknown[]) => {
    emit({ kind: 'info', what: 'library', message: stripVTControlCharacters(format(...words)) });
  };
  const console_ = { ...console };
  for (const method of methods) console[method] = print;
  // Node prints warnings by a listener of its own.
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  const onWarning = ({ name, message }: Error) => {
    if (name === 'UnreadableRow') emit({ kind: 'error', what: 'ledger', message });
    else print(`${name}: ${message}`);
  };
  process.on('warning', onWarning);
  return {
    [Symbol.dispose]() {
      for (const method of methods) console[method] = console_[method];
      process.off('warning', onWarning);
      for (const listener of listeners) process.on('warning', listener);
    },
  };
}
