import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../../src/cables/parse/parse-document.ts';
import { madePages } from '../../support/made-pages.ts';
import { sampleTest } from '../../support/sample-test.ts';
import { samplePage, samplePages } from '../../support/samples.ts';
import { viewerHtml } from './viewer-page.ts';

function parseOne(html: string) {
  const { cables, rejects } = parseDocument(html);
  expect(rejects).toEqual([]);
  const cable = cables[0];
  if (cable === undefined) throw new Error('no cable');
  return cable;
}

function codes(html: string): string[] {
  return parseOne(html).warnings.map((warning) => warning.code);
}

describe('a page of the old viewer', () => {
  test('is read with table, header, labels, paragraphs and anchors', () => {
    expect(parseOne(viewerHtml())).toMatchObject({
      referenceId: '07ASTANA2299',
      subject: 'A MARKET AND ITS BRIDGE, SEEN FROM BOTH SIDES',
      created: '2007-08-21T14:32Z',
      released: '2011-08-30T01:44Z',
      classification: 'UNCLASSIFIED',
      origin: 'Embassy Astana',
      tags: ['PGOV', 'KZ'],
      references: [
        { id: '07ASTANA2221', letter: 'A', asWritten: 'ASTANA 2221' },
        { id: '06ASTANA17', letter: 'B', asWritten: '06 ASTANA 17' },
      ],
      eo: '12958',
      decl: null,
      dtg: '2007-08-21T14:32Z',
      precedence: 'R',
      anchors: ['parB', 'par1', 'par2'],
      anchorTargets: [
        { anchor: 'parB', paragraph: null, exact: false },
        { anchor: 'par1', paragraph: 1, exact: true },
        { anchor: 'par2', paragraph: 2, exact: true },
      ],
      warnings: [],
    });
  });

  test('is told where its header has no DE line, but not where it has no header', () => {
    const header = 'R 211432Z AUG 07 ZDK\nFM AMEMBASSY ASTANA\nTO RUEHC/SECSTATE WASHDC 0001';
    expect(parseOne(viewerHtml({ header })).warnings).toEqual([
      { code: 'missing-line', paragraph: null, message: 'the header has no DE line' },
    ]);
    expect(parseOne(viewerHtml({ header: null })).warnings.map(({ message }) => message)).not.toContain(
      'the header has no DE line',
    );
  });

  test('is raw inside its blocks: nothing else is taken for markup or an entity', () => {
    expect(parseOne(viewerHtml()).paragraphs[1]?.text).toBe('The bridge was closed in <May> & June, said <keeper@x>.');
    const body = '1. (U) "A &amp; B" <a href=x>link</a> <a id=1> stay. ';
    expect(parseOne(viewerHtml({ body })).paragraphs[0]?.text).toBe('"A &amp; B" <a href=x>link</a> <a id=1> stay.');
  });

  test.each([
    "'../../../tag/PGOV_0.html'",
    '"https://wikileaks.org/tag/PGOV_0.html"',
    '/tag/PGOV_0.html',
    "'tag/PGOV_0.html' class='x'",
  ])('has its tags from links of any form: %s', (link) => {
    expect(parseOne(viewerHtml().replace("'/tag/PGOV_0.html'", link)).tags).toEqual(['PGOV', 'KZ']);
  });

  test('may be saved by a browser, which writes references for its characters', () => {
    const saved = viewerHtml()
      .replaceAll('&#x000A;', '\n')
      .replaceAll(/<a id='(par\w+)' href='(#par\w+)'>/g, '<a id="$1" href="$2">')
      .replace('<May> & June, said <keeper@x>', '&lt;May&gt; &amp; June, said &lt;keeper@x&gt;');
    expect(parseOne(saved)).toEqual(parseOne(viewerHtml()));
  });

  test('saved by a browser has all reasons of its classification', () => {
    const body = 'Classified By: A. Keeper, reasons 1.4 (B & D).\n\n1. (C) It is open. ';
    const saved = viewerHtml({ body }).replaceAll('&#x000A;', '\n').replace('(B & D)', '(B &amp; D)');
    expect(parseOne(saved).reasons).toEqual(['1.4(b)', '1.4(d)']);
  });

  test('has its time from a date-time group in any case', () => {
    const page = viewerHtml().replace('R 211432Z AUG 07', 'R 211432Z Aug 07');
    expect(parseOne(page).dtg).toBe('2007-08-21T14:32Z');
  });

  test('leaves none of its paragraph signs in a text', () => {
    const body = '1. (U) Points: \n     A. one \n     B. two \n2009. So far. ';
    const cable = parseOne(viewerHtml({ body }));
    expect(cable.paragraphs.map((paragraph) => paragraph.text)).toEqual(['Points:\nA. one\nB. two 2009. So far.']);
    expect(cable.anchors).toEqual(['par1', 'parA', 'parB', 'par2009']);
  });

  test('may end with the lines of a printer, which are left out and told', () => {
    const body =
      'TAGS: KZ\nSUBJECT: X\n\n1. (U) Open. \n\nTrack impresión: name @ Sat Dec 4 19:20:36 2010. Este documento es propiedad\nID:\t1';
    const cable = parseOne(viewerHtml({ body }));
    expect(cable.paragraphs[0]?.text).toBe('Open.');
    expect(cable.warnings.map((warning) => warning.code)).toEqual(['not-cable-text']);
  });

  test('of the first release has four columns', () => {
    const html = viewerHtml({ created: '2007-08-21 14:02', released: null });
    expect(parseOne(html)).toMatchObject({
      created: '2007-08-21T14:32Z',
      released: null,
      classification: 'UNCLASSIFIED',
      origin: 'Embassy Astana',
    });
  });

  test('may name articles below its cells', () => {
    const cable = parseOne(viewerHtml({ articles: 'http://http://paper.example' }));
    expect(cable.origin).toBe('Embassy Astana');
    expect(cable.warnings).toEqual([]);
  });

  test('may have an empty subject, or none but its title', () => {
    const body = '1. (U) The market was open. ';
    expect(parseOne(viewerHtml({ subject: '', body })).subject).toBeNull();
    expect(parseOne(viewerHtml({ subject: '(SBU) A BRIDGE', body })).subject).toBe('A BRIDGE');
  });

  test('may have one block: then the header is missing and the transmission lines are looked for in the body', () => {
    const body =
      'R 211432Z AUG 07\nFM AMEMBASSY ASTANA\nTO SECSTATE WASHDC\n \nUNCLAS ASTANA 002299 \nTAGS: KZ \nSUBJECT: BRIDGE \n \n1. (U) Open. ';
    expect(parseOne(viewerHtml({ header: null, body }))).toMatchObject({
      header: '',
      dtg: '2007-08-21T14:32Z',
      warnings: [],
    });
    expect(codes(viewerHtml({ header: null }))).toEqual(['missing-line']);
  });

  test('may be a partial extract, whose minutes cannot be mended', () => {
    const header = 'This record is a partial extract of the original cable. The full text is not available.';
    const cable = parseOne(viewerHtml({ header, created: '2007-08-21 14:02', released: '2010-12-08 21:09' }));
    expect(cable).toMatchObject({ created: '2007-08-21T14:02Z', dtg: null, header });
    expect(cable.warnings.map((warning) => warning.code)).toEqual(['missing-line', 'time-mismatch']);
  });

  test('may carry a raw export row in place of its header', () => {
    const header =
      '8/21/2007 14:32\t07ASTANA2299\tEmbassy Astana\tUNCLASSIFIED\t07ASTANA2221|06ASTANA17\tDE RUEHTA #2299 2331432\\\nR 211432Z AUG 07\\\nFM X\\\nTO Y';
    expect(parseOne(viewerHtml({ header }))).toMatchObject({
      dtg: '2007-08-21T14:32Z',
      header: 'DE RUEHTA #2299 2331432\nR 211432Z AUG 07\nFM X\nTO Y',
      warnings: [],
    });
    const body = 'TAGS: KZ \\\nSUBJECT: A BRIDGE \\\n \\\nREF: A. A) BERN 1253 \\\n \\\n1. (U) It \\\nstands. ';
    expect(parseOne(viewerHtml({ header, body }))).toMatchObject({
      subject: 'A BRIDGE',
      paragraphs: [{ text: 'It stands.' }],
    });
  });

  test('that ends inside the message is read as far as it goes, and says so', () => {
    const html = viewerHtml();
    expect(codes(html.slice(0, html.indexOf('east of the river')))).toEqual(['cut-off']);
  });

  test('without message text, or of no ID, is rejected with a sentence', () => {
    expect(parseDocument("<table class='cable'><td>07ASTANA2299</td></table>")).toEqual({
      cables: [],
      rejects: [{ reason: 'viewer page of 07ASTANA2299: no message text' }],
    });
    expect(parseDocument(viewerHtml({ id: '07QQ' })).rejects).toEqual([
      { reason: '"07QQ" is no reference ID of a known station' },
    ]);
    expect(parseDocument('<html><body>UNCLAS ASTANA 002299</body></html>').rejects).toEqual([
      { reason: "an HTML page, but not the old cable viewer's" },
    ]);
  });

  test('of a malformed published ID is the cable of the right one', () => {
    expect(parseOne(viewerHtml({ id: '08THEHAGU799', header: 'H' }))).toMatchObject({
      referenceId: '08THEHAGUE799',
      publishedId: '08THEHAGU799',
    });
  });

  test('of an unknown post is read and told', () => {
    const cable = parseOne(viewerHtml({ id: '07NOWHEREVILLE12', header: 'H' }));
    expect(cable.referenceId).toBe('07NOWHEREVILLE12');
    expect(cable.warnings.map((warning) => warning.code)).toContain('unknown-station');
  });

  test('whose DE line has another serial is told', () => {
    expect(codes(viewerHtml({ id: '07ASTANA2298' }))).toEqual(['serial-mismatch']);
    expect(codes(viewerHtml({ id: '07STATE112299' }))).toEqual([]);
  });

  test('can stand beside others in one text', () => {
    const { cables } = parseDocument(
      viewerHtml() + viewerHtml({ id: '07ASTANA2300', subject: 'OTHER', body: '1. (U) X.' }),
    );
    expect(cables.map((cable) => [cable.referenceId, cable.subject])).toEqual([
      ['07ASTANA2299', 'A MARKET AND ITS BRIDGE, SEEN FROM BOTH SIDES'],
      ['07ASTANA2300', 'OTHER'],
    ]);
  });
});

describe('made pages', () => {
  const pages = madePages(2, 200);

  test('have the anchors and metadata that they print', () => {
    for (const { html } of pages) expectAsPrinted(html);
  });

  test('have their paragraphs in order, whatever stands between and inside them', () => {
    for (const { id, html, dtg, paragraphs } of pages) {
      const cable = parseOne(html);
      const read = cable.paragraphs.map(({ number, marking, text }) => ({
        number,
        marking,
        text: text.replaceAll(/\s+/g, ' '),
      }));
      expect(read, id).toEqual(paragraphs);
      expect([cable.referenceId, cable.dtg, cable.warnings]).toEqual([id, dtg, []]);
    }
  });

  test('tell where each id leads, and link only those paragraphs to which theirs does', () => {
    for (const { id, html, anchorTargets } of pages) {
      const cable = parseOne(html);
      expect(cable.anchorTargets, id).toEqual(anchorTargets);
      const linked = cable.paragraphs.flatMap(({ anchor }) => anchor ?? []);
      expect(linked, id).toEqual(anchorTargets.filter(({ exact }) => exact).map(({ anchor }) => anchor));
    }
    const astray = pages.flatMap(({ anchorTargets }) => anchorTargets.filter(({ exact }) => !exact));
    expect(astray.length).toBeGreaterThan(pages.length);
  });
});

describe('the sampled pages', () => {
  for (const id of samplePages) {
    sampleTest(`${id} has the anchors and metadata that it prints`, () => expectAsPrinted(samplePage(id)));
  }

  for (const [id, paragraphs, astray] of [
    ['06BRIDGETOWN2164', 3, 0],
    ['07MADRID1952', 2, 1],
    ['07PARIS1791', 4, 2],
    ['08MADRID724', 7, 0],
    ['08OSLO461', 3, 0],
    ['08VLADIVOSTOK68', 1, 0],
    ['09BERLIN1626', 5, 5],
    ['09CAPETOWN204', 4, 0],
    ['09LAPAZ1784', 18, 0],
    ['09RIODEJANEIRO285', 7, 0],
    ['09SAOPAULO487', 0, 0],
  ] as const) {
    sampleTest(`${id} has ${paragraphs} paragraphs and ${astray} ids that lead elsewhere`, () => {
      const cable = parseOne(samplePage(id));
      expect(cable.paragraphs.map((paragraph) => paragraph.number)).toEqual(
        Array.from({ length: paragraphs }, (_, index) => index + 1),
      );
      expect(cable.anchorTargets.filter((anchorTarget) => !anchorTarget.exact)).toHaveLength(astray);
      const texts = cable.paragraphs.map((paragraph) => paragraph.text).join('\n');
      expect(texts).not.toMatch(/ OF 00\d|-----|SIPDIS|&#x000A;|<a |¶/);
    });
  }

  /** Each warning is true of its page; the other pages have none. */
  const damages: Partial<Record<(typeof samplePages)[number], string[]>> = {
    // The header has no DE line, and the page ends at `Presi...`.
    '08VLADIVOSTOK68': ['missing-line -', 'cut-off 1'],
    // Below the page break in ¶4, ¶1 to ¶3 are printed again.
    '09CAPETOWN204': ['repeated-text 4'],
    // A newspaper numbered it anew (`17. 15. Comment`), and three numbers of its own have no text.
    '09LAPAZ1784': ['renumbered 1', 'cut-off 6', 'cut-off 11', 'cut-off 18'],
    // A press review without numbers, with a printer's line below.
    '09SAOPAULO487': ['no-paragraphs -', 'not-cable-text -'],
  };
  for (const id of samplePages) {
    sampleTest(`${id} tells what is wrong with its copy, and nothing else`, () => {
      const told = parseOne(samplePage(id)).warnings.map(({ code, paragraph }) => `${code} ${paragraph ?? '-'}`);
      expect(told).toEqual(damages[id] ?? []);
    });
  }

  for (const [id, signature, residue] of [
    ['06BRIDGETOWN2164', null, 0],
    ['07MADRID1952', 'LLORENS', 3],
    ['07PARIS1791', 'STAPLETON', 1],
    ['08MADRID724', 'AGUIRRE', 0],
    ['08OSLO461', 'WHITNEY', 0],
    ['09BERLIN1626', 'DELAWIE', 4],
    ['09LAPAZ1784', 'Creamer', 0],
    ['09RIODEJANEIRO285', 'HEARNE', 1],
    ['09SAOPAULO487', 'WHITE', 2],
  ] as const) {
    sampleTest(`${id} has its signature and residue outside its paragraphs`, () => {
      const cable = parseOne(samplePage(id));
      expect([cable.signature, cable.residue.length]).toEqual([signature, residue]);
      const texts = cable.paragraphs.map(({ text }) => text).join('\n');
      expect(texts).not.toMatch(/[Vv]isit .* [Ww]ebsite|<br|(?:LLORENS|STAPLETON|AGUIRRE|WHITNEY|DELAWIE|HEARNE)$/);
    });
  }

  sampleTest('09RIODEJANEIRO285 has the words before a heading in its line at the end of the first paragraph', () => {
    const { paragraphs, sections } = parseOne(samplePage('09RIODEJANEIRO285'));
    expect(paragraphs[0]?.text).toMatch(/and Sergipe\.\nThis week's subjects:$/);
    expect(sections[0]?.heading).toBe('CLEANING UP THE FAVELAS: ECONOMIC BENEFIT TRUMPS COSTS');
  });

  sampleTest('09CAPETOWN204 has each paragraph once, and its fourth goes on after the second copy', () => {
    const texts = parseOne(samplePage('09CAPETOWN204')).paragraphs.map((paragraph) => paragraph.text);
    expect(texts.join('\n').match(/In recent months government/g)).toHaveLength(1);
    expect(texts[3]).toMatch(/instability, unrest and general lawlessness\. End Comment$/);
  });
});

function expectAsPrinted(html: string): void {
  const cable = parseOne(html);
  expect(cable.anchors).toEqual([...html.matchAll(/<a id='(par[^']*)'/g)].map((match) => match[1]));
  const table = html.slice(html.indexOf("<table class='cable'>"), html.indexOf('</table>'));
  const cells = [...table.matchAll(/<a href='\/[^']*'[^>]*>([^<]*)<\/a>/g)].map((match) => match[1]);
  const { publishedId, createdAsPrinted, releasedAsPrinted, classification, origin } = cable;
  // The first release has no column for it.
  const released = cells.length === 4 ? [] : [releasedAsPrinted];
  expect([publishedId, createdAsPrinted, ...released, classification, origin]).toEqual(cells);
  expect(cable.dtg?.slice(0, 13)).toBe(createdAsPrinted?.replace(' ', 'T').slice(0, 13));
  expect(cable.created).toBe(cable.dtg);
  const links = [...html.slice(html.lastIndexOf('<pre>')).matchAll(/'\/tag\/[^']*'>([^<]*)</g)].map(
    (match) => match[1],
  );
  // Some newspapers' copies have no links.
  expect(cable.tags).toEqual(links.length > 0 ? [...new Set(links)] : cable.tags);
}
