/** Lets at most `count` tasks run at a time; the others wait for their turn. */
export function openTurns(count: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async function inTurn<T>(task: () => Promise<T>): Promise<T> {
    if (running >= count) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // Who was waiting takes over the place.
      if (next) next();
      else running -= 1;
    }
  };
}
