import { z } from 'zod';
import { plain } from '../core/text/strangers.ts';
import { shorten, suggestion } from './suggest.ts';
import { type Finding, nameOf, type Path, valueAt, type Yaml } from './yaml/yaml.ts';

// A file with more findings than this has one cause.
const maxFindings = 200;

/** Checks the data of a YAML text by a schema: its value, or what is wrong with it and where. */
export function check<T>(yaml: Yaml, schema: z.ZodType<T>): { value: T } | { findings: readonly Finding[] } {
  if (yaml.findings.length > 0) return { findings: yaml.findings };
  // An empty file is an object without keys: what is missing gets named.
  const data = yaml.data ?? {};
  // A text is read once: to compile the schema would take longer than to check by it.
  const result = schema.safeParse(data, { error: expectation, jitless: true });
  if (result.success && yaml.renamed.length === 0) return { value: result.data };
  const issues = (result.error?.issues ?? []).flatMap((issue) => flatten(issue, [], data));
  const findings = issues.slice(0, maxFindings).flatMap((issue) => explain(issue, data, yaml));
  return { findings: inOrder([...yaml.renamed.slice(0, maxFindings), ...findings]) };
}

/** What is wrong with the value at a path, whatever else is; undefined: nothing. */
export async function describeFault(schema: z.ZodType, data: unknown, path: Path): Promise<string | undefined> {
  const issues = (await schema.safeParseAsync(data, { error: expectation })).error?.issues ?? [];
  return issues
    .flatMap((issue) => flatten(issue, [], data))
    .find((issue) => path.every((key, at) => issue.path[at] === key))?.message;
}

/** By line and column, each once. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const unique = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return [...unique.values()].toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** `FILE:LINE:COLUMN: message`. */
export function printed(file: string, { line, column, message }: Finding): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** Each finding as `FILE:LINE:COLUMN: message`, and below it the line with an underline below what it is about. */
export function withExcerpts(file: string, text: string, findings: readonly Finding[]): string[] {
  const lines = text.split('\n');
  return findings.map(({ line, column, message }) => {
    const marked = excerpt(lines, { line, column });
    return printed(file, { line, column, message: plain(message) }) + (marked === '' ? '' : `\n${marked}`);
  });
}

const widest = 110;

/** The line with an underline below what a finding is about; empty where the line is. */
export function excerpt(lines: readonly string[], { line: number, column }: Pick<Finding, 'line' | 'column'>): string {
  const text = plain((lines[number - 1] ?? '').replaceAll('\t', ' ')).trimEnd();
  if (text === '') return '';
  const start = Math.max(0, Math.min(column - 1, text.length) - widest / 2);
  const shown = text.slice(start, start + widest);
  const word = /^(?:"[^"]*"|'[^']*'|[^\s,\]}:]+)/.exec(text.slice(column - 1))?.[0] ?? '';
  const margin = `${String(number).padStart(5)} | `;
  const underline = '^'.repeat(Math.max(1, Math.min(word.length, start + widest - column + 1)));
  return `${margin}${shown}\n${' '.repeat(margin.length - 2)}| ${' '.repeat(Math.max(0, column - 1 - start))}${underline}`;
}

type Issue = z.core.$ZodIssue;

const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
  null: 'nothing',
};

/** What was expected, in words. A schema's own message takes precedence; the caller adds the place and the value. */
function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  const got = issue.input === undefined ? '' : `, got ${kindOf(issue.input)}`;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${nouns[issue.expected] ?? issue.expected}${issue.expected === 'int' ? '' : got}`;
    case 'invalid_value':
      return oneOf(issue.values, issue.input);
    case 'invalid_union':
      if (issue.discriminator === undefined) return choice;
      return oneOf(Array.isArray(issue.options) ? issue.options : [], valueAt(issue.input, [issue.discriminator]));
    case 'too_small':
      return `expected at least ${amount(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `expected at most ${amount(issue.maximum, issue.origin)}`;
    case 'unrecognized_keys':
      return issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape).join(' ') : '';
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
    default:
      return undefined;
  }
}

// Stands for "see the branches" where a union has no message of its own.
const choice = 'expected another form';

// A longer list helps nobody; the nearest word is suggested anyway.
const mostListed = 30;

function oneOf(values: readonly unknown[], written: unknown): string {
  const words = values.map(String);
  const few = words.length > mostListed ? `the ${words.length} known words` : words.join(', ');
  if (words.length === 0) return 'the configuration has none that could be named here';
  const expected = words.length === 1 ? `expected ${words[0]}` : `expected one of ${few}`;
  if (typeof written === 'object' && written !== null) return `${expected}, got ${kindOf(written)}`;
  return [expected, suggestion(String(written), words)].filter(Boolean).join('; ');
}

function amount(limit: number | bigint, origin: string): string {
  if (origin === 'string') return `${limit} character${Number(limit) === 1 ? '' : 's'}`;
  return origin === 'array' ? `${limit} item${Number(limit) === 1 ? '' : 's'}` : String(limit);
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'a number' : JSON.stringify(value);
}

/** Replaces the issue of a union by the issues of the branch that was probably meant. */
function flatten(issue: Issue, above: Path, data: unknown): Issue[] {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.message !== choice) return [{ ...issue, path }];
  const branches = issue.errors.map((branch) => branch.flatMap((inner) => flatten(inner, path, data)));
  const meant = branches.find((branch) => branch.every((inner) => !isAboutType(inner, path, data)));
  if (meant) return meant;
  const expected = branches.flat().map(({ message }) => /^expected ([^,;]*)/.exec(message)?.[1] ?? message);
  const got = kindOf(valueAt(data, path));
  return [
    { code: 'custom', path, input: undefined, message: `expected ${[...new Set(expected)].join(' or ')}, got ${got}` },
  ];
}

function isAboutType(issue: Issue, path: Path, data: unknown): boolean {
  if (issue.path.length > path.length) return false;
  if (issue.code === 'invalid_type') return true;
  return issue.code === 'invalid_value' && typeof valueAt(data, path) === 'object';
}

function explain(issue: Issue, data: unknown, yaml: Yaml): Finding[] {
  if (issue.code === 'unrecognized_keys') {
    const valid = issue.message.split(' ').filter(Boolean);
    return issue.keys.map((key) => ({ ...yaml.at([...issue.path, key], 'key'), message: unknownKey(key, valid) }));
  }
  const value = valueAt(data, issue.path);
  const message = [subject(issue, value), issue.message].filter(Boolean).join(': ');
  return [{ ...yaml.at(issue.path), message }];
}

function unknownKey(key: string, valid: readonly string[]): string {
  const near = suggestion(key, valid);
  const known = valid.length === 0 ? '' : `; known here: ${valid.join(', ')}`;
  return `unknown key \`${shorten(key)}\`${near === '' ? known : `, ${near}`}`;
}

// The value is shown where it is a word or number out of range, and never where it may be a secret in the wrong place.
function subject(issue: Issue, value: unknown): string {
  if (issue.path.length === 0) return '';
  const name = nameOf(issue.path);
  if (value === undefined) return `missing key \`${name}\``;
  const discriminator = issue.code === 'invalid_union' && issue.discriminator !== undefined;
  const shown = isShowable(value) && (discriminator || shownCodes.has(issue.code));
  return shown ? `\`${name}: ${shorten(String(value))}\`` : `\`${name}\``;
}

const shownCodes: ReadonlySet<string> = new Set(['invalid_value', 'invalid_format', 'too_small', 'too_big']);

// `https://user:password@host` is one.
function isShowable(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return !value.includes('@');
  return typeof value === 'number' || typeof value === 'boolean';
}
