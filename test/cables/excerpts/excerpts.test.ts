import fc from 'fast-check';
import twitter from 'twitter-text';
import { describe, expect, test } from 'vitest';
import { excerptOf, excerptsOf } from '../../../src/cables/excerpts/excerpts.ts';
import { openFolderCorpus } from '../../../src/cables/corpus/folder-corpus.ts';
import { referenceId } from '../../../src/cables/ids/reference-id.ts';
import { readTable } from '../../../src/cables/tsv.ts';
import { Excerpts } from '../../../src/core/reply.ts';
import { inert } from '../../../src/core/text/strangers.ts';
import { facetsOf } from '../../../src/platforms/bluesky/post-record.ts';
import { seed } from '../../replies/answers.ts';
import { hostile } from '../../support/strangers.ts';

const id = referenceId('07ASTANA2244');
const sample = new URL('../../../config/sample/07ASTANA2244.txt', import.meta.url).pathname;
const words = 'Tazhenov met the Consular Officer in his office.';

function cable(classification: string | null, marking: string | null, text = words) {
  return { referenceId: id, classification, paragraphs: [{ number: 5, marking, text, anchor: 'par5' }] };
}

/** The least setting with an excerpt. */
function needs(...of: Parameters<typeof cable>): Excerpts | undefined {
  return Excerpts.options.find((setting) => excerptOf(cable(...of), 5, setting) !== undefined);
}

describe('the higher marking of cable and paragraph decides', () => {
  test.each<[string | null, string | null, Excerpts]>([
    ['UNCLASSIFIED', 'U', 'unclassified'],
    ['UNCLASSIFIED', null, 'unclassified'],
    ['UNCLASSIFIED', 'SBU', 'unclassified'],
    ['UNCLASSIFIED//FOR OFFICIAL USE ONLY', 'SBU/NF', 'unclassified'],
    ['LIMITED OFFICIAL USE', 'LOU', 'unclassified'],
    ['UNCLASSIFIED', 'C', 'confidential'],
    ['CONFIDENTIAL', 'U', 'confidential'],
    ['CONFIDENTIAL', null, 'confidential'],
    ['CONFIDENTIAL//NOFORN', 'C/NF', 'confidential'],
    ['CONFIDENTIAL', 'NF/C', 'confidential'],
    ['CONFIDENTIAL', 'C/REL NATO', 'confidential'],
    ['CONFIDENTIAL', 'S', 'all'],
    ['CONFIDENTIAL', 'S/NF', 'all'],
    ['CONFIDENTIAL', 'N/SF', 'all'],
    ['UNCLASSIFIED', 'SECRET', 'all'],
    ['SECRET', 'U', 'all'],
    ['SECRET', null, 'all'],
    ['SECRET//NOFORN', 'C', 'all'],
    ['TOP SECRET', 'U', 'all'],
    // Not known, or not understood.
    [null, 'U', 'all'],
    [null, null, 'all'],
    ['', 'U', 'all'],
    ['UNCLASSIFIED', '', 'all'],
    ['UNCLASSIFIED', 'Q', 'all'],
    ['UNCLASSIFIED', 'U/XYZ', 'all'],
    ['UNCLASSIFIED SECRET', 'U', 'all'],
    ['S E C R E T', 'U', 'all'],
  ])('%s, paragraph %s: %s', (classification, marking, least) => {
    expect(needs(classification, marking)).toBe(least);
  });

  test.each<[string, Excerpts]>([
    [`(S) ${words}`, 'all'],
    [`(S/NF) ${words}`, 'all'],
    [`(C) ${words}`, 'confidential'],
    [`(U) ${words}`, 'unclassified'],
    ['Tazhenov met the Consular Officer: a. (S) in his office.', 'all'],
    [`${words} (S) And at night in another place of the city.`, 'unclassified'],
    ['THE MINISTER(S) MET THE CONSULAR OFFICER IN HIS OFFICE.', 'unclassified'],
    [`(U.S.) ${words}`, 'unclassified'],
    [`(China) (NSDP) ${words}`, 'unclassified'],
  ])('and a marking within the words: %s', (text, least) => {
    expect(needs('UNCLASSIFIED', null, text)).toBe(least);
  });

  const rank: Readonly<Record<string, number>> = { U: 1, SBU: 1, LOU: 1, FOUO: 1, C: 2 };
  const rows = readTable('markings.tsv');
  const levels = rows.flatMap(([written = '', kind, code = '']) =>
    kind === 'level' ? [{ written, rank: rank[code] ?? 3 }] : [],
  );
  const controls = rows.flatMap(([written = '', kind]) => (kind === 'control' ? [written] : []));
  const marking = fc
    .tuple(fc.constantFrom(...levels), fc.subarray(controls, { maxLength: 3 }), fc.constantFrom('/', '//', ', ', ' '))
    .map(([level, more, mark]) => ({ rank: level.rank, written: [level.written, ...more].join(mark) }));

  test('of all levels and controls of the table, in every setting', () => {
    fc.assert(
      fc.property(marking, fc.option(marking), fc.constantFrom(...Excerpts.options), (whole, part, setting) => {
        const found = excerptOf(cable(whole.written, part?.written ?? null), 5, setting);
        const isPermitted = Math.max(whole.rank, part?.rank ?? 0) <= Excerpts.options.indexOf(setting);
        expect(found?.text).toBe(isPermitted ? words : undefined);
      }),
    );
  });

  test('and of what is no marking, nothing but `all` permits an excerpt', () => {
    const known = new Set(rows.map(([written = '']) => written));
    const unknown = fc.string().filter(
      (text) =>
        !text
          .toUpperCase()
          .split(/[\s/,-]+/)
          .some((word) => known.has(word)),
    );
    fc.assert(fc.property(unknown, (text) => needs('UNCLASSIFIED', text) === 'all' && needs(text, 'U') === 'all'));
  });
});

test('a reply has excerpts of the cited paragraphs of which cable and text are known', async () => {
  const corpus = await openFolderCorpus([sample], () => {});
  const cited = [seed([5, 25], { status: 'unknown-paragraph' }), seed([]), seed([6], { status: 'ambiguous' })];
  const [found, ...others] = await excerptsOf(corpus, cited, 'confidential');
  expect(others).toEqual([]);
  expect(found).toMatchObject({ referenceId: id, paragraph: 5, needs: 'unclassified' });
  expect(found?.text).toMatch(/^Tazhenov told Conoff that some parties have not .* to mass media\.$/);
  expect(await excerptsOf(corpus, cited, 'never')).toEqual([]);
});

/** What makes links in other clients: signs of hashtags and mentions, schemes, domains (WordPress: make_clickable). */
const linked = /[@＠﹫]|[#＃﹟]\S|\p{L}:\S|:\/\/|[.．。｡]\p{L}{2}|\b(?:www|ftp)\.\S/iu;

describe('the words of a cable', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '@',
      '#',
      '＃',
      '$',
      '.',
      ':',
      '/',
      'www.',
      'http://',
      'https://',
      'mailto:',
      'magnet:?xt=',
      'xmpp:',
      'nostr:',

      'state.gov',
      'a',
      'x',
      '1',
      'com',
      't.co/x',
      'USD',
      'évil',
      'e\u0301',
      '中国',
      'xn--p1ai',
      ' ',
      '\n',
      '(',
      ')',
      '“',
      '-',
      '_',

      ...hostile.flatMap((text) => text.split(' ')).filter((word) => word.length < 100),
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

  test('address nobody and link to nothing, on any platform', () => {
    fc.assert(
      fc.property(text, (written) => {
        const quoted = inert(written);
        expect(quoted).not.toMatch(linked);
        for (const place of [quoted, `“${quoted}”`, `: ${quoted}`]) {
          expect(twitter.extractEntitiesWithIndices(place), place).toEqual([]);
          expect(facetsOf(place, undefined)).toEqual([]);
        }
        expect(inert(quoted)).toBe(quoted);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    [
      'Posts at http://www.state.gov/x.html by amb@state.gov',
      'Posts at http: //www. state. gov/x. html by amb(at)state. gov',
    ],
    ['#1 of #cablegate costs $US 3.5 million, or $5', '# 1 of # cablegate costs $ US 3.5 million, or $5'],
    [
      'The U.S.-led mission at 14:30 (EO 12958 1.4(b)) in No. 3',
      'The U.S.-led mission at 14:30 (EO 12958 1.4(b)) in No. 3',
    ],
  ])('stay as they are otherwise: %s', (written, quoted) => expect(inert(written)).toBe(quoted));

  test('are cut after a word, never within one, and never within a character', () => {
    const long = fc.array(
      fc.constantFrom('minister', 'U.S.', 'said', '👩‍👩‍👧', 'é'.repeat(9), 'x'.repeat(290), '\uD83D', '@', 'a.bc'),
      { minLength: 1, maxLength: 90 },
    );
    fc.assert(
      fc.property(long, (all) => {
        const written = all.join(' ');
        const found = excerptOf(cable('UNCLASSIFIED', 'U', written), 5, 'all')?.text ?? '';
        expect(found.length).toBeLessThanOrEqual(300);
        expect(found.isWellFormed()).toBe(true);
        const quoted = found.replace(/…$/, '').split(' ');
        expect(
          inert(written)
            .split(' ')
            .slice(0, quoted.length)
            .map((word) => word.replace(/[,;:]$/, '')),
        ).toEqual(quoted);
      }),
    );
  });
});
