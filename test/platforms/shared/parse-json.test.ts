import { expect, test } from 'vitest';
import { jsonIn } from '../../../src/platforms/shared/parse-json.ts';

test.each([
  ['{"a":[1]}', { a: [1] }],
  ['null', null],
  ['{"a":', undefined],
  ['', undefined],
  [undefined, undefined],
])('the JSON in %j is %j', (text, value) => expect(jsonIn(text)).toEqual(value));
