import { describe, expect, test } from 'vitest';
import { highestSerial, inferredMonth, isPlausible } from '../../../src/cables/ids/months.ts';
import { canonicalReferenceId, partsOf, referenceId } from '../../../src/cables/ids/reference-id.ts';
import { madeIds } from '../../support/made-ids.ts';
import { sampleTest } from '../../support/sample-test.ts';
import { type ListedId, listedIds } from '../../support/samples.ts';

const astana = (year: number, serial: number) => ({ year, station: 'ASTANA', serial });

describe('inferredMonth', () => {
  test('places a serial within its station’s year', () => {
    expect(inferredMonth(astana(2007, 2244))).toBe(8);
    expect(inferredMonth(astana(2007, 1))).toBe(1);
    expect(inferredMonth(astana(2007, 99_999))).toBe(12);
  });

  test('says nothing of a year without cables', () => {
    expect(inferredMonth(astana(1990, 5))).toBeUndefined();
    expect(inferredMonth({ year: 2007, station: 'SECDEF', serial: 5 })).toBeUndefined();
  });

  test('is right for each of 5,000 made IDs, at both ends of a stretch and between', () => {
    const sound = madeIds(1).filter(({ id, right }) => id === right);
    const wrong = sound.filter(({ id, month }) => inferredMonth(partsOf(referenceId(id))!) !== month);
    expect(wrong).toEqual([]);
  });

  sampleTest('is right for 99.6 % of the published cables or more', () => {
    const listed = listedIds();
    const right = listed.filter(({ id, month }) => {
      const canonical = canonicalReferenceId(id);
      const parts = canonical && partsOf(canonical);
      return parts !== undefined && inferredMonth(parts) === month;
    });
    expect(right.length / listed.length).toBeGreaterThanOrEqual(0.996);
  });
});

describe('isPlausible', () => {
  test('holds for serials up to half as many again as are published', () => {
    expect(highestSerial('ASTANA', 2007)).toBe(3379);
    expect(isPlausible(astana(2007, 5168))).toBe(true);
    expect(isPlausible(astana(2007, 5169))).toBe(false);
  });

  test('holds from a year before the station’s first cable to a year after its last', () => {
    expect(isPlausible(astana(2005, 5))).toBe(true);
    expect(isPlausible(astana(2004, 5))).toBe(false);
    expect(isPlausible({ year: 2008, station: 'KIEV', serial: 5 })).toBe(false);
    expect(isPlausible({ year: 2008, station: 'SECDEF', serial: 5 })).toBe(false);
  });

  test('holds for each of 5,000 made IDs', () => {
    expect(madeIds(2).filter(isDoubtful)).toEqual([]);
  });

  sampleTest('holds for every published cable', () => {
    expect(listedIds().filter(isDoubtful)).toEqual([]);
  });
});

function isDoubtful({ id }: ListedId): boolean {
  const parts = partsOf(canonicalReferenceId(id)!);
  return parts === undefined || !isPlausible(parts);
}
