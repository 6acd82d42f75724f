import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutate, readMutants } from '../support/mutants.ts';
import { replaceOnce } from '../support/pattern.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const mutants = readMutants();

test('there are at least 25 bugs, each under a name of its own', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(25);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

test.for(mutants)('$name applies, and the tests that must notice it exist', (mutant) => {
  for (const { before, after } of mutate(mutant).values()) expect(after).not.toBe(before);
  for (const file of mutant.killedBy) expect(existsSync(`${root}${file}`), file).toBe(true);
});

test.for<[string, string]>([
  ['as it was written', 'if (left.dueAt < now) send(left, [now]);'],
  ['under other names', 'if (row.until < at) enqueue(row, [at]);'],
  ['in other lines', 'if (left.dueAt < now)\n  send(\n    // Why.\n    left,\n    [now],\n  );'],
])('a pattern finds its code %s', ([, code]) => {
  const [, name] = /\((\w+)/.exec(code)!;
  expect(replaceOnce(`a();\n${code}\nb();`, 'if ($row.$due < $now) $send($$$all);', 'if ($row) a($row);')).toBe(
    `a();\nif (${name}) a(${name});\nb();`,
  );
});

test.for<[string, string]>([
  ['is not there', 'send($x, $y)'],
  ['is there twice', 'send($x)'],
  ['would need one name for two words', 'add($x, $x)'],
  ['is a part of a word', 'end(a)'],
  ['goes on after an empty line', 'send(a); $$$more $y()'],
])('a pattern that %s is an error', ([, find]) => {
  expect(() => replaceOnce('send(a); add(a, b);\n\nsend(b); c();', find, '')).toThrow(
    /^(not found|found more than once)/,
  );
});
