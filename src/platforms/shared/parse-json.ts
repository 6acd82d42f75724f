import type { z } from 'zod';

/** The value that a text in JSON stands for; undefined if it is no JSON, or missing. */
export function jsonIn(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** The first validation error, in words. */
export function faultIn({ issues: [first] }: z.ZodError): string {
  if (first === undefined) return 'unreadable';
  return `${first.path.map(String).join('.') || 'the item'}: ${plainIssue(first.message)}`;
}

/** What zod says of a wrong type, in the words of people; other messages are ours already. */
export function plainIssue(message: string): string {
  const [, expected = '', got] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (got === undefined) return message;
  const asked = `expected ${words[expected] ?? expected}`;
  return got === 'undefined' ? `missing, ${asked}` : `${asked}, got ${words[got] ?? got}`;
}

/** Types of JSON, for people. */
const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'nothing',
};
