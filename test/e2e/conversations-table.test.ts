import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { platforms as known } from '../../src/platforms/index.ts';
import { lacking, situations } from './conversations.ts';

/** The table in docs/conversations.md, as rows of cells. */
function tableInDocs(): string[][] {
  const lines = readFileSync('docs/conversations.md', 'utf8').split('\n');
  const rows = lines.filter((line) => line.startsWith('|') && !line.startsWith('| -'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('docs/conversations.md has a cell for each situation on each platform, and its test', () => {
  const [head = [], ...rows] = tableInDocs();
  const platforms = head.slice(1).map((cell) => {
    const [, name = '', file = ''] = /^\[(.+)\]\(\.\.\/(.+)\)$/.exec(cell) ?? [];
    // The file plays all that is not in `lacking`.
    expect(readFileSync(file, 'utf8')).toContain(`conversations('${name}', `);
    return name;
  });
  expect(platforms.toSorted()).toEqual(Object.keys(lacking).toSorted());
  const asked = known.filter(({ consent, feed }) => feed !== undefined && !consent.never.includes('summoned'));
  // Other programs hand these two their posts: there is nothing to ask.
  const ids = [...platforms.map((name) => name.toLowerCase()), 'file', 'webhook'];
  expect(asked.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(rows.map(([situation]) => situation)).toEqual(situations);
  for (const [situation = '', ...cells] of rows)
    for (const [at, cell] of cells.entries()) {
      const missing = Object.entries(lacking[platforms[at] ?? ''] ?? {}).find(([name]) => name === situation);
      if (missing === undefined) expect(cell).toMatch(/^\w/);
      else expect(cell).toBe(`— ${missing[1]}`);
    }
});
