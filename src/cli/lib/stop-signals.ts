import { messageOf } from '../../core/errors.ts';
import type { Emit } from '../../core/event.ts';
import type { Output } from './output.ts';

/**
 * SIGINT and SIGTERM: `stopping` ends new work at once; `hurry` aborts all work after a while, or at a second signal; what does not end even
 * then is cut off. An error that nobody handles ends the process in the same order, after `onFault` was called.
 */
export function stopSignals(onFault: (message: string) => void) {
  const stop = new AbortController();
  const hurry = new AbortController();
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const timers: NodeJS.Timeout[] = [];
  const onSignal = () => {
    if (stop.signal.aborted) hurry.abort(new Error('stopped by a second signal'));
    end();
  };
  const onError = (error: unknown) => fail(`an error that nobody handled; the process ends: ${placeOf(error)}`);

  function fail(reason: string): void {
    onFault(reason);
    end();
  }

  function end(): void {
    if (stop.signal.aborted) return;
    stop.abort(new Error('the bot is stopping'));
    timers.push(
      setTimeout(() => hurry.abort(new Error('stopped before it ended')), timeoutMs).unref(),
      // What waits for a server that is silent cannot be aborted. The ledger says what was under way.
      setTimeout(() => process.exit(1), cutOffMs).unref(),
    );
    resolve();
  }

  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  process.on('unhandledRejection', onError).on('uncaughtException', onError);
  return {
    stopped,
    stopping: stop.signal,
    hurry: hurry.signal,
    /** Ends the process in the same order, unless it ends already. */
    fail: (reason: string) => void (stop.signal.aborted || fail(reason)),
    [Symbol.dispose]() {
      for (const timer of timers) clearTimeout(timer);
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      process.off('unhandledRejection', onError).off('uncaughtException', onError);
    },
  };
}

/** Reports an error that nobody handles like any other, and makes the exit code of the command 1. */
export function endsIn(output: Output, emit?: Emit): (message: string) => void {
  return (message) => {
    output.exitCode = 1;
    if (emit === undefined) output.error(message);
    else emit({ kind: 'error', what: 'process', message });
  };
}

/** Time for current work to finish, within the 10 s that supervisors grant. */
const timeoutMs = 8000;
const cutOffMs = 9500;

/** The message, and the line of code where it was thrown. */
function placeOf(error: unknown): string {
  const at = error instanceof Error ? /^\s+at .*$/m.exec(error.stack ?? '')?.[0].trim() : undefined;
  return `${messageOf(error)}${at === undefined ? '' : ` (${at})`}`;
}
