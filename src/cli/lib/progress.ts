import type { Output } from './output.ts';

const redrawEveryMs = 200;
const lineEveryMs = 5000;
/** Back to the start of the line, and clears it. */
const restart = '\r\u001B[K';

/** Shows the progress of long work on standard error: a line that changes on a terminal, otherwise a line every few seconds. */
export function openProgress(output: Output): Disposable & { show(line: (isTerminal: boolean) => string): void } {
  const { isTTY, columns } = process.stderr;
  let last = isTTY ? -Infinity : performance.now();
  return {
    show(line) {
      const now = performance.now();
      if (output.verbosity === 'quiet' || now - last < (isTTY ? redrawEveryMs : lineEveryMs)) return;
      last = now;
      output.writeError(isTTY ? `${restart}${line(true).slice(0, columns - 1)}` : `${line(false)}\n`);
    },
    [Symbol.dispose]() {
      if (isTTY && output.verbosity !== 'quiet') output.writeError(restart);
    },
  };
}

export function inMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** `, 12 s left`; nothing at a rate so near zero that the work has hardly begun. */
export function timeLeft(bytes: number, perSecond: number): string {
  const seconds = Math.ceil(bytes / perSecond);
  return seconds <= longestShown ? `, ${seconds} s left` : '';
}

/** A day. */
const longestShown = 86_400;
