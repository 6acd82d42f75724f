import { parseDocument } from '../src/cables/parse/parse-document.ts';
import { samplePage, samplePages, samplesAreHere, whereSamplesAre } from '../test/support/samples.ts';
import { viewerPage } from '../test/support/viewer-page.ts';
import { type Bench, ratesInTurns, thousands } from './figure.ts';

/** Viewer pages parsed in full, beside merely cutting their two `<pre>` blocks into lines. */
export const bench: Bench = {
  run() {
    const pages = samplesAreHere ? samplePages.map(samplePage) : [viewerPage()];
    if (!samplesAreHere) process.stderr.write(`parsing: of one made page, no samples: ${whereSamplesAre}\n`);
    const turns = Math.ceil(40 / pages.length);
    let total = 0;
    const overAll = (read: (page: string) => number) => () => {
      for (let i = 0; i < turns; i += 1) for (const page of pages) total += read(page);
    };
    const works = [overAll(slice), overAll((page) => parseDocument(page, 'page').cables.length)];
    const [sliced = 0, parsed = 0] = ratesInTurns(turns * pages.length, works, 500);
    const ratio = parsed / sliced;
    return Promise.resolve([
      {
        name: 'viewer pages parsed, against slicing lines',
        measured: `${thousands(parsed)} pages/s, slicing ${thousands(sliced)}/s (${pages.length} ${samplesAreHere ? 'sampled pages' : 'made page'})${total > 0 ? '' : '!'}`,
        value: ratio,
        target: '>= 0.12 x',
        met: ratio >= 0.12,
      },
    ]);
  },
};

function slice(page: string): number {
  let lines = 0;
  let from = 0;
  for (let block = 0; block < 2; block += 1) {
    const start = page.indexOf('<pre>', from);
    const end = page.indexOf('</pre>', start);
    if (start < 0 || end < 0) break;
    lines += page.slice(start + 5, end).split('&#x000A;').length;
    from = end;
  }
  return lines;
}
