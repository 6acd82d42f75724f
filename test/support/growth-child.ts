// Counts the work of the functions that a file exports as `work`; arguments: its URL, and n. Each name is told before its turn, the growths at the end.
import { Session } from 'node:inspector';
import type { Profiler } from 'node:inspector';
import type { Work } from './growth.ts';

const [file, size] = process.argv.slice(2) as [string, string];
const n = Number(size);
const session = new Session();
session.connect();
session.post('Profiler.enable');
// Before the code is loaded: V8 counts blocks only of what it compiles from now on.
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const { work } = (await import(file)) as { work: Record<string, Work> };

const growths = Object.entries(work).map(([name, run]) => {
  process.stdout.write(`${name}\n`);
  const count = (length: number) => {
    taken();
    run(length);
    return taken();
  };
  // What is done once, such as filling a table, is done before.
  count(n / 16);
  return [name, count(4 * n) / count(n)];
});
process.stdout.write(`\n${JSON.stringify(growths)}`);

/** Blocks that were run since the last call. */
function taken(): number {
  let blocks = 0;
  session.post('Profiler.takePreciseCoverage', (error, { result }: Profiler.TakePreciseCoverageReturnType) => {
    if (error !== null) throw error;
    for (const { functions, url } of result) {
      if (url.startsWith('node:') || url === import.meta.url) continue;
      for (const { ranges } of functions) for (const range of ranges) blocks += range.count;
    }
  });
  return blocks;
}
