// A process that imports, for those who kill it or measure it: its target, cables of a commit, bytes of a piece, paths. Writes a dot for each
// piece and a last line of JSON.
import { importCorpus } from '../../../src/cables/corpus/import/import-corpus.ts';

const [target = '', batch, piece, ...paths] = process.argv.slice(2);
const start = performance.now();
const imported = await importCorpus(target, paths, {
  signal: new AbortController().signal,
  batch: Number(batch),
  limits: { batch: Number(piece) },
  progress: () => process.stdout.write('.'),
});
const { maxRSS } = process.resourceUsage();
process.stdout.write(
  `\n${JSON.stringify({ ...imported, ms: performance.now() - start, maxRssBytes: maxRSS * 1024 })}\n`,
);
