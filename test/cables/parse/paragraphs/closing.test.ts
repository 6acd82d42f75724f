import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readParagraphs } from '../../../../src/cables/parse/paragraphs/paragraphs.ts';

function closed(...rows: string[]) {
  const { paragraphs, signature, residue } = readParagraphs(['1. (U) One.', '', ...rows]);
  return { text: paragraphs.at(-1)?.text, signature, residue: residue.map(({ text }) => text) };
}

const stars = '********************************************* ********************';
const visit = 'Visit Astana’s Classified Website: http://www.state.sgov.gov/p/sca/astana/index.cfm';

describe('below the last paragraph', () => {
  test.each<[string, string[], string, string[]]>([
    ['a name below a blank line', ['', 'KEEPER'], 'KEEPER', []],
    ['a name below the last sentence', ['KEEPER'], 'KEEPER', []],
    ['of two words', ['', "VAN O'DELL"], "VAN O'DELL", []],
    ['in small letters', ['Keeper'], 'Keeper', []],
    ['with the signs of a printer', ['', 'KEEPER##'], 'KEEPER##', []],
    ['the end of the transmission', ['KEEPER', 'BT', '#2299', 'NNNN'], 'KEEPER', ['BT', '#2299', 'NNNN']],
    ['a classification line', ['KEEPER', '', 'CONFIDENTIAL'], 'KEEPER', ['CONFIDENTIAL']],
    ['a post’s footer', ['', visit, '', 'KEEPER'], 'KEEPER', [visit]],
    [
      'a footer of several lines',
      ['', 'Please visit Astana’s Classified', 'Website at: http://www.state.sgov.gov/p/', '', 'KEEPER'],
      'KEEPER',
      ['Please visit Astana’s Classified Website at: http://www.state.sgov.gov/p/'],
    ],
    [
      'a footer between rules',
      ['', stars, visit, 'You can also access this site through the', 'Classified SIPRNET website.', stars, 'KEEPER'],
      'KEEPER',
      [`${visit} You can also access this site through the Classified SIPRNET website.`],
    ],
    ['a footer below the name', ['KEEPER', '', visit], 'KEEPER', [visit]],
    ['a remark below the name', ['KEEPER', '', 'MINIMIZE CONSIDERED'], 'KEEPER', ['MINIMIZE CONSIDERED']],
    ['a remark of the sender', ['MINIMIZE CONSIDERED.', 'KEEPER'], 'KEEPER', ['MINIMIZE CONSIDERED.']],
  ])('%s is in no paragraph', (_, rows, signature, residue) => {
    const text = 'The market stands east.';
    expect(closed(`2. (U) ${text}`, ...rows)).toEqual({ text, signature, residue });
  });

  test.each<[string, string, string | null, string[]]>([
    ['The market stands east. KEEPER', 'The market stands east.', 'KEEPER', []],
    ['MINIMIZE CONSIDERED. KEEPER', 'MINIMIZE CONSIDERED.', 'KEEPER', []],
    ['It is open. MINIMIZE CONSIDERED. KEEPER', 'It is open.', 'KEEPER', ['MINIMIZE CONSIDERED.']],
    [`It is open. ${visit} KEEPER`, 'It is open.', 'KEEPER', [visit]],
    [`It is open. ${visit}`, 'It is open.', null, [visit]],
    ['He came from the U.S. USAID', 'He came from the U.S. USAID', null, []],
  ])('in one line with the paragraph: %s', (line, text, signature, residue) => {
    expect(closed(`2. (U) ${line}`)).toEqual({ text, signature, residue });
  });

  test.each([
    [['2. (U) The delegation then went on to see the', 'UNESCO']],
    [['2. (U) They said:', '', 'We visit the market, and its web site is old.']],
    [['2. (U) They told us. END', 'COMMENT']],
    [['2. (U) THE MARKET IS OPEN TO ALL WHO COME. IT IS NEAR THE', 'BRIDGE']],
  ])('what is no closing stays: %j', (rows) => {
    const { text, signature, residue } = closed(...rows);
    expect(text?.replaceAll(/\s+/g, ' ')).toBe(rows.join(' ').replace('2. (U) ', '').replaceAll(/\s+/g, ' '));
    expect([signature, residue]).toEqual([null, []]);
  });

  test('a text without numbered paragraphs has its signature too', () => {
    expect(readParagraphs(['The market stands east.', '', 'KEEPER']).signature).toBe('KEEPER');
  });

  test('the name of a section is no signature, and what nothing follows is residue', () => {
    expect(closed('2. (U) It is open.', '', 'A LIST OF MARKETS')).toEqual({
      text: 'It is open.',
      signature: null,
      residue: ['A LIST OF MARKETS'],
    });
  });
});

describe('headings', () => {
  test('are sections with the paragraph below them, also ruled in their own line', () => {
    const rows = [
      'SUMMARY',
      '-------',
      '',
      '1. (U) One.',
      '',
      'TWO BRIDGES',
      '-----',
      '2. (U) Two.',
      '',
      'THREE... -----',
    ];
    expect(readParagraphs([...rows, '', '3. (U) Three.']).sections).toEqual([
      { heading: 'SUMMARY', paragraph: 1 },
      { heading: 'TWO BRIDGES', paragraph: 2 },
      { heading: 'THREE...', paragraph: 3 },
    ]);
  });

  test('begin behind the words that end a paragraph in their line', () => {
    const cut = (...last: string[]) => {
      const { paragraphs, sections } = readParagraphs(['1. (U) One.', '', ...last, '', '2. (U) Two.']);
      return [paragraphs[0]?.text, sections[0]?.heading];
    };
    const rule = '-------------- -----';
    expect(cut(`Our subjects today: A BRIDGE OPENS ${rule}`)).toEqual(['One.\nOur subjects today:', 'A BRIDGE OPENS']);
    expect(cut(`Our subjects: BRIDGES: COSTS RISE ${rule}`)).toEqual(['One.\nOur subjects:', 'BRIDGES: COSTS RISE']);
    expect(cut(`Comment: A BRIDGE OPENS ${rule}`)).toEqual(['One.', 'Comment: A BRIDGE OPENS']);
    expect(cut(`Our Subjects: A Bridge Opens ${rule}`)).toEqual(['One.', 'Our Subjects: A Bridge Opens']);
    expect(cut(`OUR SUBJECTS TODAY: A BRIDGE ${rule}`)).toEqual(['One.', 'OUR SUBJECTS TODAY: A BRIDGE']);
  });

  test('are not made of labels above the first paragraph', () => {
    expect(readParagraphs(['SUBJECT: A MARKET', '', 'REF: ASTANA 2221', '', '1. (U) One.']).sections).toEqual([]);
  });
});

describe('what is inside a paragraph and not the drafter’s', () => {
  const pageHead = 'S E C R E T SECTION 02 OF 03 ASTANA 002299';
  test.each<[string, string[], string, string[]]>([
    [
      'a page break',
      ['and so', '', 'ASTANA 00002299  002 OF 003', '', 'it was.'],
      'and so it was.',
      ['ASTANA 00002299 002 OF 003'],
    ],
    ['SIPDIS in mid-sentence', ['used in the SIPDIS killing.'], 'used in the killing.', ['SIPDIS']],
    [
      'SIPDIS below a page’s head',
      ['used in', pageHead, '', 'SIPDIS', '', 'the market.'],
      'used in the market.',
      [pageHead, 'SIPDIS'],
    ],
    [
      'a page of a route',
      ['we saw PAGE 03 RUEHTAA2299 S E C R E T it open.'],
      'we saw it open.',
      ['PAGE 03 RUEHTAA2299 S E C R E T'],
    ],
    ['a classification line', ['we saw', '', 'CONFIDENTIAL', '', 'it open.'], 'we saw it open.', ['CONFIDENTIAL']],
    [
      'a distribution table',
      ['we saw', 'INFO  LOG-00   EUR-01   ACQ-00', 'it open.'],
      'we saw it open.',
      ['INFO LOG-00 EUR-01 ACQ-00'],
    ],
    [
      'its rule',
      ['we saw', 'INFO LOG-00 NP-00', '      ------------------AA1234  291401Z /38', 'it.'],
      'we saw it.',
      ['INFO LOG-00 NP-00', '------------------AA1234 291401Z /38'],
    ],
    [
      'literal tags',
      ['an <em>old</em> market<br>and</td></tr> a bridge.'],
      'an old market and a bridge.',
      ['<em>', '</em>', '<br>', '</td>', '</tr>'],
    ],
  ])('%s is residue', (_, rows, text, residue) => {
    const read = readParagraphs(['1. (U) One,', ...rows, '2. (U) Two.']);
    expect(read.paragraphs[0]?.text.replaceAll(/\s+/g, ' ')).toBe(`One, ${text}`);
    expect(read.residue.map((each) => [each.paragraph, each.text.replaceAll(/\s+/g, ' ')])).toEqual(
      residue.map((each) => [1, each]),
    );
  });

  test.each([
    'Please slug it SIPDIS and send it.',
    'It has the SIPDIS caption now.',
    'It is not SIPDIS (that is known).',
    'We call it SECRET for now.',
    'It was in <May> & June, said <keeper@x>, a < b.',
    'They fly the MIG-29, SU-27 and F-16.',
  ])('what the drafter wrote stays: %s', (text) => {
    const { paragraphs, residue } = readParagraphs([`1. (U) ${text}`, '2. (U) Two.']);
    expect([paragraphs[0]?.text, residue]).toEqual([text, []]);
  });
});

const words = fc.stringMatching(/^[a-z]{3,9}$/);
const row = fc.oneof(
  { weight: 6, arbitrary: fc.array(words, { minLength: 1, maxLength: 9 }).map((each) => `${each.join(' ')}.`) },
  { weight: 3, arbitrary: fc.array(words, { minLength: 1, maxLength: 9 }).map((each) => each.join(' ')) },
  words.map((word) => word.toUpperCase()),
  fc.constantFrom('', '', ' ', '-----', stars, 'BT', 'SIPDIS', visit, 'CONFIDENTIAL', 'ASTANA 00002299  002 OF 003'),
  fc.constantFrom(
    'MINIMIZE CONSIDERED',
    'A Market',
    'TWO BRIDGES',
    'INFO LOG-00 EUR-01',
    'a <br> b',
    '- one',
    '1. two',
  ),
);

test('no word below the first number is lost: it is in a paragraph, a section, the signature or the residue', () => {
  fc.assert(
    fc.property(fc.array(fc.array(row, { maxLength: 12 }), { minLength: 1, maxLength: 4 }), (paragraphs) => {
      const lines = paragraphs.flatMap((rows, index) => [`${index + 1}. (U) Begin.`, ...rows]);
      const read = readParagraphs(lines);
      const kept = [
        ...read.paragraphs.map(({ text }) => text),
        ...read.sections.map(({ heading }) => heading),
        read.signature ?? '',
        ...read.residue.map(({ text }) => text),
      ];
      expect(wordsIn(kept)).toEqual(wordsIn(paragraphs.flatMap((rows) => ['Begin.', ...rows])));
    }),
    { numRuns: 1000 },
  );
});

function wordsIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.match(/[A-Za-z0-9<>/]+/g) ?? []).toSorted();
}
