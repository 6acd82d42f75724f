import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalReferenceId,
  formatReferenceId,
  malformedIds,
  partsOf,
  publishedIdOf,
  referenceId,
} from '../../../src/cables/ids/reference-id.ts';
import { allStations } from '../../../src/cables/ids/stations.ts';
import { madeIds } from '../../support/made-ids.ts';
import { sampleTest } from '../../support/sample-test.ts';
import { listedIds, parserCases } from '../../support/samples.ts';
import { knownAliases, knownCorrections } from '../../support/tables.ts';

describe('canonicalReferenceId', () => {
  test.each([
    ['07ASTANA2244', '07ASTANA2244'],
    ['#07ASTANA2244', '07ASTANA2244'],
    ['07 Astana 002244', '07ASTANA2244'],
    ['07ASTANA00002244', '07ASTANA2244'],
    ['#07-ASTANA-2244', '07ASTANA2244'],
    ['07_astana_2244', '07ASTANA2244'],
    ['2007ASTANA2244', '07ASTANA2244'],
    ['007ASTANA2244', '07ASTANA2244'],
    ['AMEMBASSY', undefined],
    ['07 AMEMBASSY ASTANA 2244', '07ASTANA2244'],
    ['０７ＡＳＴＡＮＡ２２４４', '07ASTANA2244'],
    ['070TTAWA12', '07OTTAWA12'],
    ['20070TTAWA12', '07OTTAWA12'],
    ['06COTON0U33', '06COTONOU33'],
    ['06CAIR01234', '06CAIRO1234'],
    ['66BUENOSAIRES2481', '66BUENOSAIRES2481'],
    ['05KL12', '05KUALALUMPUR12'],
  ])('reads %s as %s', (written, id) => {
    expect(canonicalReferenceId(written)).toBe(id);
  });

  test.each([
    '90DAYFIANCE2',
    '2024ELECTION1',
    'COVID19',
    '07ASTANA',
    '07ASTANA0',
    '11ASTANA5',
    '65ASTANA5',
    '2020ASTANA5',
    '7ASTANA5',
    '07ASTANA1234567',
    '',
    '#',
    '0',
    '07ASTANA22x',
  ])('takes %j for no ID', (written) => {
    expect(canonicalReferenceId(written)).toBeUndefined();
  });

  test('mends published but malformed IDs, and IDs malformed the same way', () => {
    expect(canonicalReferenceId('08THEHAGU799')).toBe('08THEHAGUE799');
    expect(canonicalReferenceId('092OF5')).toBe('09STATE126780');
    expect(canonicalReferenceId('09BRUSELS1292')).toBe('09USEUBRUSSELS1292');
    expect(canonicalReferenceId('09EFTOVIENNA123')).toBe('09VIENNA123');
    expect(canonicalReferenceId('09AMEMBASSYHANOI5')).toBe('09HANOI5');
  });

  test('changes nothing more when it is asked again', () => {
    fc.assert(
      fc.property(writtenId, (written) => {
        const id = canonicalReferenceId(written);
        expect(id).toBeDefined();
        expect(canonicalReferenceId(id ?? '')).toBe(id);
      }),
    );
  });

  test('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (written) => {
        expect(() => canonicalReferenceId(written)).not.toThrow();
      }),
    );
  });
});

const writtenId = fc
  .record({
    year: fc.constantFrom('07', '99', '66', '2003', '1985', '007'),
    station: fc.constantFrom(...allStations().map(({ code }) => code)),
    serial: fc.integer({ min: 1, max: 999_999 }),
    gap: fc.constantFrom('', ' ', '-', '_'),
    pad: fc.constantFrom('', '0', '00'),
    lower: fc.boolean(),
  })
  .map(({ year, station, serial, gap, pad, lower }) => {
    const name = lower ? station.toLowerCase() : station;
    return `${year}${gap}${name}${gap}${pad}${serial}`;
  });

test('parts and format are each other’s inverse', () => {
  const id = referenceId('07ASTANA2244');
  expect(partsOf(id)).toEqual({ year: 2007, station: 'ASTANA', serial: 2244 });
  expect(formatReferenceId({ year: 2007, station: 'ASTANA', serial: 2244 })).toBe(id);
  expect(formatReferenceId({ year: 2010, station: 'ROME', serial: 1 })).toBe('10ROME1');
  expect(partsOf(referenceId('2007FOOBAR12'))).toBeUndefined();
  expect(() => referenceId('no ID')).toThrow('not a reference ID');
});

describe('publishedIdOf', () => {
  test('gives the malformed ID where it alone is published', () => {
    expect(publishedIdOf(referenceId('08THEHAGUE799'))).toBe('08THEHAGU799');
    expect(publishedIdOf(referenceId('09USEUBRUSSELS1292'))).toBe('09BRUSELS1292');
  });

  test('gives the right ID where both are published', () => {
    expect(publishedIdOf(referenceId('07SOFIA828'))).toBe('07SOFIA828');
  });

  test('leads back to the same cable for each of the 203 malformed IDs', () => {
    const malformed = malformedIds();
    expect(new Map<string, string>(malformed)).toEqual(knownCorrections());
    expect(malformed).toHaveLength(203);
    for (const [wrong, right] of malformed) {
      expect(canonicalReferenceId(wrong)).toBe(right);
      expect(canonicalReferenceId(publishedIdOf(right))).toBe(right);
    }
  });
});

test('every known alias means its station in a year without cables of that name', () => {
  const aliases = knownAliases();
  expect(aliases.size).toBe(150);
  for (const [alias, station] of aliases) expect(canonicalReferenceId(`02${alias}12`)).toBe(`02${station}12`);
});

describe('every ID of a list is itself or its correction', () => {
  test('of 5,000 made IDs', () => {
    const made = madeIds(5);
    expect(made).toHaveLength(5000);
    expect(made.filter(({ id, right }) => canonicalReferenceId(id) !== right)).toEqual([]);
  });

  sampleTest('of all published IDs', () => {
    const corrections = knownCorrections();
    const ids = listedIds();
    expect(ids).toHaveLength(251_287);
    expect(ids.filter(({ id }) => canonicalReferenceId(id) !== (corrections.get(id) ?? id))).toEqual([]);
  });
});

sampleTest('the known parser’s cases of IDs pass', () => {
  const cases = parserCases('c14n_id_c14n');
  expect(cases.length).toBeGreaterThan(70);
  for (const { args } of cases) expect(canonicalReferenceId(String(args[0]))).toBe(args[1]);
});
