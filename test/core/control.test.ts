import { expect, test } from 'vitest';
import { controlWord } from '../../src/core/control.ts';

test.each([
  ['@bot stop', 'stop'],
  ['@bot@social.example please stop!', 'stop'],
  ['@bot@127.0.0.1:8080 stop', 'stop'],
  ['@bot: delete', 'delete'],
  ['@bot do not stop', undefined],
  ['me@bot:stop', undefined],
])('%j asks for %s', (text, word) => expect(controlWord(text)).toBe(word));
