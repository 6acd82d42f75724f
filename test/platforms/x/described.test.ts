import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fieldsOf, inNewWords } from '../../../src/platforms/x/wire.ts';
import { inNewWords as answerInNewWords, readFields, render } from '../../support/fake-x/render.ts';
import { setUp } from './setting.ts';

const table = readFileSync(new URL('../../data/x-post-fields.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const described = new Map(
  table.slice(2).map((line): [string, string] => [line.split('\t')[0] ?? '', line.split('\t')[1] ?? '']),
);

const typeOf = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value);

test('every field that the bot requests is one of X’s description', () => {
  const requested = String(inNewWords(fieldsOf({ authors: true, altTexts: true }))?.['post.fields']).split(',');
  expect(requested.filter((field) => !described.has(field))).toEqual([]);
  expect(requested).toContain('edit_history_post_ids');
});

test('the fake writes no field that X’s description does not have, and each with its type', async () => {
  const { x } = await setUp();
  const first = x.write('first');
  const tweet = x.write('@pilcrowbot #cablegate https://wikileaks.org/', { replyTo: first, images: [null] });
  const { data } = render([tweet], readFields(new URLSearchParams(fieldsOf({ authors: true, altTexts: true }))));
  const [written] = [answerInNewWords(data[0])];
  const types = Object.entries(Object(written) as object).map(([field, value]) => [field, typeOf(value)]);
  expect(types.length).toBeGreaterThan(9);
  expect(types.filter(([field = '', type]) => described.get(field) !== type)).toEqual([]);
});
