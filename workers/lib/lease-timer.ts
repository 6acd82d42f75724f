/** Aborts `signal` before a lease expires, even if the ledger cannot be reached: another process may hold the lease after that. */
export interface LeaseTimer {
  readonly signal: AbortSignal;
  /** Call this after the lease was extended. */
  renew(): void;
  end(): void;
}

/** Part of the lease after which the work is aborted; the rest is time to wind down. */
const share = 0.8;

export function openLeaseTimer(leaseMs: number): LeaseTimer {
  const ended = new AbortController();
  const end = () => {
    clearTimeout(timer);
    ended.abort(new Error('another process may hold it now'));
  };
  const timer = setTimeout(end, leaseMs * share);
  timer.unref();
  return { signal: ended.signal, renew: () => void timer.refresh(), end };
}
