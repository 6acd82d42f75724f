import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { controlLanguage, controls, controlWord, controlWords } from '../../src/core/control.ts';
import { languages } from '../../src/core/text/languages.ts';

test.each([
  ['@bot stop', 'stop'],
  ['@bot@social.example please stop!', 'stop'],
  ['@bot@127.0.0.1:8080 stop', 'stop'],
  ['@bot: delete', 'delete'],
  ['@bot Bitte LÖSCHEN!', 'delete'],
  ['@bot loschen', 'delete'],
  ['@bot ¿ayuda?', 'help'],
  ['@bot s’il vous plaît, ne plus  suivre', 'unfollow'],
  ['seguir por favor', 'follow'],
  ['@bot #começar', 'start'],
  ['@bot follow the money', undefined],
  ['@bot please', undefined],
  ['@bot do not stop', undefined],
  ['me@bot:stop', undefined],
])('%j asks for %s', (text, word) => expect(controlWord(text)).toBe(word));

test('every word means one command, in any case and with a "please", and stands in docs/replies.md', () => {
  const docs = readFileSync(new URL('../../docs/replies.md', import.meta.url), 'utf8');
  const all = controls.flatMap((command) =>
    [...new Set(Object.values(controlWords[command]).flat())].map((word) => ({ word, command })),
  );
  expect(new Set(all.map(({ word }) => word)).size).toBe(all.length);
  for (const { word, command } of all) {
    expect([word, controlWord(`@bot ${word.toUpperCase()}, please!`)]).toEqual([word, command]);
    expect([word, controlWord(`@bot ${word} cables`)]).toEqual([word, undefined]);
    expect(docs).toMatch(new RegExp(`[|,] ${word} *[|,]`));
  }
});

test.each(languages)('the bot’s help in %s names every command in that language', (language) => {
  const template = readFileSync(new URL(`../../config/templates/help.${language}.liquid`, import.meta.url), 'utf8');
  const help = template.replace(/\{%- comment[^]*endcomment -%\}/, '');
  for (const command of controls.filter((one) => one !== 'help'))
    expect(help).toMatch(new RegExp(`(?<![\\p{L}])(?:${controlWords[command][language].join('|')})(?!\\p{L})`, 'u'));
});

test.each([
  ['@bot help', 'en'],
  ['@bot Bitte HILFE!', 'de'],
  ['@bot ¿Por qué?', 'es'],
  ['@bot por quê', 'pt'],
  ['@bot por que', undefined],
  ['@bot seguir', undefined],
  ['@bot s’il vous plaît, ne plus  suivre', 'fr'],
  ['@bot hilfe, was ist das', undefined],
])('%j is in %s', (text, language) => expect(controlLanguage(text)).toBe(language));
