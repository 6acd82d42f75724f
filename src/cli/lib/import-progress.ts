import type { Progress } from '../../cables/corpus/import/import-corpus.ts';
import type { Output } from './output.ts';

const redrawEveryMs = 200;
const lineEveryMs = 5000;
const barWidth = 12;
/** Back to the start of the line, and clears it. */
const restart = '\r\u001B[K';

/** Shows the progress of an import: a bar on a terminal, otherwise a line every few seconds. */
export function importProgress(output: Output): Disposable & { show(progress: Progress): void } {
  const { isTTY, columns } = process.stderr;
  let last = isTTY ? -Infinity : performance.now();
  let first: { bytes: number; at: number } | undefined;
  return {
    show(progress) {
      const now = performance.now();
      // The rate counts from the first call, without the bytes of an earlier import.
      first ??= { bytes: progress.bytes, at: now };
      if (now - last < (isTTY ? redrawEveryMs : lineEveryMs)) return;
      last = now;
      const seconds = (now - first.at) / 1000;
      const line = inWords(progress, seconds < 0.1 ? 0 : (progress.bytes - first.bytes) / seconds);
      output.writeError(isTTY ? `${restart}${`${bar(progress)} ${line}`.slice(0, columns - 1)}` : `${line}\n`);
    },
    [Symbol.dispose]() {
      if (isTTY) output.writeError(restart);
    },
  };
}

function inWords({ bytes, ofBytes, cables }: Progress, perSecond: number): string {
  const left = Math.ceil((ofBytes - bytes) / Math.max(1, perSecond));
  const read = `${inMegabytes(bytes)} of ${inMegabytes(ofBytes)} MB at ${inMegabytes(perSecond)} MB/s`;
  return `${cables.toLocaleString('en')} cables, ${read}, ${left} s left`;
}

function bar({ bytes, ofBytes }: Progress): string {
  const full = Math.round((barWidth * bytes) / Math.max(1, ofBytes));
  return '█'.repeat(Math.min(barWidth, full)).padEnd(barWidth, '░');
}

function inMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
