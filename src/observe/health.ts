/** A question with a time limit; `name` says in a reason what did not answer. */
export interface Part {
  readonly name: string;
  readonly ask: () => Promise<unknown>;
}

export interface Health {
  /** The clockwork has begun a tick. */
  ticked(): void;
  /** What speaks against the process being alive; empty: nothing. */
  alive(): string[];
  /** What speaks against it doing its work now. */
  ready(): Promise<string[]>;
}

const mostSilentMs = 60_000;
const timeoutMs = 2000;

/** `now` is a time that no one sets, in milliseconds. */
export function openHealth(options: { parts: readonly Part[]; stopping: AbortSignal; now?: () => number }): Health {
  const { parts, stopping, now = () => performance.now() } = options;
  let tickedAt = now();
  return {
    ticked() {
      tickedAt = now();
    },
    alive() {
      const silentMs = now() - tickedAt;
      return silentMs <= mostSilentMs ? [] : [`the clockwork has not ticked for ${Math.round(silentMs / 1000)} s`];
    },
    async ready() {
      const faults = await Promise.all(parts.map(faultOf));
      return [...(stopping.aborted ? ['stopping'] : []), ...faults.flat()];
    },
  };
}

/** No error's own words: they may hold an address or a password, and whoever asks is a stranger. */
async function faultOf({ name, ask }: Part): Promise<string[]> {
  const late = Promise.withResolvers<string[]>();
  const timer = setTimeout(() => late.resolve([`the ${name} does not answer within ${timeoutMs / 1000} s`]), timeoutMs);
  const answer = ask().then(
    () => [],
    () => [`the ${name} fails`],
  );
  const faults = await Promise.race([answer, late.promise]);
  clearTimeout(timer);
  return faults;
}
