import { describe, expect, test } from 'vitest';
import { cited, find, first } from './find.ts';

const astana = { station: 'ASTANA', serial: 2244 };

describe('weak citations', () => {
  test.each([
    ['ASTANA 2244', 'no-year', 'ASTANA 2244', astana],
    ['Astana 2244', 'no-year', 'Astana 2244', astana],
    ['São Paulo 1234', 'no-year', 'São Paulo 1234', { station: 'SAOPAULO', serial: 1234 }],
    ['see AMEMBASSY ASTANA 2244.', 'no-year', 'AMEMBASSY ASTANA 2244', astana],
    ["Sana'a 1234", 'no-year', "Sana'a 1234", { station: 'SANAA', serial: 1234 }],
    ['Port-au-Prince 123', 'no-year', 'Port-au-Prince 123', { station: 'PORTAUPRINCE', serial: 123 }],
    [
      'Embassy Astana cable 2244 of August 2007 says',
      'description',
      'Embassy Astana cable 2244 of August 2007',
      { ...astana, year: 2007, month: 8 },
    ],
    [
      'the August 2007 Astana cable no. 2244',
      'description',
      'August 2007 Astana cable no. 2244',
      { ...astana, year: 2007, month: 8 },
    ],
    ['cable 2244 from Embassy Astana', 'description', 'cable 2244 from Embassy Astana', astana],
    ['cable Doha 2010', 'description', 'cable Doha 2010', { station: 'DOHA', serial: 2010 }],
  ])('%s is one', (text, kind, written, clues) => {
    const { citations } = find(text, { weakCounts: true });
    expect(citations).toMatchObject([{ kind, strength: 'weak', written, clues, referenceId: null }]);
    expect(find(text).citations).toEqual([]);
  });

  test.each([
    'Doha 2010',
    'Paris 10',
    'paris 100',
    'in Paris 10 of us',
    'the paris 200',
    'about 2244 people',
    'Astana 10:30',
    'Astana 2.244',
    'ASTANA 0',
  ])('%s is none', (text) => {
    expect(cited(text, { weakCounts: true })).toEqual([]);
  });

  test('an ID in everyday words is weak', () => {
    expect(first('08 São Paulo 12', { weakCounts: true })).toMatchObject({ kind: 'id', strength: 'weak' });
    expect(first('05 paris 10', { weakCounts: true })).toMatchObject({ kind: 'id', strength: 'weak' });
  });

  test.each([
    '06 ROME 2006',
    '06 LONDON 2012 OLYMPICS',
    '05 BERLIN 1989',
    'SCORE: 10 MADRID 8',
    '10 PARIS 15 ROME 20',
    '07 DELHI 204',
  ])('so is a headline in capitals or a station’s other name: %s', (text) => {
    expect(cited(text)).toEqual([]);
    expect(first(text, { weakCounts: true })).toMatchObject({ kind: 'id', strength: 'weak' });
  });

  const eight = 'the land of the great steppe is wide';

  test.each([`"${eight}"`, `“${eight}”`, `„${eight}“`, `«${eight}»`])('%s is a quotation', (quoted) => {
    const { citations } = find(`he said ${quoted}!`, { weakCounts: true });
    expect(citations).toMatchObject([
      { kind: 'quotation', strength: 'weak', written: quoted, clues: { quotation: eight } },
    ]);
  });

  test('only the longest two quotations of a post count, in the order of the text', () => {
    const quoted = [eight, `${eight} nine`, `${eight} ten nine`, `${eight} nine ten`, eight];
    const { citations } = find(`#cablegate ${quoted.map((words) => `“${words}”`).join(' and ')}`);
    expect(citations.map(({ clues }) => clues?.quotation)).toEqual([`${eight} ten nine`, `${eight} nine ten`]);
  });

  test('seven words are no quotation, nor are eight over a blank line', () => {
    expect(cited('"the land of the great steppe is"', { weakCounts: true })).toEqual([]);
    expect(cited(`"${eight.replace('great', '\n\n')} indeed"`, { weakCounts: true })).toEqual([]);
  });

  test('do not repeat what an ID names, and a quotation adds nothing to an ID', () => {
    expect(cited(`#cablegate 07ASTANA2244 (ASTANA 2244): "${eight}"`)).toEqual(['07ASTANA2244']);
  });

  test('do not count beside a #cablegate that is part of an address', () => {
    expect(cited('https://host.example/#cablegate ASTANA 2244')).toEqual([]);
    expect(cited('https://host.example/ #cablegate ASTANA 2244')).toEqual(['?']);
  });

  test('of another cable count beside an ID', () => {
    expect(cited('#cablegate 07ASTANA2244 and PARIS 1791')).toEqual(['07ASTANA2244', '?']);
  });
});
