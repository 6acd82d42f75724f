import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anchorTargetsOf, readParagraphs } from '../../../../src/cables/parse/paragraphs/paragraphs.ts';
import { readLineStarts } from '../../../../src/cables/parse/paragraphs/paragraph-starts.ts';

function read(...lines: string[]) {
  return readParagraphs(lines);
}

/** `1 U text` per paragraph. */
function shown(...lines: string[]): string[] {
  return read(...lines).paragraphs.map(({ number, marking, text }) => `${number} ${marking ?? '-'} ${text}`);
}

function warned(...lines: string[]): string[] {
  return read(...lines).warnings.map(({ code, paragraph }) => `${code} ${paragraph ?? '-'}`);
}

const sampleLine = 'The market stands east of the river and its bridge stands west ';

describe('anchors', () => {
  const line = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom(' ', '\t', '\u00a0', '\u2003', '1', '23', 'A', 'Z', 'a', '.', '(U)', 'é', ')'), {
        maxLength: 6,
      })
      .map((parts) => parts.join('')),
  );

  test('stand exactly before the lines that the rule names', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const expected = lines.flatMap((text, index) => {
          const match = /^\s*(\d+|[A-Z])\.(?=\s)/.exec(text);
          return match === null ? [] : [{ id: `par${match[1] ?? ''}`, line: index }];
        });
        expect(readLineStarts(lines).anchors).toEqual(expected);
      }),
    );
  });

  test('lead to the first of their id, in the paragraph that it stands in', () => {
    const { anchors, paragraphs } = read(
      'A. x',
      '1. (U) One.',
      ' 2. two',
      '2009. So far',
      '2.(U) Two.',
      '1. again',
      '3. (U) 4. (U) x',
    );
    expect(anchorTargetsOf(anchors, paragraphs)).toEqual([
      { anchor: 'parA', paragraph: null, exact: false },
      { anchor: 'par1', paragraph: 1, exact: true },
      { anchor: 'par2', paragraph: 1, exact: false },
      { anchor: 'par2009', paragraph: 1, exact: false },
      { anchor: 'par3', paragraph: 3, exact: true },
    ]);
  });

  test('are exact only at the start of their paragraph, not further down in it', () => {
    const { anchors, paragraphs } = read('1.(U) Points:', ' 1. one', ' 2. two', '2. (U) Two.');
    expect(anchorTargetsOf(anchors, paragraphs)).toEqual([
      { anchor: 'par1', paragraph: 1, exact: false },
      { anchor: 'par2', paragraph: 1, exact: false },
    ]);
  });

  test('never belong to a paragraph that begins in mid-line', () => {
    const { anchors, paragraphs } = read('1. (U) One. 2. (U) Two.', '3. (U) Three.');
    expect(paragraphs.map((paragraph) => paragraph.number)).toEqual([1, 2, 3]);
    expect(anchorTargetsOf(anchors, paragraphs).map((anchorTarget) => anchorTarget.anchor)).toEqual(['par1', 'par3']);
  });
});

describe('a paragraph begins', () => {
  test.each([
    '1. (U) Open.',
    '1.(U) Open.',
    '1.  (U)  Open.',
    '1) (U) Open.',
    '(1) (U) Open.',
    '(U) 1. Open.',
    '(U)1. Open.',
    '(U) 1) Open.',
    '1 (U) Open.',
    '  1. (U) Open.',
    '¶1. (U) Open.',
    '\uFFFD1. (U) Open.',
    '\u00AC1. (U) Open.',
    '1, (U) Open.',
  ])('with %s', (line) => expect(shown(line)).toEqual(['1 U Open.']));

  test.each(['1. Open.', '1) Open.', '(1) Open.', '1.Open.'])('unmarked with %s', (line) =>
    expect(shown(line)).toEqual(['1 - Open.']),
  );

  test.each([
    ['(C/NF)', 'C/NF'],
    [
      '(S/REL FRANCE, BRITAIN, TURKEY, SAUDI ARABIA, JORDAN, AND QATAR)',
      'S/REL FRANCE, BRITAIN, TURKEY, SAUDI ARABIA, JORDAN, AND QATAR',
    ],
    ['(S//NF)', 'S//NF'],
    ['( C )', 'C'],
    ['(C )', 'C'],
    ['(C NF)', 'C NF'],
    ['(S-NF)', 'S-NF'],
    ['(N/SF)', 'N/SF'],
    ['(S/NOFORN)', 'S/NOFORN'],
    ['(U//FOUO)', 'U//FOUO'],
    ['(SBU/NF)', 'SBU/NF'],
    ['(S//FGI//NF)', 'S//FGI//NF'],
    ['(S/REL NATO)', 'S/REL NATO'],
    ['(S//REL NATO, ISAF)', 'S//REL NATO, ISAF'],
    ['(SECRET/REL USA, GBR)', 'SECRET/REL USA, GBR'],
  ])('with the marking %s', (printed, marking) => expect(shown(`1. ${printed} Open.`)).toEqual([`1 ${marking} Open.`]));

  test.each([
    [['1. (S/REL USA, FRANCE, BRITAIN, ', 'TURKEY AND QATAR) The market ', 'is open. ']],
    [['1.(S/REL USA, FRANCE, BRITAIN,', 'TURKEY', 'AND QATAR) The market is open.']],
    [['(S/REL USA, FRANCE, BRITAIN,', 'TURKEY AND QATAR) 1. The market is open.']],
  ])('with a marking that goes on in the next line: %j', (lines) => {
    expect(shown('', ...lines, '', '2. (U) Two.')).toEqual([
      '1 S/REL USA, FRANCE, BRITAIN, TURKEY AND QATAR The market is open.',
      '2 U Two.',
    ]);
  });

  test.each(['(U.S.)', '(IRAN)', '(CHINA)', '(Iran)', '(UN)', '(SEE BELOW)', '(S SEA)', '(C OF E)'])(
    'unmarked where %s is no marking',
    (words) => expect(shown(`1. ${words} Open.`)).toEqual([`1 - ${words} Open.`]),
  );

  test('only where its number continues the sequence', () => {
    expect(shown('1. (U) One.', '2. (U) Points:', '1. a', '2. b', '3. (U) Three.')).toEqual([
      '1 U One.',
      '2 U Points:\n1. a\n2. b',
      '3 U Three.',
    ]);
    expect(shown('1. (U) One.', sampleLine, '2009. So far', '2. (U) Two.')).toEqual([
      `1 U One. ${sampleLine.trim()} 2009. So far`,
      '2 U Two.',
    ]);
  });

  test('not where a list inside the paragraph reaches the next number', () => {
    expect(shown('1. (SBU) One.', '2. (SBU) Text:', '', '1. First.', '', '2. Second.', '', '3. Third.')).toEqual([
      '1 SBU One.',
      '2 SBU Text:\n1. First.\n2. Second.\n3. Third.',
    ]);
    expect(shown('1. One.', '2. Points:', ' 1. a', ' 2. b', '3. Three.')).toEqual([
      '1 - One.',
      '2 - Points:\n1. a\n2. b',
      '3 - Three.',
    ]);
  });

  test('at a marked line rather than an earlier unmarked one', () => {
    expect(shown('1. (U) One.', '2. Two thousand people came.', '2. (U) Two.')).toEqual([
      '1 U One. 2. Two thousand people came.',
      '2 U Two.',
    ]);
    expect(read('1. Classified by the head.', '1. (C) One.').opening).toEqual(['1. Classified by the head.']);
  });

  test('not at a wrapped line that begins with a number', () => {
    expect(shown('1. Prices rose in the whole of the country by about', '2. In the north they fell.')).toHaveLength(1);
    expect(shown('1. Prices rose.', '', '2) In the north they fell.')).toHaveLength(1);
    expect(shown('1. Prices rose.', '2. percent of them fell.')).toHaveLength(1);
  });

  test('after a gap only where no number between comes later, and the gap is told', () => {
    expect(shown('1. (U) One.', '4. (U) Four.', '5. (U) Five.')).toHaveLength(3);
    expect(warned('1. (U) One.', '4. (U) Four.')).toEqual(['missing-paragraphs 2']);
    expect(shown('1. (U) One.', '14. (U) Two.', '2. (U) Two.', '3. (U) Three.').map((text) => text[0])).toEqual([
      '1',
      '2',
      '3',
    ]);
    expect(shown('1. (U) One.', '90. (U) Ninety.')).toHaveLength(1);
  });

  test('in mid-line only when marked and after the end of a sentence', () => {
    expect(shown('Reason: 1.4 (b), (d) 1. (C) One. 2. (C) Two.')).toEqual(['1 C One.', '2 C Two.']);
    expect(shown('1. (U) As para 2. (C) says, it is open.')).toHaveLength(1);
  });

  test('after the contents of a press review, not in them', () => {
    const { paragraphs, opening } = read(
      '1.  Summary',
      '2.  (Iran)  Protests',
      '',
      '1.  Summary',
      '',
      'Papers write.',
      '',
      '2.  (Iran)  Protests',
      '',
      'They go on.',
    );
    expect(opening).toHaveLength(3);
    expect(paragraphs.map((paragraph) => paragraph.text)).toEqual([
      'Summary\nPapers write.',
      '(Iran)  Protests\nThey go on.',
    ]);
  });
});

describe('the text of a paragraph', () => {
  test('is its lines joined with one blank', () => {
    expect(shown('1. (U) The market ', 'stands.  It is ', 'old. ')).toEqual(['1 U The market stands.  It is old.']);
  });

  test('has no page break, wherever it stands', () => {
    const expected = ['1 U They came to the square.'];
    expect(shown('1. (U) They came to', 'ASTANA 00002244  001.8 OF 004', 'the square.')).toEqual(expected);
    expect(shown('1. (U) They came to', '', 'RIO DE JAN 00000285  002 OF 002', '', '', 'the square.')).toEqual(
      expected,
    );
    expect(
      shown(
        '1. (U) They came to',
        '                       CONFIDENTIAL',
        '',
        'PAGE 02        VATICA  05693  01 OF 02  021700Z',
        'the square.',
      ),
    ).toEqual(expected);
    expect(shown('1. (U) They came to CONFIDENTIAL PAGE 02 ROME 01196 01 OF 02 082030Z the square.')).toEqual(
      expected.map((text) => text.replace('to the', 'to   the')),
    );
    expect(shown('1. (U) They came to', 'TRIPOLI 00000402', '', '001.2 OF 003', 'the square.')).toEqual(expected);
    expect(
      shown(
        '1. (U) They came to',
        'C O N F I D E N T I A L SECTION 02 OF 03 KABUL 000123',
        '',
        'SIPDIS',
        'the square.',
      ),
    ).toEqual(expected);
    expect(shown('1. (U) They came to STATE 00000284 002 OF 002 the square.')).toEqual([
      '1 U They came to   the square.',
    ]);
  });

  test('does not break at a page break', () => {
    const expected = ['1 U They came. The square was full.'];
    expect(shown('1. (U) They came.', '', 'ASTANA 00002244  001.8 OF 004', '', 'The square was full.')).toEqual([
      '1 U They came. The square was full.',
    ]);
    expect(shown('1. (U) They came.', 'ASTANA 00002244  001.8 OF 004', '', 'The square was full.')).toEqual(expected);
  });

  test('breaks at list items and at blank lines after a sentence', () => {
    expect(shown('1. (U) Points: ', '-- One thing ', 'and more; ', '-- another. ', ' ', 'So it was. ')).toEqual([
      '1 U Points:\n-- One thing and more;\n-- another.\nSo it was.',
    ]);
    expect(shown('1. (U) Points:', ' a. one', ' b. two', 'and more')).toEqual(['1 U Points:\na. one\nb. two and more']);
    expect(shown('1. (U) Points:', ' 1. one of', '5. Five more')).toEqual(['1 U Points:\n1. one of 5. Five more']);
    expect(shown('1. (U) Votes:', 'Party      Seats', 'North      12', 'They won.')).toEqual([
      '1 U Votes:\nParty      Seats\nNorth      12\nThey won.',
    ]);
  });

  test('does not break at a blank line or a dash inside a sentence', () => {
    expect(shown(`1. (U) ${sampleLine}`, '', 'Bridge Street.')).toEqual([`1 U ${sampleLine}Bridge Street.`]);
    expect(shown('1. (U) They came,', '', 'and went.')).toEqual(['1 U They came, and went.']);
    expect(shown('1. (U) The observers', '- along with the media - left.')).toEqual([
      '1 U The observers - along with the media - left.',
    ]);
  });

  test('joins a word parted at its hyphen', () => {
    expect(shown('1. (U) The inter-', 'ministerial talks of pre-', 'and post-war times -', 'all.')).toEqual([
      '1 U The inter-ministerial talks of pre- and post-war times - all.',
    ]);
  });

  test('leaves headings, rules and the signature out', () => {
    expect(shown('1. (U) One.', '', 'WHAT HAPPENS NEXT', '-----------------', '2. (U) Two.', '', 'SMITH')).toEqual([
      '1 U One.',
      '2 U Two.',
    ]);
    expect(shown('1. (U) One.', '--------- ------', '--------- ------', '2. (U) Two.')).toEqual([
      '1 U One.',
      '2 U Two.',
    ]);
    expect(shown('1. (U) One.', '', 'A Market And Its Bridge', '', '2. (U) Two.')).toEqual(['1 U One.', '2 U Two.']);
    expect(shown('1. (U) One.', 'TWO BRIDGES', '-----------', '2. (U) Two. SMITH')).toEqual(['1 U One.', '2 U Two.']);
    expect(shown('1. ONE.', '', '2. TWO.', '', 'SMITH')).toEqual(['1 - ONE.', '2 - TWO.']);
    expect(shown('1. (U) One.', '', 'A LONG HEADING --------------------', '', '2. (U) Two.')).toEqual([
      '1 U One.',
      '2 U Two.',
    ]);
  });

  test('keeps what is no heading', () => {
    expect(shown('1. (U) One.', '', 'They said no more about it.', '', '2. (U) Two.')).toEqual([
      '1 U One.\nThey said no more about it.',
      '2 U Two.',
    ]);
    expect(
      shown('1. THE MARKET STANDS.', '', 'MR. SMITH WILL TRAVEL', 'TO IT.', '', 'IT IS OPEN', '', '2. TWO.'),
    ).toEqual(['1 - THE MARKET STANDS.\nMR. SMITH WILL TRAVEL TO IT.\nIT IS OPEN', '2 - TWO.']);
    expect(shown('1. (U) One.', '', 'So it was.', 'NEXT', '----', '2. (U) Two.')).toEqual([
      '1 U One.\nSo it was.',
      '2 U Two.',
    ]);
    expect(shown('1. (U) THE MARKET', 'STANDS.', '2. (U) TWO.')).toEqual(['1 U THE MARKET STANDS.', '2 U TWO.']);
  });
});

describe('a word torn at the end of a line', () => {
  const wide = Array.from({ length: 6 }, () => sampleLine);
  const copy = (...torn: string[]) =>
    read('1. (U) The Nur Otan party and the Kazakhstani people met there. ', ...wide, ...torn);

  test('is one word where that occurs elsewhere and its second half does not', () => {
    expect(copy('They are common Kazakhs', 'tani people. ').paragraphs[0]?.text).toMatch(
      /common Kazakhstani people\.$/,
    );
  });

  test('stays apart where it would not be certain', () => {
    expect(copy('They are common Kazakhs ', 'tani people. ').paragraphs[0]?.text).toMatch(/Kazakhs tani people\.$/);
    expect(copy('The tani and the Kazakhs', 'tani people. ').paragraphs[0]?.text).toMatch(/Kazakhs tani people\.$/);
    expect(copy('They are common Uzbeki', 'stani people. ').paragraphs[0]?.text).toMatch(/Uzbeki stani people\.$/);
    expect(
      read('1. (U) They cannot go out without it. ', ...wide, 'They can', 'not stay with', 'out it. ').paragraphs[0]
        ?.text,
    ).toMatch(/can not stay with out it\.$/);
  });

  test('that lost letters stays as it is and is told', () => {
    const { paragraphs, warnings } = copy('They saw that the N', 'Otan party met. ');
    expect(paragraphs[0]?.text).toMatch(/that the N Otan party met\.$/);
    expect(warnings).toEqual([{ code: 'broken-word', paragraph: 1, message: expect.stringContaining('"Nur"') }]);
  });
});

describe('a paragraph that stops inside a sentence', () => {
  const long = [sampleLine, sampleLine];

  test('is told', () => {
    expect(
      warned('1. (U) They met.', ...long, 'and they said that the bridge was closed in the year of the', '2. (U) Two.'),
    ).toEqual(['cut-off 1']);
    expect(warned('1. (U) They met.', ...long, 'and they will', '2. (U) Two.')).toEqual(['cut-off 1']);
    expect(warned('1. (U) Summary. On Monday the presi...')).toEqual(['cut-off 1']);
  });

  test.each([
    'End summary',
    'END COMMENT',
    'It was open.',
    'It was "open"',
    'the party:',
    'names XXXXXXXX',
    'see http://www.example.org/bridges/of/the/market/index',
  ])('is not one that ends with %s', (end) =>
    expect(warned('1. (U) They met.', ...long, end, '2. (U) Two.')).toEqual([]),
  );

  test('is not a short title or the end of a list', () => {
    expect(warned('1. (U) Participants', '2. (U) Two.')).toEqual([]);
    expect(
      warned(
        '1. (U) They met and said.',
        ...long,
        'Points:',
        '- The bridge and its market and the river and the old town',
        '2. (U) Two.',
      ),
    ).toEqual([]);
  });
});

describe('a damaged numbering is told', () => {
  test('where a text has no numbered paragraphs', () => {
    expect(read('The market stands east of the river.', '', 'Its bridge stands west.').warnings).toEqual([
      { code: 'no-paragraphs', paragraph: null, message: 'the text has no numbered paragraphs' },
    ]);
    expect(warned('1. (U) Open.')).toEqual([]);
  });

  test('where a paragraph is empty but for the signature', () => {
    expect(read('1. (U) Open.', '', '2. ', 'Keeper').warnings).toEqual([
      { code: 'cut-off', paragraph: 2, message: 'paragraph 2 is empty' },
    ]);
  });

  test('once, at the first paragraph with a second number, and the text stays as printed', () => {
    const lines = ['1. One.', '', '2. 2. Two.', '', '3. ', '', '4. 3. Four.'];
    expect(shown(...lines)).toEqual(['1 - One.', '2 - 2. Two.', '3 - ', '4 - 3. Four.']);
    expect(read(...lines).warnings.filter(({ code }) => code === 'renumbered')).toEqual([
      { code: 'renumbered', paragraph: 2, message: 'paragraph 2 has a second number, "2.", and 1 more has one too' },
    ]);
    expect(warned('1. (U) Points:', '1. a', '2. b', '2. (U) 4.5 percent.', '3. 4.5 percent.')).toEqual([]);
  });
});

describe('paragraphs printed again inside a later one', () => {
  const one = [
    'The old market of the town stands east of the river, and the keeper of its bridge',
    'was seen there on each of the days. ',
  ];
  const two = [
    'The bridge stands west of the river, where the market women of',
    'the old town cross it in the morning. ',
  ];
  const page = 'ASTANA 00002299  002 OF 002';
  const before = [
    `1. (U) ${one[0]}`,
    one[1] ?? '',
    '',
    `2. (SBU) ${two[0]}`,
    two[1] ?? '',
    '',
    '3. (U) The keeper went',
  ];
  const after = ['', 'home at night. ', '', '4. (U) Four.'];
  const whole = [
    `1 U ${one.join(' ').trim()}`,
    `2 SBU ${two.join(' ').trim()}`,
    '3 U The keeper went home at night.',
    '4 U Four.',
  ];

  test('are left out and told, whether each has its line or not', () => {
    const inOne = [...before, page, '', `1. (U) ${one.join(' ')}2. (SBU) ${two.join(' ')}`, ...after];
    expect(shown(...inOne)).toEqual(whole);
    expect(read(...inOne).warnings).toEqual([
      {
        code: 'repeated-text',
        paragraph: 3,
        message: 'paragraph 3 holds a second copy of paragraphs 1 to 2, which is left out',
      },
    ]);
    const inTheirs = [...before, page, ...before.slice(0, 6), ...after];
    expect(shown(...inTheirs)).toEqual(whole);
    expect(warned(...inTheirs)).toEqual(['repeated-text 3']);
  });

  test('may end in mid-line, and one may stand after another', () => {
    const again = `1. (U) ${one.join(' ')}`;
    expect(shown(...before, again, again, `${again}home at night.`, '4. (U) Four.')).toEqual(whole);
    expect(warned(...before, again, again, `${again}home at night.`, '4. (U) Four.')).toEqual(['repeated-text 3']);
    const rows = [...before, ...before.slice(0, 3), `2. (SBU) ${two.join(' ')}home at night.`, '4. (U) Four.'];
    expect(shown(...rows)).toEqual(whole);
    expect(warned(...rows)).toEqual(['repeated-text 3']);
  });

  test('may be the first part of the paragraph itself', () => {
    const start = `1. (U) ${one.join(' ')}`;
    expect(shown(start, page, start, 'He left.', '2. (U) Two.')).toEqual([`1 U ${one.join(' ')}He left.`, '2 U Two.']);
  });

  test('are kept and told where it is not certain how far they go', () => {
    const lines = [...before, `1. (U) ${one[0]}`, 'was not seen. ', ...after];
    expect(shown(...lines)[2]).toContain('keeper of its bridge was not seen.');
    expect(read(...lines).warnings).toEqual([
      {
        code: 'repeated-text',
        paragraph: 3,
        message: 'paragraph 3 repeats the beginning of paragraph 1; it is not certain how far, so all is kept',
      },
    ]);
  });

  test('are not seen in what only begins alike', () => {
    expect(warned(...before, '1. (U) The market stands east.', '2. (U) The bridge stands west.', ...after)).toEqual([]);
    expect(warned('1. (U) Summary', '2. (U) Points:', '1. (U) Summary', '3. (U) Three.')).toEqual([]);
  });

  test('leave the anchors where they stand on the page', () => {
    const { anchors, paragraphs } = read(...before, page, ...before.slice(0, 6), ...after);
    expect(anchorTargetsOf(anchors, paragraphs).map(({ paragraph, exact }) => [paragraph, exact])).toEqual([
      [1, true],
      [2, true],
      [3, true],
      [4, true],
    ]);
    expect(anchors).toHaveLength(6);
  });
});
