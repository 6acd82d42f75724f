import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { personalData, personalRows } from '../support/personal-data.ts';
import { declaredColumns } from '../support/row-types.ts';

const root = new URL('../..', import.meta.url).pathname;

test('every column of the ledger says whether it holds personal data, and how that goes', () => {
  const columns = declaredColumns(root).map((column) => column.replace(/:.*/, ''));
  const listed = Object.entries(personalData).flatMap(([table, { personal, other }]) =>
    [...Object.keys(personal), ...other].map((column) => `${table}.${column}`),
  );
  expect(listed.toSorted(), 'add new columns to test/support/personal-data.ts').toEqual(columns.toSorted());
});

test('docs/privacy.md has the same table', () => {
  const text = readFileSync(`${root}docs/privacy.md`, 'utf8').replaceAll(/ +/g, ' ');
  for (const row of personalRows()) expect(text).toContain(row);
});
