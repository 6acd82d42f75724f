import { describe, expect, test } from 'vitest';
import { allStations, stationNamed, stationOfRoute } from '../../../src/cables/ids/stations.ts';

describe('stationNamed', () => {
  test.each([
    ['astana', 'ASTANA'],
    ['Port-au-Prince', 'PORTAUPRINCE'],
    ["N'Djamena", 'NDJAMENA'],
    ['N’Djamena', 'NDJAMENA'],
    ['São Paulo', 'SAOPAULO'],
    ['Ho Chi Minh City', 'HOCHIMINHCITY'],
    ['0TTAWA', 'OTTAWA'],
    ['Embassy Astana', 'ASTANA'],
    ['Embassy Kyiv', 'KYIV'],
    ['secstate', 'STATE'],
    ['KL', 'KUALALUMPUR'],
    ['CDC', 'CDCATLANTAGA'],
  ])('knows %s as %s', (name, code) => {
    expect(stationNamed(name)?.code).toBe(code);
  });

  test.each(['', 'Atlantis', '90', 'DAYFIANCE', ' ', 'x'.repeat(10_000)])('knows no station %j', (name) => {
    expect(stationNamed(name)).toBeUndefined();
  });

  test.each(['BENIN', 'CDCATLANTAGA', 'MONTEREY', 'SECDEF', 'USCBP', 'USDAFAS', 'USDOC', 'USDOJ', 'WHITEHOUSE'])(
    'knows %s, which only REF lines name and which has no cables',
    (code) => {
      expect(stationNamed(code)).toMatchObject({ code, firstYear: null, maxSerial: null });
    },
  );

  test('takes an alias for the station it stands for only where nothing is published under the alias itself', () => {
    expect(stationNamed('TAIPEI')?.code).toBe('TAIPEI');
    expect(stationNamed('TAIPEI', 2002)?.code).toBe('AITTAIPEI');
    expect(stationNamed('TAIPEI', 2005)?.code).toBe('TAIPEI');
    expect(stationNamed('WASHDC', 2009, 872)?.code).toBe('WASHDC');
    expect(stationNamed('WASHDC', 2009, 12)?.code).toBe('STATE');
    expect(stationNamed('PARISFR', 2007)?.code).toBe('UNESCOPARISFR');
  });
});

test('a routing indicator names its post', () => {
  expect(stationOfRoute('RUEHTA')?.code).toBe('ASTANA');
  expect(stationOfRoute('ruehc')?.code).toBe('STATE');
  expect(stationOfRoute('RUXXXX')).toBeUndefined();
});

test('283 stations have cables, each with a label, years in order and a highest serial', () => {
  const published = allStations().filter(({ firstYear }) => firstYear !== null);
  expect(published).toHaveLength(283);
  for (const { code, label, years, firstYear, lastYear, maxSerial } of published) {
    expect(code).toMatch(/^[A-Z]{4,17}$/);
    expect(label).not.toBeNull();
    expect(years).toEqual(years.toSorted((a, b) => a - b));
    expect([firstYear, lastYear]).toEqual([years[0], years.at(-1)]);
    expect(maxSerial).toBeGreaterThan(0);
  }
});
