import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const page = readFileSync(`${root}docs/threat-model.md`, 'utf8');
const [, table = ''] = page.split('<!-- attacks -->');
const rows = table
  .trim()
  .split('\n')
  .slice(2)
  .map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test('the threat model answers every finding of the attack on 0.1.0', () => {
  const findings = rows.flatMap(([number = '']) => (number === '' ? [] : [number]));
  expect(findings).toEqual(Array.from({ length: 29 }, (_none, index) => `S${index + 1}`));
});

test.each(rows)('the threat model names a test that is there: %s %s', (_number, attack, defence, named) => {
  expect(attack).not.toBe('');
  expect(defence).not.toBe('');
  const [, file = '', title = ''] = /^`(test\/[\w./-]+\.ts)`: (.{4,})$/.exec(named ?? '') ?? [];
  expect(existsSync(root + file) && file !== '', named).toBe(true);
  expect(
    titleLines(file).filter((line) => /['"`]/.test(line.split(title)[0]?.at(-1) ?? '')),
    named,
  ).not.toEqual([]);
});

/** Lines that may have the title of a test or of a group, which begins behind a quotation mark. */
function titleLines(file: string): string[] {
  const lines = readFileSync(root + file, 'utf8').split('\n');
  return lines.filter((line) => /^\s*(?:(?:test|describe)\b|\]\)|['"`])/.test(line));
}
