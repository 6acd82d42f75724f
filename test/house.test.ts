import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { homes, rooms, withRoomTable, withStates } from './support/house.ts';

const root = new URL('..', import.meta.url).pathname;

test('CONTRIBUTING shows the rooms as the architecture test enforces them', async () => {
  const text = readFileSync(`${root}CONTRIBUTING.md`, 'utf8');
  // `npm run house` (vitest -u) writes the file anew.
  await expect(withRoomTable(text)).toMatchFileSnapshot(`${root}CONTRIBUTING.md`);
});

test('docs/replies.md shows the states as the ledger has them', async () => {
  const file = `${root}docs/replies.md`;
  await expect(withStates(readFileSync(file, 'utf8'))).toMatchFileSnapshot(file);
});

test('every room, and every home of a dependency, exists', () => {
  const places = [...Object.keys(rooms), ...Object.values(rooms).flatMap((room) => room.mayImport)];
  const named = new Set([...places, ...Object.values(homes).flat()]);
  expect([...named].filter((place) => !existsSync(`${root}${place}`))).toEqual([]);
});

test('a table without a place in the text is an error', () => {
  expect(() => withRoomTable('no marker')).toThrow('no place between');
});
