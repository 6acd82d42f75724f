// A process that imports, for those who kill it or measure it: writes a dot for each item and a last line of JSON.
import { importCorpus } from '../../../src/cables/corpus/import/import-corpus.ts';

const [target = '', batch = '2000', ...paths] = process.argv.slice(2);
const start = performance.now();
const imported = await importCorpus(target, paths, {
  signal: new AbortController().signal,
  batch: Number(batch),
  // Many pieces, so that a kill comes between two of them.
  limits: { batch: 20_000 },
  progress: () => process.stdout.write('.'),
});
const { maxRSS } = process.resourceUsage();
process.stdout.write(
  `\n${JSON.stringify({ ...imported, ms: performance.now() - start, maxRssBytes: maxRSS * 1024 })}\n`,
);
