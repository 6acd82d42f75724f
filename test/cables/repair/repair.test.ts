import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Corpus } from '../../../src/cables/corpus/corpus.ts';
import { findCitations } from '../../../src/cables/citations/find.ts';
import { parseDocument } from '../../../src/cables/parse/parse-document.ts';
import { referenceId } from '../../../src/cables/ids/reference-id.ts';
import { openResolver } from '../../../src/cables/resolve-citation.ts';
import type { Resolution } from '../../../src/core/citation.ts';
import type { Cable } from '../../../src/core/cable.ts';
import { countEdits, holds } from '../../support/edited-ids.ts';
import { madeIds } from '../../support/made-ids.ts';
import { noTexts } from '../../support/no-texts.ts';
import { packedList } from '../../support/packed-list.ts';
import { sampleTest } from '../../support/sample-test.ts';
import { type ListedId, listedIds } from '../../support/samples.ts';
import { tempDir } from '../../support/temp.ts';

const [seed] = parseDocument(readFileSync(new URL('../../../config/sample/07ASTANA2244.txt', import.meta.url), 'utf8'))
  .cables as [Cable];

interface Known {
  listed?: string[] | undefined;
  texts?: Corpus;
}

async function resolve(text: string, { listed, texts = noTexts }: Known): Promise<Resolution> {
  const months = listed?.map((id) => [id, 8] as const);
  const catalogue = months && (await packedList(months, await tempDir()));
  const [citation] = findCitations({ text, hashtags: [], links: [] }, { weakCounts: true }).citations;
  if (citation === undefined) throw new Error(`no citation in ${text}`);
  return await openResolver({ corpus: texts, catalogue, targets: ['plusd'] }).resolve(citation, text);
}

async function ids(text: string, ...listed: string[]): Promise<string[]> {
  return (await resolve(text, { listed })).candidates.map(({ referenceId: id }) => id);
}

const astana = ['07ASTANA2244', '07ALMATY2244', '07ANKARA2244', '07TOKYO1234', '07NAIROBI12'];

describe('where one listed cable can be meant, it is found and said how', () => {
  test.each([
    ['#07ASTNA2244', '07ASTANA2244', 'a letter is missing in ASTNA, for ASTANA'],
    ['#07ASTTANA2244', '07ASTANA2244', 'there is a letter too many in ASTTANA, for ASTANA'],
    ['#07ASATNA2244', '07ASTANA2244', 'letters are swapped in ASATNA, for ASTANA'],
    ['#07ASTAMA2244', '07ASTANA2244', 'a letter is wrong in ASTAMA, for ASTANA'],
    ['#07NA1ROBI12', '07NAIROBI12', 'a digit stands for a letter in NA1ROBI, for NAIROBI'],
    ['#07NAIROB112', '07NAIROBI12', 'a digit stands for a letter in NAIROB1, for NAIROBI'],
    ['2244ASTANA07', '07ASTANA2244', 'the parts are in another order; it is in the catalogue'],
    ['07-2244-ASTANA', '07ASTANA2244', 'the parts are in another order; it is in the catalogue'],
    ['ASTANA072244', '07ASTANA2244', 'year and serial are joined; it is in the catalogue'],
    ['07SETION01OF02ASTANA2244', '07ASTANA2244', 'without what is fused with it; it is in the catalogue'],
    [
      '#07AMEMBASSYASTNA2244',
      '07ASTANA2244',
      'without what is fused with it; a letter is missing in ASTNA, for ASTANA',
    ],
  ])('%s is %s', async (text, id, reason) => {
    const { status, referenceId: found, candidates, links } = await resolve(text, { listed: astana });
    expect({ status, found, links: links.length }).toEqual({ status: 'resolved', found: id, links: 1 });
    expect(candidates).toMatchObject([{ referenceId: id, reason }]);
  });

  test('a renamed post under the name that is listed', async () => {
    for (const [text, id] of [
      ['08CALCUTTA123', '08KOLKATA123'],
      ['05KYIV77', '05KIEV77'],
      ['91STPETERSBURG5', '91LENINGRAD5'],
      ['06BELIZE40', '06BELMOPAN40'],
      ['08MADRAS40', '08CHENNAI40'],
    ] as const)
      expect(await resolve(text, { listed: [id] })).toMatchObject({ status: 'resolved', referenceId: id });
    const dated = await resolve('Kiev 1234 of August 2007', { listed: ['07KYIV1234'] });
    expect(dated).toMatchObject({ status: 'resolved', referenceId: '07KYIV1234' });
    expect(await ids('Kiev 1234', '07KYIV1234')).toEqual(['07KYIV1234']);
  });

  test('an ID as it is listed says nothing of repair', async () => {
    expect((await resolve('07ASTANA2244', { listed: astana })).candidates).toEqual([]);
  });
});

describe('where it is not certain, there are candidates, the nearest first', () => {
  test('a digit that differs is never taken for certain, though one cable only is near', async () => {
    const { status, links, candidates } = await resolve('#07ASTANA2245', { listed: ['07ASTANA2244'] });
    expect([status, links]).toEqual(['unknown-cable', []]);
    expect(candidates).toEqual([
      { referenceId: '07ASTANA2244', distance: 1, reason: 'only the serial (2244) differs' },
    ]);
  });

  test.each([
    ['#08ASTANA2244', '07ASTANA2244', 'the year before'],
    ['#17ASTANA2244', '07ASTANA2244', 'a digit of the year'],
    ['#7ASTANA2244', '07ASTANA2244', 'a year that lost a digit'],
    ['#07ASTANA224', '07ASTANA2244', 'a serial that lost a digit'],
    ['#07ASTANA', '07ASTANA2', 'a serial that lost its only digit'],
    ['#07ASTANA22445', '07ASTANA2244', 'a digit too many'],
    ['#07ASTANA2424', '07ASTANA2244', 'digits swapped'],
    ['#07ASTANA22O4', '07ASTANA2204', 'a letter among the digits'],
    ['#093OF5', '09STATE126780', 'what is near to a malformed ID'],
  ])('%s may be %s: %s', async (text, id) => {
    const malformed = '092OF5';
    expect(await ids(`#cablegate ${text}`, id === '09STATE126780' ? malformed : id)).toEqual([id]);
  });

  test.each([
    ['07BRUSSELS9', '07USEUBRUSSELS9'],
    ['07VIENNA9', '07UNVIEVIENNA9'],
    ['08DUBAI9', '08RPODUBAI9'],
    ['10GENEVA9', '10CDGENEVA9'],
    ['09PARIS9', '09PARISFR9'],
  ])('a station that is taken for another is one: %s may be %s', async (text, id) => {
    const { status, candidates } = await resolve(text, { listed: [id] });
    expect([status, candidates.map(({ referenceId: each }) => each)]).toEqual(['unknown-cable', [id]]);
  });

  test('two stations that are equally near are both named', async () => {
    const { status, candidates } = await resolve('#07XOME5', { listed: ['07ROME5', '07LOME5', '07DOHA5'] });
    expect(status).toBe('ambiguous');
    expect(candidates.map(({ referenceId: id }) => id).toSorted()).toEqual(['07LOME5', '07ROME5']);
  });

  test('a renamed post is not certain beside a slip in the year', async () => {
    const listed = ['07KYIV500', '06KIEV500'];
    expect(await resolve('07KIEV500', { listed })).toMatchObject({ status: 'ambiguous', referenceId: '07KIEV500' });
    expect(await ids('07KIEV500', ...listed)).toEqual(listed);
  });

  test('an alias that is a station itself may be a slip for one of its own cables', async () => {
    const listed = ['08AITTAIPEI2660', '07TAIPEI2660'];
    expect(await resolve('08TAIPEI2660', { listed })).toMatchObject({ status: 'ambiguous' });
    expect(await resolve('08TAIPEI2660', { listed: ['08AITTAIPEI2660'] })).toMatchObject({ status: 'resolved' });
  });

  test('a number that is joined to a name without a year is not certain', async () => {
    const { status, candidates } = await resolve('STATE052244', { listed: ['09STATE52244'] });
    expect([status, candidates.map(({ referenceId: id }) => id)]).toEqual(['ambiguous', ['09STATE52244']]);
  });

  test('what a letter stands for among digits is not certain', async () => {
    expect(await resolve('O7ASTANA2244', { listed: ['07ASTANA2244'] })).toMatchObject({
      status: 'ambiguous',
      candidates: [{ referenceId: '07ASTANA2244', distance: 0.25 }],
    });
  });

  test('without a list a misspelt station is found where the text of the one cable is at hand', async () => {
    const cable = cableOf('07ASTANA2244', 'GAS PRICES IN THE STEPPE');
    const texts = textsOf([cable]);
    expect(await resolve('#07ASTNA2244', { texts })).toMatchObject({ status: 'resolved', referenceId: '07ASTANA2244' });
    expect(await resolve('#07ASTNA2245', { texts })).toMatchObject({
      status: 'ambiguous',
      candidates: [{ referenceId: '07ASTANA2245', distance: 0.5 }],
    });
  });
});

describe('the words of the post', () => {
  const listed = ['07ASTANA2244', '08ASTANA2244'];
  const steppe = cableOf('07ASTANA2244', 'GAS PRICES AND RAILWAYS');
  const opera = cableOf('08ASTANA2244', 'OPERA SEASON OPENS');

  test('tell cables apart by their subjects, where one has them and the others’ texts have none', async () => {
    const found = await resolve('ASTANA 2244 on railways and prices', { listed, texts: textsOf([steppe, opera]) });
    expect(found).toMatchObject({ status: 'resolved', referenceId: '07ASTANA2244' });
    expect(found.candidates[0]?.reason).toContain('its subject has prices, railways');
  });

  test('make the only listed one certain, where they are most of its subject’s', async () => {
    const only = { listed: ['07ASTANA2244'], texts: textsOf([steppe]) };
    const found = await resolve('ASTANA 2244 on railways and prices', only);
    expect(found).toMatchObject({ status: 'resolved', referenceId: '07ASTANA2244' });
    expect(found.candidates[0]?.reason).toContain('its subject has prices, railways');
    const media = textsOf([cableOf('07ASTANA2244', 'MEDIA REACTION: GAS PRICES, WATER, RAILWAYS AND FERRIES')]);
    for (const text of ['ASTANA 2244 on railways', 'ASTANA 2244, media reaction', 'ASTANA 2244: water prices'])
      expect(await resolve(text, { ...only, texts: media })).toMatchObject({ status: 'ambiguous', referenceId: null });
  });

  test('only order them where another text is not at hand, or one word is shared', async () => {
    const other = await resolve('ASTANA 2244: opera season', { listed, texts: textsOf([opera]) });
    expect(other.status).toBe('ambiguous');
    expect(other.candidates.map(({ referenceId: id }) => id)).toEqual(['08ASTANA2244', '07ASTANA2244']);
    const one = await resolve('ASTANA 2244 on railways', { listed, texts: textsOf([steppe, opera]) });
    expect(one.status).toBe('ambiguous');
  });

  test('never decide about a digit', async () => {
    const texts = textsOf([steppe, cableOf('07ASTANA2246', 'OPERA SEASON OPENS')]);
    const found = await resolve('07ASTANA2245 railways and prices', {
      listed: ['07ASTANA2244', '07ASTANA2246'],
      texts,
    });
    expect(found.status).toBe('unknown-cable');
    expect(found.candidates.map(({ referenceId: id }) => id)).toEqual(['07ASTANA2244', '07ASTANA2246']);
  });
});

test('a number of the newspapers’ index is the cable that has it, and unknown where no import knows it', async () => {
  const texts: Corpus = {
    ...noTexts,
    numbered: (index) => Promise.resolve(index === 244_972 ? referenceId('07ASTANA2244') : undefined),
  };
  expect(await resolve('cable no. 244972', { listed: astana, texts })).toMatchObject({
    status: 'resolved',
    referenceId: '07ASTANA2244',
    candidates: [{ reason: 'it has number 244972 in the index that newspapers cite' }],
  });
  expect((await resolve('cable 244973', { listed: astana, texts })).status).toBe('unknown-cable');
});

describe('over seeded single edits of listed IDs', () => {
  test('of 5,000 made IDs, letters are mended, digits give candidates and nothing wrong is certain', async () => {
    await expectRepaired(madeIds(6), 400);
  });

  sampleTest('of the public list as well', async () => {
    await expectRepaired(listedIds(), 400);
  });
});

async function expectRepaired(listed: readonly ListedId[], edits: number): Promise<void> {
  const written = listed.map(({ id }) => id);
  const catalogue = await packedList(
    written.map((id) => [id, 1] as const),
    await tempDir(),
  );
  const counts = await countEdits({ catalogue, ids: written, edits, seed: 7, report: () => undefined });
  expect(holds(counts), JSON.stringify(counts)).toBe(true);
}

test('whatever is written, there are candidates that are listed, each once, and no more than can be read', async () => {
  const listed = [...astana, '08ASTANA2244', '07ROME5'];
  const catalogue = await packedList(
    listed.map((id) => [id, 1] as const),
    await tempDir(),
  );
  const resolver = openResolver({ corpus: noTexts, catalogue, targets: ['plusd'] });
  const units = fc.constantFrom(
    '07',
    '2244',
    'ASTANA',
    'ROME',
    'O',
    '1',
    '-',
    '/',
    'SECTION01OF02',
    'EFTO',
    'X',
    '0',
    'ë',
  );
  const spelling = fc.array(units, { maxLength: 12 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(spelling, async (written) => {
      const clues = { station: null, serial: null, year: null, month: null, quotation: null, spelling: written };
      const citation = {
        kind: 'id',
        strength: 'weak',
        written,
        span: null,
        referenceId: null,
        paragraphs: [],
        clues,
      } as const;
      const { candidates } = await resolver.resolve(citation);
      const found = candidates.map(({ referenceId: id }) => String(id));
      expect(new Set(found).size).toBe(found.length);
      expect(found.filter((id) => !listed.includes(id))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

function cableOf(id: string, subject: string): Cable {
  return { ...seed, referenceId: referenceId(id), subject };
}

function textsOf(cables: readonly Cable[]): Corpus {
  return { ...noTexts, cable: (id) => Promise.resolve(cables.find((cable) => cable.referenceId === id)) };
}
