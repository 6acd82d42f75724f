/** Ends what a lease allows when the lease does, also where the ledger cannot be asked any more: another process may hold it by then. */
export interface LeaseTimer {
  readonly signal: AbortSignal;
  /** The lease was made longer. */
  renew(): void;
  end(): void;
}

/** Of the lease: the rest is for the end to take its time. */
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
