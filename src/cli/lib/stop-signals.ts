/** SIGINT and SIGTERM: `stopping` ends new work at once; `hurry` aborts all work after a while, or at a second signal. */
export function stopSignals() {
  const stop = new AbortController();
  const hurry = new AbortController();
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const onSignal = () => {
    if (stop.signal.aborted) hurry.abort(new Error('stopped by a second signal'));
    stop.abort(new Error('the bot is stopping'));
    timer ??= setTimeout(() => hurry.abort(new Error('stopped before it ended')), timeoutMs);
    timer.unref();
    resolve();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    stopped,
    stopping: stop.signal,
    hurry: hurry.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}

/** Time for current work to finish, within the 10 s that supervisors grant. */
const timeoutMs = 8000;
