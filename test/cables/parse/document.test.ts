import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../../src/cables/parse/parse-document.ts';
import { growthOf, linear } from '../../support/growth.ts';
import { beginnings, messageText, nameOf, unendedPage, units, viewerPageText } from './document.work.ts';

const growths = growthOf(new URL('document.work.ts', import.meta.url), 16_000);

const expected = {
  referenceId: '07ASTANA2299',
  subject: 'A MARKET',
  tags: ['PGOV', 'KZ'],
  paragraphs: [{ number: 1 }, { number: 2 }],
};

describe('text re-posted from a page', () => {
  const page = (id: string): string =>
    `${headings.join(' ')}\n${id} ${row.slice(1).join(' ')}\n\nUNCLAS\n1. (U) ${id}.\n\n`;
  const row = ['07ASTANA2299', '2007-08-21 14:32', '2011-08-30 01:44', 'CONFIDENTIAL//NOFORN', 'Embassy Astana'];
  const headings = ['Reference ID', 'Created', 'Released', 'Classification', 'Origin'];

  test.each([
    ['lines', `${headings.join(' ')}\n${row.join(' ')}`],
    ['tabs', `${headings.join('\t')}\n${row.join('\t')}`],
    ['a cell a line', `${headings.join('\n')}\n${row.join('\n')}`],
    ['bars', `| ${headings.join(' | ')} |\n| ${row.join(' | ')} |`],
    [
      'articles below',
      `${headings.join(' ')}\n${row.join(' ')}\nAppears in these articles:\nhttp://a.example\nhttp://b.example`,
    ],
    ['Windows line ends', `${headings.join(' ')}\r\n${row.join(' ')}`],
  ])('is read with its table as %s', (_, table) => {
    const { cables, rejects } = parseDocument(`My blog\n\n${table}\n\n${messageText}\n\nShare this:\n3. (U) Not this.`);
    expect(rejects).toEqual([]);
    expect(cables).toMatchObject([
      { ...expected, classification: 'CONFIDENTIAL//NOFORN', origin: 'Embassy Astana', created: '2007-08-21T14:32Z' },
    ]);
    expect(cables[0]?.header).toMatch(/^VZCZC.*\nRR RUEHXX\n[^]*WASHDC 0001$/);
    expect(cables[0]?.warnings).toEqual([]);
  });

  test('may have the four columns of the first release, and a title above', () => {
    const text = `Viewing cable 07ASTANA2299, (C) THE TITLE\nReference ID Date Classification Origin\n07ASTANA2299 2007-08-21 14:02 SECRET Embassy Astana\n\n1. (U) One.`;
    expect(parseDocument(text).cables).toMatchObject([
      { subject: 'THE TITLE', classification: 'SECRET', createdAsPrinted: '2007-08-21 14:02' },
    ]);
  });

  test('may hold several cables, each with its table', () => {
    const { cables } = parseDocument(page('07ASTANA1') + page('07ASTANA2'));
    expect(cables.map((cable) => [cable.referenceId, cable.paragraphs[0]?.text])).toEqual([
      ['07ASTANA1', '07ASTANA1.'],
      ['07ASTANA2', '07ASTANA2.'],
    ]);
  });

  test('with nothing below its headings is rejected with a sentence', () => {
    expect(parseDocument(`${headings.join(' ')}\nsoon`)).toEqual({
      cables: [],
      rejects: [{ reason: 'reposted page: no values below the headings of its table' }],
    });
  });
});

describe('a bare message', () => {
  test('is a cable whose ID, times, classification and origin come from its own lines', () => {
    expect(parseDocument(messageText).cables).toMatchObject([
      {
        ...expected,
        created: '2007-08-21T14:32Z',
        createdAsPrinted: null,
        released: null,
        classification: 'UNCLASSIFIED//FOR OFFICIAL USE ONLY',
        origin: 'Embassy Astana',
        references: [{ id: '07ASTANA2221' }],
        warnings: [],
      },
    ]);
  });

  test('may begin with its body, when the file is called by the ID', () => {
    const body = messageText.slice(messageText.indexOf('E.O.'));
    expect(parseDocument(body, 'cables/07ASTANA2299.txt').cables).toMatchObject([expected]);
    expect(parseDocument(body).rejects[0]?.reason).toMatch(/^a message without reference ID/);
  });

  test('may have its ID in the DE line only', () => {
    const text = messageText.replace('ASTANA 002299', '');
    expect(parseDocument(text).cables).toMatchObject([expected]);
  });

  test('is followed by another at the next transmission number', () => {
    const other = messageText.replaceAll('2299', '2300');
    expect(parseDocument(`${messageText}\n\n${other}`).cables.map((cable) => cable.referenceId)).toEqual([
      '07ASTANA2299',
      '07ASTANA2300',
    ]);
  });
});

describe('other text', () => {
  test.each(['', ' ', 'A recipe: 1. Take flour. 2. Add water.', '{}', '\uFEFF'])(
    '%j is rejected with a sentence',
    (text) =>
      expect(parseDocument(text)).toEqual({
        cables: [],
        rejects: [{ reason: 'no cable found: neither a page of the cable viewer nor a message' }],
      }),
  );
});

describe('hostile text', () => {
  const size = 1 << 17;

  test.each(units)('of an eighth of a megabyte of %j takes work that grows with it', async (unit) => {
    for (const before of Object.values(beginnings)) {
      // Of regular expressions the work is not counted: one that hangs ends the test by its time-out.
      parseDocument(before + unit.repeat(Math.ceil(size / unit.length)));
    }
    const counted = await growths;
    const grown = Object.keys(beginnings).map((where) => [where, counted.get(nameOf(unit, where))] as const);
    expect(grown.filter(([, growth = Infinity]) => growth > linear)).toEqual([]);
  });

  test('never throws, and keeps paragraphs in order', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '\n',
        '1. (U) ',
        '2. ',
        '3) ',
        '(4) (C) ',
        'REF: A. STATE 1 B. 2 ',
        'TAGS: PREL,',
        'SUBJECT: ',
        '----- ',
        'ASTANA 00002299 001 OF 002',
        '\n\n',
        'E.O. 12958: DECL: ',
        '<pre>',
        '</pre>',
        '&#x000A;',
        "<a id='par1' href='#par1'>¶</a>",
        'R 211432Z AUG 07',
        'DE RUEHTA #2299 2331432',
      ),
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        fc.constantFrom(
          '',
          messageText,
          unendedPage,
          viewerPageText,
          'Reference ID Created Released Classification Origin\n',
        ),
        text,
        (before, after) => {
          for (const cable of parseDocument(before + after).cables) {
            const numbers = cable.paragraphs.map((paragraph) => paragraph.number);
            expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
            expect(new Set(numbers).size).toBe(numbers.length);
            expect(cable.anchorTargets.map((anchorTarget) => anchorTarget.anchor)).toEqual([...new Set(cable.anchors)]);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
