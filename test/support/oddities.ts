import { z } from 'zod';

/** One field of a document in another way: null, missing or of another type. */
interface Oddity {
  readonly name: string;
  /** Returns the document with it. */
  readonly change: (document: object) => object;
}

const others: readonly unknown[] = [null, undefined, 7, 'x', true, [], {}, [null], { x: {} }];
const Dictionary = z.record(z.string(), z.unknown());

/** Each field of a document, however deep, in each of these ways. `undefined`: it is missing. */
export function oddities(document: object, path: readonly string[] = []): Oddity[] {
  return Object.entries(document).flatMap(([key, value]) => {
    const at = [...path, key];
    const odd = others.map((other) => ({
      name: `${at.join('.')}: ${JSON.stringify(other) ?? 'missing'}`,
      change: (whole: object) => replaced(whole, at, other),
    }));
    const within = typeof value === 'object' && value !== null ? oddities(value, at) : [];
    return [...odd, ...within];
  });
}

function replaced(document: unknown, [key = '', ...rest]: readonly string[], value: unknown): object {
  if (Array.isArray(document)) return document.map((one, index) => (String(index) === key ? next(one) : one));
  const fields = Dictionary.parse(document);
  return { ...fields, [key]: next(fields[key]) };

  function next(old: unknown): unknown {
    return rest.length === 0 ? value : replaced(old, rest, value);
  }
}
