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
  return first === undefined ? 'unreadable' : `${first.path.map(String).join('.') || 'the item'}: ${first.message}`;
}
