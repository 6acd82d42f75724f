/** A dependency that readiness checks; `name` appears in the reasons. */
export interface HealthCheck {
  readonly name: string;
  readonly check: () => Promise<unknown>;
}

export interface Health {
  /** Call it on each tick of the scheduler. */
  ticked(): void;
  /** Reasons why the process counts as dead; empty: it is alive. */
  alive(): string[];
  /** Reasons why it cannot work now; empty: it is ready. */
  ready(): Promise<string[]>;
}

const maxTickGapMs = 60_000;
const timeoutMs = 2000;

/** `now` is a monotonic clock, in milliseconds. */
export function openHealth(options: {
  checks: readonly HealthCheck[];
  stopping: AbortSignal;
  now?: () => number;
}): Health {
  const { checks, stopping, now = () => performance.now() } = options;
  let tickedAt = now();
  return {
    ticked() {
      tickedAt = now();
    },
    alive() {
      const silentMs = now() - tickedAt;
      return silentMs <= maxTickGapMs ? [] : [`the scheduler has not ticked for ${Math.round(silentMs / 1000)} s`];
    },
    async ready() {
      const reasons = await Promise.all(checks.map(reasonsOf));
      return [...(stopping.aborted ? ['stopping'] : []), ...reasons.flat()];
    },
  };
}

/** Hides the error's message, because it may hold an address or a password and the endpoint has no login. */
async function reasonsOf({ name, check }: HealthCheck): Promise<string[]> {
  const late = Promise.withResolvers<string[]>();
  const timer = setTimeout(() => late.resolve([`the ${name} does not answer within ${timeoutMs / 1000} s`]), timeoutMs);
  const answer = check().then(
    () => [],
    () => [`the ${name} fails`],
  );
  const reasons = await Promise.race([answer, late.promise]);
  clearTimeout(timer);
  return reasons;
}
