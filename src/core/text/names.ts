import { z } from 'zod';

/** A name that the operator gives to a feed, a rule, a label; `example` shows one where it is wrong. */
export function nameSuchAs(example: string, maxLength = 40, what = 'a name of lower-case letters') {
  const expected = `expected ${what}, digits and hyphens, such as \`${example}\``;
  return z
    .string()
    .max(maxLength)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, expected);
}
