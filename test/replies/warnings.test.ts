import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { languages } from '../../src/core/text/languages.ts';
import { replyWarning } from '../../src/replies/warnings.ts';
import { phrasesIn } from '../../src/words/index.ts';
import { hostileWords } from '../support/strangers.ts';

describe('the content warning of a reply', () => {
  test.each([
    ['politics', 'politics'],
    [' CW: USPol ', 'uspol'],
    ['re: cw: food, Alcohol', 'food, alcohol'],
    ['self-harm; mental health and death', 'self harm, mental health, death'],
    ['Ｐｏｌｉｔｉｃｓ', 'politics'],
    ['graphic-media, porn', 'graphic-media, porn'],
    ['food, food', 'food'],
    ['CW food and alcohol', 'food, alcohol'],
    ['Politik', 'Politik'],
    ['CN: Gewalt, Suizid', 'Gewalt, Suizid'],
    ['Inhaltswarnung: Essen und Alkohol', 'Essen, Alkohol'],
    ['essstorung', 'Essstörung'],
    ['Aviso de contenido: política y guerra', 'política, guerra'],
    ['VIOLENCIA MACHISTA', 'violencia machista'],
    ['politica', 'política'],
    ['Avertissement : violences policières, mort', 'violences policières, mort'],
    ['TW : santé mentale et TCA', 'santé mentale, TCA'],
    ['Aviso de conteúdo: violência e saúde mental', 'violência, saúde mental'],
    ['Alerta de gatilho: suicídio', 'suicídio'],
    ['Gewalt / violence / violencia', 'Gewalt, violence, violencia'],
  ])('%j is repeated as %j', (asked, repeated) => expect(replyWarning(asked, 'en')).toBe(repeated));

  test.each(languages)('may be each of the list, in %s and in any writing', (language) => {
    const list = phrasesIn(language).warnings.trim().split(/,\s+/);
    expect(list.length).toBeGreaterThan(80);
    const letters = (text: string | undefined) =>
      text
        ?.normalize('NFD')
        .replaceAll(/[^a-z]/gi, '')
        .toLowerCase();
    for (const warning of list)
      for (const asked of [warning, warning.toUpperCase(), ` ${warning.normalize('NFD')}!`, `CW: ${warning}`])
        expect([asked, letters(replyWarning(asked, 'it'))]).toEqual([asked, letters(warning)]);
  });

  test.each([
    ['the election in my town'],
    ['politics, and buy at https://evil.example'],
    ['politics @victim'],
    ['#politics evil'],
    ['CW:'],
    [''],
    ['politics\u202E,'.repeat(100)],
  ])('%j becomes fixed words', (asked) => expect(replyWarning(asked, 'en')).toBe('as in the post above'));

  test.each([
    ['de', 'wie im Beitrag oben'],
    ['es', 'como en la publicación de arriba'],
    ['fr', 'comme dans la publication ci-dessus'],
    ['pt', 'como na publicação acima'],
    ['it', 'as in the post above'],
  ])('has its fixed words in %s', (language, words) => expect(replyWarning('CW: Wahl', language)).toBe(words));

  test('is none where the post has none', () => expect(replyWarning(undefined, 'en')).toBeUndefined());

  test('has letters, hyphens and commas alone, 60 at most, whatever a stranger writes', () => {
    fc.assert(
      fc.property(fc.oneof(hostileWords, fc.string({ unit: 'binary', maxLength: 300 })), (asked) => {
        expect(replyWarning(asked, 'en')).toMatch(/^[\p{L}!, -]{1,60}$/u);
      }),
    );
  });
});
