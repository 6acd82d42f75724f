import { z } from 'zod';

/** A name that the operator gives to a feed, a rule, a label; `example` shows one where it is wrong. */
export function nameSuchAs(example: string, maxLength = 40, what = 'a name of lower-case letters') {
  const expected = `expected ${what}, digits and hyphens, such as \`${example}\``;
  return z
    .string()
    .max(maxLength)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, expected);
}

/** Reports a name that stands twice, even where something else is wrong too. `key`: it stands there in each item; left out: each item is one. */
export function distinct(what: string, key?: string): z.core.$ZodCheck<readonly unknown[]> {
  return z.superRefine<readonly unknown[]>(
    (items, context) => {
      if (!Array.isArray(items)) return;
      const seen = new Set<unknown>();
      for (const [index, item] of items.entries()) {
        const name: unknown = key === undefined ? item : Reflect.get(Object(item), key);
        if (typeof name === 'string' && seen.has(name)) {
          const path = key === undefined ? [index] : [index, key];
          context.addIssue({ code: 'custom', path, message: `another ${what} is named ${name} already` });
        }
        seen.add(name);
      }
    },
    { when: () => true },
  );
}
