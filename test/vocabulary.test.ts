import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Visitor } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../src/core/clock.ts';
import { openSqliteLedger } from '../src/ledger/db/sqlite.ts';
import { openMetrics } from '../src/observe/metrics.ts';
import {
  columnNames,
  commandNames,
  fileNames,
  type Name,
  namesOf,
  schemaNames,
  styleNames,
  templateNames,
} from './support/names.ts';
import { parseSource, type Source, sourcesUnder } from './support/source.ts';
import { tempDir } from './support/temp.ts';
import { bannedInTexts, countedInTexts, humps, oldNames, wordsPattern } from './support/vocabulary.ts';

const root = new URL('..', import.meta.url).pathname;
/** The one file that names old keys, to say what they are called now. */
const exempt = 'src/config/renamed.ts';
const [banned, counted] = [wordsPattern(bannedInTexts), wordsPattern(countedInTexts)];
const sources = sourcesUnder(root, ['src', 'workers']).filter(({ file }) => file !== exempt);

describe('no old word of the glossary', () => {
  test('is an identifier, or a value of a type', () => expect(oldIn(sources.flatMap(namesOf))).toEqual([]));

  test('is the name of a file or folder', () => {
    const files = globSync('{src,workers,docs,config}/**/*', { cwd: root }).filter((file) => file !== exempt);
    expect(oldIn(fileNames(files.toSorted()))).toEqual([]);
  });

  test('is a table, column, index or stored state', async () => {
    await using ledger = await openSqliteLedger({ file: join(await tempDir(), 'ledger.db'), clock: systemClock });
    const { rows } = await sql<{ name: string; sql: string }>`
      select name, sql from sqlite_master where sql is not null`.execute(ledger.db);
    expect(rows.length).toBeGreaterThan(20);
    expect(oldIn(rows.flatMap((row) => columnNames(row.name, row.sql)))).toEqual([]);
  });

  test.each(['config/pilcrow.schema.json', 'config/rules.schema.json'])('is a key or value of %s', (file) => {
    const names = schemaNames(file, JSON.parse(read(file)));
    expect(names.length).toBeGreaterThan(50);
    expect(oldIn(names)).toEqual([]);
  });

  test('is a metric', () => {
    const figures = () => Promise.reject(new Error('not scraped'));
    const names = openMetrics({ version: '0', feeds: [], publishers: [], figures }).names();
    expect(oldIn(names.map((name) => ({ kind: 'metric', name, place: 'src/observe' })))).toEqual([]);
  });

  test('is a command, an option or an argument', async () => {
    const names = await commandNames(root);
    expect(names.length).toBeGreaterThan(100);
    expect(oldIn(names)).toEqual([]);
  });

  test('is a class of a style sheet, or a variable of a template', () => {
    const styles = globSync('src/**/*.css', { cwd: root }).flatMap((file) => styleNames(file, read(file)));
    const templates = globSync('config/**/*.liquid', { cwd: root }).flatMap((file) => templateNames(file, read(file)));
    expect(oldIn([...styles, ...templates])).toEqual([]);
  });

  test('stands in a comment, a message or a page of the docs', () => {
    expect(texts().flatMap((text) => phrases(text, banned).map((phrase) => `${text.place}: ${phrase}`))).toEqual([]);
  });
});

test('where a text uses such a word, it is ordinary English or a term of the field', () => {
  const file = new URL('vocabulary-texts.json', import.meta.url);
  const found = [...new Set(texts().flatMap((text) => phrases(text, counted)))].toSorted();
  // A new phrase fails: use another word, or read it over and write the list anew.
  if (process.env['GOLDEN'] === 'write') writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  const readOver = z.array(z.string()).parse(JSON.parse(readFileSync(file, 'utf8')));
  expect(found.filter((phrase) => !readOver.includes(phrase))).toEqual([]);
});

describe('the checks themselves find a planted', () => {
  test.each([
    'const restUntil = 1;',
    'type State = "kept" | "ready";',
    'interface Row { readonly bell_key: string }',
    'class A { #purse = 1 }',
    'const { luck: jitter } = options;',
    'enum E { Unwanted }',
  ])('name: %s', (text) => expect(oldIn(namesOf(parseSource('src/a.ts', text)))).toHaveLength(1));

  test.each([
    'const alive = "a bell"; // the purse',
    'text.codePointAt(0)',
    'type Answer = "gone" | "private";',
    'const portionMark = 1;',
    'const earlier = lookUp(bearing);',
  ])('sense that is allowed: %s', (text) => expect(oldIn(namesOf(parseSource('src/a.ts', text)))).toEqual([]));

  test('turn of phrase, in a comment, a string and a template', () => {
    const source = parseSource('src/a.ts', '// rings the bell\nconst bell = "a word from you" + `${bell} the purse`;');
    expect(textsOf(source).flatMap((text) => phrases(text, banned))).toEqual([
      'the bell',
      'a word from you',
      'the purse',
    ]);
  });
});

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

const rules = oldNames.map((one) => ({
  ...one,
  pattern: wordsPattern(one.old),
  senses: (one.senses ?? []).map((sense) => ({ ...sense, pattern: wordsPattern(sense.words) })),
}));

/** Most names match none of the patterns: one search is enough. */
const anyOld = wordsPattern(oldNames.map(({ old }) => old).join('|'));

/** Old names, each once, with their first place and the word that is used now. */
function oldIn(names: readonly Name[]): string[] {
  const found = new Map<string, string>();
  for (const name of names) {
    if (humps(name.name).search(anyOld) < 0) continue;
    const rule = rules.find((one) => isOld(name, one));
    const key = `${name.kind} ${name.name}`;
    if (rule && !found.has(key)) found.set(key, `${key} (${name.place}): now ${rule.now}`);
  }
  return [...found.values()];
}

function isOld({ kind, name, place }: Name, { kinds, pattern, senses }: (typeof rules)[number]): boolean {
  if (kinds && !kinds.includes(kind)) return false;
  const words = humps(name);
  if (words.search(pattern) < 0) return false;
  const others = senses.filter((sense) => sense.in?.test(place) ?? true);
  return others.reduce((left, sense) => left.replaceAll(sense.pattern, ' '), words).search(pattern) >= 0;
}

interface Text {
  readonly place: string;
  readonly text: string;
}

/** Comments and strings of the code; the pages, examples and templates whole. Schemas repeat texts of the code. */
function texts(): Text[] {
  const pages = globSync(['{docs,config,src}/**/*.{md,yaml,liquid}', 'README.md'], { cwd: root }).toSorted();
  const whole = pages.map((place) => ({ place, text: read(place) }));
  return [...sources.flatMap(textsOf), ...whole];
}

function textsOf({ file, text, program, comments }: Source): Text[] {
  const found = comments.map(({ start, end }) => text.slice(start, end));
  new Visitor({
    Literal({ value }) {
      if (typeof value === 'string' && !/^\.\.?\//.test(value)) found.push(value);
    },
    TemplateElement: ({ value }) => void found.push(value.raw),
  }).visit(program);
  return found.map((piece) => ({ place: file, text: piece }));
}

/** Each use of the words, with its neighbours in the line. */
function phrases({ text }: Text, words: RegExp): string[] {
  return text.split('\n').flatMap((line) => {
    const letters = line.normalize('NFD').replaceAll(/\p{M}/gu, '');
    const plain = letters.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[^A-Za-z0-9]+/g, ' ');
    return [...plain.matchAll(words)].map((match) => {
      const before = plain.slice(0, match.index).trim().split(' ').at(-1);
      const after = plain
        .slice(match.index + match[0].length)
        .trim()
        .split(' ')[0];
      return [before, match[0], after].filter(Boolean).join(' ').toLowerCase();
    });
  });
}
