import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { inspectYaml, readYamlFrom } from '../../src/config/yaml/yaml-file.ts';
import { parseYaml } from '../../src/config/yaml/yaml.ts';
import { printed } from '../../src/config/explain-findings.ts';

const folder = mkdtempSync(join(tmpdir(), 'pilcrow-yaml-'));
const file = join(folder, 'a.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

function findings(content: string | Uint8Array, schema: z.ZodType = z.unknown()): readonly string[] {
  writeFileSync(file, content);
  return inspectYaml(file, schema, () => []).map((finding) => printed('a.yaml', finding));
}

const levels = (count: number) => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < count; level += 1) lines.push(`a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`);
  return lines.join('\n');
};

describe('hostile YAML is refused in a sentence:', () => {
  const aliases = 'more than 200 aliases (`*name`): refused';
  const hostile: Record<string, [string | Uint8Array, string]> = {
    'a bomb of nine levels': [levels(9), 'a.yaml:2:10: the aliases (`*name`) in this file unfold to too much: refused'],
    'a bomb of ninety levels': [levels(90), `a.yaml:2:10: ${aliases}`],
    'as many aliases as anchors': [
      Array.from({ length: 40_000 }, (_, index) => `- &a${index} 1\n- *a${index}`).join('\n'),
      `a.yaml:2:3: ${aliases}`,
    ],
    'more than 1 MB': ['x'.repeat(1_000_001), 'a.yaml:1:1: the file is larger than 1 MB: refused'],
    'text that is not UTF-8': [new Uint8Array([0x61, 0xff, 0x62]), 'a.yaml:1:1: the file is not UTF-8 text'],
    'brackets without end': ['['.repeat(200_000), 'a.yaml:1:1: nested more than 64 deep: refused'],
    'lists in lists': ['- '.repeat(100_000), 'a.yaml:1:1: nested more than 64 deep: refused'],
    'seventy lists in lists': [`${'['.repeat(70)}${']'.repeat(70)}`, 'a.yaml:1:66: nested more than 64 deep: refused'],
  };

  test.each(Object.entries(hostile))('%s', (_, [content, expected]) => {
    const found = findings(content);
    expect(found).toHaveLength(1);
    // How deep the parser gets before its stack ends is up to the machine.
    const depth = expected.includes('nested') && content.length > 1000;
    expect(depth ? found[0]?.replace(/:\d+: nested/, ':1: nested') : found[0]).toBe(expected);
  });

  test('quotation marks without end give the first twenty faults', () => {
    expect(findings('"'.repeat(200_000))).toHaveLength(20);
  });

  test('a hundred thousand different keys are looked through in linear time', () => {
    const keys = Array.from({ length: 75_000 }, (_, index) => `a${index}: 1`).join('\n');
    expect(findings(`${keys}\na17: 2`)).toEqual(['a.yaml:75001:1: duplicate key `a17` (first on line 18)']);
  });
});

test('aliases may repeat an entry, and faults in it are shown where it stands', () => {
  const schema = z.strictObject({ a: z.strictObject({ n: z.number() }), b: z.strictObject({ n: z.number() }) });
  writeFileSync(file, 'a: &both { n: 1 }\nb: *both\n');
  expect(readYamlFrom(file, schema)).toEqual({ a: { n: 1 }, b: { n: 1 } });
  expect(findings('a: &both { n: one }\nb: *both\n', schema)).toEqual([
    'a.yaml:1:15: `n`: expected a number, got text',
  ]);
});

test('of a choice, the branch that was meant says what is wrong', () => {
  const schema = z.object({ x: z.union([z.enum(['up', 'down']), z.array(z.enum(['up', 'down'])).min(1)]) });
  expect(findings('x: dwn', schema)).toEqual(['a.yaml:1:4: `x: dwn`: expected one of up, down; did you mean `down`?']);
  expect(findings('x:\n  - up\n  - dwn', schema)).toEqual([
    'a.yaml:3:5: `x[1]: dwn`: expected one of up, down; did you mean `down`?',
  ]);
  expect(findings('x: []', schema)).toEqual(['a.yaml:1:4: `x`: expected at least 1 item']);
  expect(findings('x: { up: down }', schema)).toEqual([
    'a.yaml:1:4: `x`: expected one of up or a list, got keys with values',
  ]);
});

test('the position of any value leads to that value', () => {
  const key = fc.stringMatching(/^[a-z]{1,8}$/);
  const { tree } = fc.letrec((tie) => ({
    leaf: fc.integer({ min: 100, max: 999_999 }),
    list: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
    map: fc.dictionary(key, tie('tree'), { minKeys: 1, maxKeys: 4 }),
    tree: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('list'), tie('map')),
  }));
  fc.assert(
    fc.property(tree, fc.boolean(), (data, flow) => {
      const text = stringify(data, flow ? { collectionStyle: 'flow' } : {});
      const yaml = parseYaml('a.yaml', text);
      const lines = text.split('\n');
      for (const { path, value } of leaves(data, [])) {
        const { line, column } = yaml.at(path);
        expect(lines[line - 1]?.slice(column - 1).startsWith(String(value))).toBe(true);
      }
    }),
  );
});

test('any text is read or refused, never thrown over', () => {
  const letters = fc.constantFrom(...'a: \n-[]{}&*!"\'#|?%,\t<'.split(''));
  const unit = fc.oneof(letters, fc.string({ minLength: 1, maxLength: 1 }));
  const schema = z.strictObject({ a: z.strictObject({ a: z.array(z.string()) }) });
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
      const found = findings(text, schema);
      expect(found.filter((finding) => !/^.*a\.yaml:\d+:\d+: [^\n]+$/.test(finding))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

function* leaves(data: unknown, path: PropertyKey[]): Iterable<{ path: PropertyKey[]; value: unknown }> {
  if (typeof data !== 'object' || data === null) yield { path, value: data };
  else if (Array.isArray(data)) for (const [index, item] of data.entries()) yield* leaves(item, [...path, index]);
  else for (const [key, item] of Object.entries(data)) yield* leaves(item, [...path, key]);
}
