import { describe, expect, test } from 'vitest';
import { withoutMarkup } from '../../../src/core/text/strangers.ts';
import { madePages } from '../../support/made-pages.ts';
import { sampleTest } from '../../support/sample-test.ts';
import { samplePage, samplePages } from '../../support/samples.ts';
import { find } from './find.ts';

const header = 'VZCZCXRO1\nDE RUEHTA #2244/01 2312355\nZNR UUUUU ZZH\nO 192355Z AUG 07 ZDK\n';
const from = 'FM AMEMBASSY ASTANA\nTO RUEHC/SECSTATE WASHDC PRIORITY 0593\nINFO RUEHMO/AMEMBASSY MOSCOW 1234\n';

function clues(text: string) {
  return find(text, { weakCounts: true }).citations.map(({ referenceId, clues: found }) =>
    referenceId === null ? [found?.station, found?.serial, found?.year, found?.month] : [referenceId],
  );
}

describe('a cable’s own line is a citation of its station and serial without a year', () => {
  test.each([
    'C O N F I D E N T I A L SECTION 01 OF 04 ASTANA 002244',
    'UNCLAS SECTION 01 OF 02 ASTANA 002244',
    'UNCLAS ASTANA 002244',
    'S E C R E T ASTANA 002244',
    'ASTANA 00002244  002 OF 003',
    'page 3 of 04 ASTANA 002244',
  ])('%s', (line) => {
    expect(clues(line)).toEqual([['ASTANA', 2244, null, null]]);
    expect(find(line).citations).toEqual([]);
    // The header above it says the year, and none of another station does.
    expect(clues(header + from + line)).toEqual([['ASTANA', 2244, 2007, 8]]);
    expect(clues(header + line)).toEqual([['ASTANA', 2244, 2007, 8]]);
    expect(clues((header + from + line).replaceAll('\n', ' '))).toEqual([['ASTANA', 2244, 2007, 8]]);
    expect(clues(header + from.replace('ASTANA', 'PARIS') + line)).toEqual([['ASTANA', 2244, null, null]]);
    expect(clues(`07ASTANA2244 #cablegate\n${line}`)).toEqual([['07ASTANA2244']]);
    expect(clues(`https://wikileaks.org/cable/2007/08/07ASTANA2244.html\n${line}`)).toEqual([['07ASTANA2244']]);
  });

  test('what a header counts for its addressees is none', () => {
    expect(clues('INFO RUEHTA/AMEMBASSY ASTANA 0018\nRUEHNO/USMISSION USNATO 0018\nINFO AMEMBASSY PARIS 1234')).toEqual(
      [],
    );
  });

  test('another reference gets no year from the header', () => {
    expect(clues(`${header}${from}REF: ASTANA 2221`)).toEqual([['ASTANA', 2221, null, null]]);
  });
});

describe('the lines of whole pages', () => {
  test('of 800 made pages name their own cable', () => {
    expect(madePages(19, 800).flatMap(({ id, html }) => strayLines(id, html))).toEqual([]);
  });

  sampleTest('of the sample pages too', () => {
    expect(samplePages.flatMap((id) => strayLines(id, samplePage(id)))).toEqual([]);
  });
});

/** First lines of a page's parts that are, as posts, anything but a citation of its station and serial without a year. */
function strayLines(id: string, html: string): string[] {
  const lines = html.replaceAll('&#x000A;', '\n').split('\n');
  const own = lines.filter((line) => /\bSECTION \d\d OF \d\d\b/.test(line)).map((line) => withoutMarkup(line));
  return own.flatMap((line) => {
    const found = clues(line).flat();
    const isOwn = found.length === 4 && id.slice(2) === `${found[0]}${found[1]}` && found[2] === null;
    return isOwn ? [] : [`${id}: ${line}: ${found.join(' ')}`];
  });
}
