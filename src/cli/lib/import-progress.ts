import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from '../../cables/corpus/import/import-corpus.ts';
import type { Output } from './output.ts';

/** Shows the progress of an import: a bar on a terminal, otherwise a line every few seconds. */
export interface Shown extends Disposable {
  show(progress: Progress): void;
}

export function importProgress(output: Output): Shown {
  return process.stderr.isTTY ? bar() : lines(output);
}

function bar(): Shown {
  const format = '{bar} {percentage} % | {cables} cables, {megabytes} MB at {rate} MB/s | {eta_formatted} left';
  const shown = new SingleBar(
    { format, stream: process.stderr, etaBuffer: 200, hideCursor: true },
    Presets.shades_classic,
  );
  const rate = rateMeter();
  let begun = false;
  return {
    show(progress) {
      const megabytes = inMegabytes(progress.bytes);
      const more = { cables: progress.cables.toLocaleString('en'), megabytes, rate: inMegabytes(rate(progress.bytes)) };
      if (begun) shown.update(progress.bytes, more);
      else shown.start(progress.ofBytes, progress.bytes, more);
      begun = true;
    },
    [Symbol.dispose]: () => shown.stop(),
  };
}

const lineEveryMs = 5000;

function lines(output: Output): Shown {
  const rate = rateMeter();
  let last = performance.now();
  return {
    show({ bytes, ofBytes, cables }) {
      if (performance.now() - last < lineEveryMs) return;
      last = performance.now();
      const perSecond = rate(bytes);
      const left = Math.ceil((ofBytes - bytes) / Math.max(1, perSecond));
      output.writeError(
        `${cables.toLocaleString('en')} cables, ${inMegabytes(bytes)} of ${inMegabytes(ofBytes)} MB at ${inMegabytes(perSecond)} MB/s, ${left} s left\n`,
      );
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** Bytes a second since the first call, without those of an earlier import. */
function rateMeter(): (bytes: number) => number {
  let first: { bytes: number; at: number } | undefined;
  return (bytes) => {
    first ??= { bytes, at: performance.now() };
    const seconds = (performance.now() - first.at) / 1000;
    return seconds < 0.1 ? 0 : (bytes - first.bytes) / seconds;
  };
}

function inMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
