import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstSentence } from '../../../src/cables/excerpts/first-sentence.ts';

/** What comes before the bar is quoted; without one all is. */
const sentences: readonly (readonly [string, string])[] = [
  ['a plain end', 'Tazhenov met the Consular Officer in his office.| He was late.'],
  ['two spaces', 'Tazhenov met the Consular Officer in his office.|  He was late.'],
  ['a question', 'Would the minister meet the delegation in the end?| He would.'],
  ['an exclamation', 'The crowd called for the minister to resign now!| He did not.'],
  ['only one sentence', 'The embassy requests country clearance for the visit.'],
  ['no end at all', 'The embassy requests country clearance for the visit'],
  ['U.S.', 'The U.S. Embassy and the U.S. Mission raised it with the ministry.| He agreed.'],
  ['U.S. at the end', 'The minister will soon travel to the U.S.| The visit is private.'],
  ['D.C. before a comma', 'He studied in Washington, D.C., and later in Astana itself.| He left.'],
  ['P.M.', 'Results were announced at 8 P.M. Paris time on Sunday by the ministry.| He won.'],
  ['Amb.', 'On Monday Amb. Smith met with the minister of culture, Cesar Molina.| He agreed.'],
  ['AMB. in capitals', 'ON MONDAY AMB. SMITH MET WITH THE MINISTER OF CULTURE, MOLINA.| HE AGREED.'],
  ['Mr. and Gen.', 'It was Mr. Tuyakbay, not Gen. Brown or Lt. Col. Jones, who answered.| He left.'],
  ['No. 3', 'The party put it as demand No. 3 of those that it made in June.| It was refused.'],
  ['NO. in capitals', 'DIPLOMATIC PASSPORT NO. 12345 WAS ISSUED TO THE VISITOR IN MAY.| IT EXPIRES SOON.'],
  ['no as a word', 'Asked whether the government agreed, he told us plainly no.| The others agreed.'],
  ['para. 5', 'The request that is described in para. 5 was received in Astana.| It was late.'],
  ['Dec. 13', 'Mr. Blackwood will travel from Barbados to Tobago on Dec. 13 by air.| He returns.'],
  ['initials', 'The letter was signed by George W. Bush and by J. R. Smith himself.| It was sent.'],
  ['a letter at the end', 'The government has given up and now follows its own plan B.| The plan is new.'],
  ['Inc.', 'A contract was signed with Acme Inc. Texas for the new pipeline.| It is secret.'],
  ['Jr.', 'The delegation was led by John Smith Jr. Its members were tired.| They slept.'],
  ['decimals', 'Growth was 3.5 percent in 2006, and 10.1 billion were invested.| It fell.'],
  ['i.e. and e.g.', 'Militia groups, i.e. vigilante forces, e.g. those of Rio, move north.| They grow.'],
  ['vs.', 'The press sees it as a contest of Nur Otan vs. NSDP in the Oblast.| It is not.'],
  ['brackets', 'The outcry was enormous (Note: It was new. It was loud. End note.) in May.| It ended.'],
  ['brackets after it', 'In recent months the Ministers spent 4 million on cars.| (Note: It is allowed.)'],
  ['quotation marks', 'He said: "It was late. We go home," and the crowd stood up and left him.| It rained.'],
  ['typographic ones', 'He said: “It was late. We go home,” and the crowd stood up and left him.| It rained.'],
  ['an end within them', 'They called it with much pathos an “example to the world.”| He nodded.'],
  ['a redaction', 'XXXXXXXXXXXX told the Ambassador that XXXXXXXXXXXX would resign.| XXXXXXXXXXXX agreed.'],
  ['a redaction at the end', 'The Ambassador was told so by his old friend XXXXXXXXXXXX.| XXXXXXXXXXXX agreed.'],
  ['a hidden name', 'xxxxxxxxxxxx said that he would not vote for the party.| xxxxxxxxxxxx was calm.'],
  ['three points', 'Growth was slow... and then it was fast in all of the regions.| It fell.'],
];

/** Of what is shorter than this no end is looked for. */
const before = 'In the course of the last year the embassy reported often: ';

test.each(sentences)('of a paragraph with %s', (_, written) => {
  const [quoted = '', rest = ''] = written.split('|');
  expect(firstSentence(quoted + rest)).toBe(quoted);
  expect(firstSentence(before + quoted + rest)).toBe(before + quoted);
});

test.each([
  [
    'a short line',
    'SUMMARY. The Ambassador met the Minister in May. He agreed.',
    'SUMMARY. The Ambassador met the Minister in May.',
  ],
  [
    'a number of its own',
    '12. Officials have voiced public concern about it. They fear a rise.',
    'Officials have voiced public concern about it.',
  ],
  [
    'a list',
    'The minister made three points in all of this:\n-- the first\n-- the second',
    'The minister made three points in all of this: …',
  ],
  [
    'a short list',
    'He made three points:\n-- the first of them is short;\n-- the second',
    'He made three points: -- the first of them is short; …',
  ],
  [
    'a blank line',
    'The minister made three points in all of this.\n\nThe first',
    'The minister made three points in all of this.',
  ],
  [
    'a heading',
    '(Iran) New Protests\nAll papers carry the new clashes. They fear more.',
    '(Iran) New Protests / All papers carry the new clashes.',
  ],
  [
    'a long heading',
    '(China) Reaction to the Jailing of Liu Xiabo in May\nHe is free. He left.',
    '(China) Reaction to the Jailing of Liu Xiabo in May / He is free.',
  ],
  [
    'lines that are broken',
    'The minister said\tthat  the\u200B party\u0007 had won in Astana. He left.',
    'The minister said that the party had won in Astana.',
  ],
  ['nothing', ' \n\u200B ', ''],
])('of a paragraph with %s', (_, text, quoted) => expect(firstSentence(text)).toBe(quoted));

describe('whatever the text is', () => {
  const piece = fc.constantFrom(
    'The',
    'minister',
    'U.S.',
    'Amb.',
    'Smith',
    'said.',
    '"It',
    'was',
    'late."',
    '(Note:',
    'end.)',
    '3.5',
    'XXXXXXXXXXXX',
    '…',

    'é\u0301',
    '👩‍👩‍👧',
    '\uD83D',
    '\u200B',
    '\u202E',
    ' ',
    '\n',
    'x'.repeat(200),
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 400 }).map((pieces) => pieces.join(' ')),
    fc.string({ unit: 'binary' }),
  );

  test('it is on one line, and the start of the text', () => {
    fc.assert(
      fc.property(text, (written) => {
        const sentence = firstSentence(written);
        const letters = (all: string) => all.replaceAll(/[^\p{L}\p{N}.]/gu, '');
        expect(sentence).not.toMatch(/[\n\r\u202E]/);
        expect(letters(written.normalize('NFC')).startsWith(letters(sentence.replace(/ …$/, '')))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
