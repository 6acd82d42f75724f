/** SIGINT and SIGTERM: first no new work, then, out of patience, no work at all. */
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

/** What runs may end in its own time for this long, and is then cut off: all of it within the 10 s that supervisors grant. */
const timeoutMs = 8000;
