import { describeFault } from '../../config/explain-findings.ts';
import { entryFault } from '../../config/read.ts';
import type { Platform, Question } from '../../platforms/platform.ts';

/** An answer in the form that the configuration takes, or what is wrong with what was written, with an example. */
export type Checked = { readonly answer: string } | { readonly fault: string };

/** Checks an answer by the schema of the key that it is for. */
export async function checkAnswer(platform: Platform, question: Question, written: string): Promise<Checked> {
  const answer = normal(question, written);
  const fault = answer === '' ? 'an answer is needed' : await faultOf(platform, question, answer);
  return fault === undefined ? { answer } : { fault: withExample(fault, question.example) };
}

/** An entry of the configuration as it is written. */
export type Entry = Readonly<Record<string, unknown>>;

function withExample(fault: string, example: string): string {
  return fault.includes('such as') || fault.includes(example) ? fault : `${fault}, such as ${example}`;
}

/** Without what a copy brings along: blanks, quotation marks around it, marks that nobody sees. */
export function tidied(written: string): string {
  return written
    .replaceAll(/\p{Cf}/gu, '')
    .trim()
    .replace(/^(["'`“„])(.*)["'`”“]$/, '$2');
}

function normal({ as, normal: change = (text) => text }: Question, written: string): string {
  const text = tidied(written);
  if (as !== 'list') return text === '' ? '' : change(text);
  const items = text.split(/[\s,;]+/).filter(Boolean);
  return [...new Set(items.map(change))].join(', ');
}

/** The value of a key, from its checked answer. */
export function valueOf({ as }: Question, answer: string): unknown {
  if (as === 'number') return Number.isNaN(Number(answer)) ? answer : Number(answer);
  if (as === 'list') return answer.split(', ');
  if (as === 'yes or no') return isYes(answer) ?? answer;
  return answer;
}

/** Undefined: neither yes nor no. */
export function isYes(answer: string): boolean | undefined {
  if (/^(y|yes|true)$/i.test(answer)) return true;
  return /^(n|no|false)$/i.test(answer) ? false : undefined;
}

async function faultOf(platform: Platform, question: Question, answer: string): Promise<string | undefined> {
  const { as, env, form, key } = question;
  if (as === 'yes or no') return isYes(answer) === undefined ? 'expected yes or no' : undefined;
  const malformed = form && (await describeFault(form, answer, []));
  if (malformed !== undefined) return malformed;
  const path = key.split('.');
  if (env === undefined) return await entryFault(platform, withValue({}, path, valueOf(question, answer)), path);
  return form === undefined && /[^!-~]/.test(answer) ? 'expected letters, digits and signs, without blanks' : undefined;
}

/** The object with a value at a path of keys. */
export function withValue(object: Entry, [key = '', ...path]: readonly string[], value: unknown): Entry {
  if (path.length === 0) return { ...object, [key]: value };
  const inner = object[key];
  return { ...object, [key]: withValue(typeof inner === 'object' ? { ...inner } : {}, path, value) };
}
