import { z } from 'zod';
import { valueAt } from './yaml/path.ts';

/** Reports a duplicate name even where something else is wrong too. */
export function distinct(what: string, key?: string): z.core.$ZodCheck<readonly unknown[]> {
  return z.superRefine<readonly unknown[]>(
    (items, context) => {
      if (!Array.isArray(items)) return;
      const seen = new Set<unknown>();
      for (const index of items.keys()) {
        const path = key === undefined ? [index] : [index, key];
        const name = valueAt(items, path);
        if (typeof name === 'string' && seen.has(name)) {
          context.addIssue({ code: 'custom', path, message: `another ${what} is named ${name} already` });
        }
        seen.add(name);
      }
    },
    { when: () => true },
  );
}
