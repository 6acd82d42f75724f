import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { controls, controlWord, controlWords } from '../../src/core/control.ts';

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
  const all = controls.flatMap((command) => controlWords[command].map((word) => ({ word, command })));
  expect(new Set(all.map(({ word }) => word)).size).toBe(all.length);
  for (const { word, command } of all) {
    expect([word, controlWord(`@bot ${word.toUpperCase()}, please!`)]).toEqual([word, command]);
    expect([word, controlWord(`@bot ${word} cables`)]).toEqual([word, undefined]);
    expect(docs).toMatch(new RegExp(`[|,] ${word} *[|,]`));
  }
});

test('the bot’s help names every command', () => {
  const template = readFileSync(new URL('../../config/templates/help.liquid', import.meta.url), 'utf8');
  const help = template.replace(/\{%- comment[^]*endcomment -%\}/, '');
  for (const command of controls.filter((one) => one !== 'help'))
    expect(help).toMatch(new RegExp(`(?<!\\w)${command}(?!\\w)`));
});
