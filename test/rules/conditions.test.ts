import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { platforms } from '../../src/platforms/index.ts';
import { citationCondition, postCondition, type PostCondition } from '../../src/rules/condition.ts';
import { citationConditions } from '../../src/rules/citation-conditions.ts';
import { conditions } from '../../src/rules/conditions.ts';
import { countersOf, decide } from '../../src/rules/decide.ts';
import { postConditions } from '../../src/rules/post-conditions.ts';
import { Rules, rulesSchema } from '../../src/rules/schema.ts';
import { firstFalse, matcher } from '../../src/rules/when.ts';
import { subjectOf } from '../../src/rules/subject.ts';
import { markdownTable, withBetween } from '../support/markdown.ts';
import { facts } from './facts.ts';

const root = new URL('../..', import.meta.url).pathname;

describe('a condition that nothing tests', () => {
  const when = { feed: ['sample'], mood: true };
  const rules = { rules: [{ name: 'it', when: { none: [when] }, action: 'reply' as const }] };

  test('is refused when the rules are compiled, and never matches', () => {
    expect(() => matcher(when)).toThrow('nothing tests the condition `mood`');
    expect(() => firstFalse(when, subjectOf(facts()))).toThrow('nothing tests the condition `mood`');
    expect(() => decide(facts(), rules)).toThrow('nothing tests the condition `mood`');
    // What a bot asks at its start.
    expect(() => countersOf(rules)).toThrow('nothing tests the condition `mood`');
  });

  test('is no condition of the schema either', () => {
    expect(Rules.safeParse(rules).error?.issues[0]?.code).toBe('unrecognized_keys');
  });
});

// The type check fails where one of these compiles.
describe('a row without one of its pieces does not compile:', () => {
  const { summoned } = postConditions;
  const onlySchema = { words: 'A warning stands before it.', schema: () => z.boolean() };

  test.each([
    // @ts-expect-error -- nothing says what it asks for
    ['words', postCondition(without(summoned, 'words'))],
    // @ts-expect-error -- nobody may write it
    ['schema', postCondition(without(summoned, 'schema'))],
    // @ts-expect-error -- nothing tests it
    ['holds', postCondition(without(summoned, 'holds'))],
    // @ts-expect-error -- `rules check` knows nothing about it
    ['lint', postCondition(without(summoned, 'lint'))],
    // @ts-expect-error -- tests of rules cannot say it
    ['inTests', postCondition(without(summoned, 'inTests'))],
    // @ts-expect-error -- nothing tests it
    ['holds', citationCondition(without(citationConditions.kind, 'holds'))],
    // @ts-expect-error -- a schema is not enough for the table
    ['holds', ({ warned: onlySchema } satisfies Record<string, PostCondition>).warned],
  ])('%s', (piece, row) => expect(row).not.toHaveProperty(piece));
});

describe('each condition', () => {
  test('has a name of its own', () => {
    const names = [...Object.keys(postConditions), ...Object.keys(citationConditions)];
    expect(Object.keys(conditions)).toEqual(names);
  });

  test('is an option of `when`, in the order of the table', () => {
    const { properties } = z.toJSONSchema(rulesSchema(), { io: 'input' }).$defs?.['__schema0'] ?? {};
    expect(Object.keys(properties ?? {})).toEqual([...Object.keys(conditions), 'all', 'any', 'none']);
  });

  test('stands in docs/rules.md with its words, and what platforms lack', async () => {
    const text = readFileSync(`${root}docs/rules.md`, 'utf8');
    const rows = Object.entries(conditions).map(([name, { words }]) => [`\`${name}\``, words]);
    const lacking = platforms.filter(({ consent }) => consent.never.length > 0);
    const lacks = lacking.map(({ id, consent }) => [`\`${id}\``, consent.never.map((one) => `\`${one}\``).join(', ')]);
    const half = withRows(text, 'conditions: written by `npm run house`, from src/rules', [
      ['condition', 'what it asks'],
      ...rows,
    ]);
    const whole = withRows(half, 'lacking: written by `npm run house`, from src/platforms', [
      ['platform', 'lacks'],
      ...lacks,
    ]);
    // `npm run house` (vitest -u) writes the file anew.
    await expect(whole).toMatchFileSnapshot(`${root}docs/rules.md`);
  });

  test('is named in the comment of config/rules.yaml', () => {
    const words = new Set(readFileSync(`${root}config/rules.yaml`, 'utf8').match(/[A-Za-z]+/g));
    expect(Object.keys(conditions).filter((name) => !words.has(name))).toEqual([]);
  });
});

function withRows(text: string, start: string, rows: readonly (readonly string[])[]): string {
  return withBetween(text, `<!-- ${start} -->`, `<!-- end of ${start.split(':')[0]} -->`, markdownTable(rows));
}

function without<Row extends object, Piece extends keyof Row>(row: Row, piece: Piece): Omit<Row, Piece> {
  const { [piece]: _, ...others } = row;
  return others;
}
