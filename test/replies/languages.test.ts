import { describe, expect, test } from 'vitest';
import { languages } from '../../src/core/text/languages.ts';
import { platforms } from '../../src/platforms/index.ts';
import { leastLength } from '../../src/replies/compose.ts';
import { languageFor } from '../../src/replies/language.ts';
import type { CableModel, Model } from '../../src/replies/model.ts';
import { samples } from '../../src/replies/samples.ts';
import { loadTemplates, templateFor, templateNames } from '../../src/replies/templates.ts';
import { remarkIn } from '../../src/words/index.ts';
import { englishLeft } from '../support/english-left.ts';
import { alike } from '../support/alike.ts';
import { post } from './answers.ts';

const templates = loadTemplates(new URL('../../config/templates', import.meta.url).pathname);
const closed = 'the post is for followers only, and the author did not address the bot';

/** All kinds of answers about one cable, with what code remarks in the language. */
function samplesIn(language: string): Model[] {
  const said = (remark: string) => remarkIn(language, remark) ?? '';
  const noteIn = (cable: CableModel): CableModel => ({
    ...cable,
    notes: cable.notes.length > 0 ? [said('month inferred from the serial')] : [],
    paragraphs: cable.paragraphs.map((one) => ({ ...one, why: one.why && said('this site has no paragraph anchors') })),
  });
  const all = samples.slice(0, -1).map((model) => ({ ...model, language, cables: model.cables.map(noteIn) }));
  const [first] = all;
  const decided = (rule: string | null, clause: string | null) => ({ ...first!, rule, clause });
  return [...all, decided('floods', null), decided('floods', said(closed)), decided(null, said(closed))];
}

function textsIn(language: string): { name: string; text: string }[] {
  return templateNames(templates).flatMap((name) => {
    const found = templateFor(templates, name, { platform: 'mastodon', language, languages });
    const texts = samplesIn(language).map((model) => found!.template.render(model));
    return [...new Set(texts)].map((text) => ({ name, text }));
  });
}

describe.each(languages)('answers in %s', (language) => {
  test('of every kind are what they were', async () => {
    const written = textsIn(language).map(({ name, text }) => `## ${name}\n${text.trim()}\n`);
    await expect(written.join('\n')).toMatchFileSnapshot(`golden/${language}.md`);
  });

  test.each(platforms.filter(({ addressesPeople, limits }) => addressesPeople && limits.maxLength < Infinity))(
    'fit $id, if need be in a shorter form',
    ({ id, limits, consent }) => {
      // Where nobody can ask for help, there is none.
      const isAsked = !consent.never.includes('summoned');
      const names = templateNames(templates).filter((name) => isAsked || name === 'default');
      const templatesOn = names.map(
        (name) => templateFor(templates, name, { platform: id, language, languages })!.template,
      );
      const least = templatesOn.flatMap((template) =>
        samplesIn(language).map((model) => {
          const length = limits.length(template.render(model).trim());
          return {
            name: template.name,
            least: length <= limits.maxLength ? length : leastLength(model, template, limits),
          };
        }),
      );
      expect(least.filter((one) => one.least > limits.maxLength)).toEqual([]);
    },
  );
});

test.each(languages.filter((each) => each !== 'en'))('answers in %s have no English word left', (language) => {
  const english = textsIn('en').map(({ text }) => text);
  const data = JSON.stringify(samples.map(({ cables }) => cables.map((cable) => ({ ...cable, notes: [] }))));
  const known = `${alike[language]} ${data.replaceAll('the page has no anchor of its own for it', '')} Pilcrow floods`;
  const left = textsIn(language).flatMap(({ text }) => englishLeft(english.join(' '), text, known));
  expect([...new Set(left)]).toEqual([]);
});

const all = ['en', 'de', 'es', 'fr', 'pt'] as const;

test.each([
  ['de', 'is', all, 'de', 'the platform says so'],
  ['de-AT', 'is', all, 'de', 'the platform says so'],
  ['PT-br', 'is', all, 'pt', 'the platform says so'],
  ['pt_BR', 'is', all, 'pt', 'the platform says so'],
  ['it', 'is', all, 'en', 'it is not among'],
  ['und', 'is', all, 'en', 'does not say'],
  ['no tag at all', 'is', all, 'en', 'does not say'],
  [null, 'Hilfe ist gut', all, 'en', 'does not say'],
  [null, '@bot hilfe', all, 'de', 'the language of its command'],
  [null, '@bot seguir', all, 'en', 'does not say'],
  ['fr', '@bot hilfe', all, 'fr', 'the platform says so'],
  ['fr', 'is', ['de'], 'de', 'fr is not among'],
  [null, '@bot help', ['de', 'en'], 'en', 'the language of its command'],
  [null, 'is', ['de', 'en'], 'de', 'does not say'],
] as const)('a post in %s (%s), of %j, is answered in %s: %s', (language, text, spoken, expected, because) => {
  const found = languageFor(post({ language, text, summoned: true }), spoken);
  expect(found).toEqual({ language: expected, because: expect.stringContaining(because) });
});
