import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slipInWords } from '../../src/cables/repair/letters.ts';
import { readingsOf } from '../../src/cables/repair/readings.ts';
import { languages } from '../../src/core/text/languages.ts';
import { ReplyMode } from '../../src/core/verdict.ts';
import { policyOf } from '../../src/app/answering.ts';
import { platforms } from '../../src/platforms/index.ts';
import { allowed } from '../../src/rules/consent.ts';
import { de } from '../../src/words/de.ts';
import { remarks } from '../../src/words/en.ts';
import { es } from '../../src/words/es.ts';
import { fr } from '../../src/words/fr.ts';
import { remarkIn } from '../../src/words/index.ts';
import { pt } from '../../src/words/pt.ts';
import { alike } from '../support/alike.ts';
import { englishLeft } from '../support/english-left.ts';
import { post } from '../support/posts.ts';

const translations = { de, es, fr, pt };

describe.each(languages.filter((each) => each !== 'en'))('remarks in %s', (language) => {
  const said = translations[language].remarks;
  const parts = /\{\w+\}/g;

  test('have their parts, and no English word', () => {
    for (const remark of remarks)
      expect([remark, said[remark].match(parts)?.toSorted()]).toEqual([remark, remark.match(parts)?.toSorted()]);
    const bare = (text: string) => text.replaceAll(parts, '');
    const left = remarks.flatMap((remark) => englishLeft(bare(remark), bare(said[remark]), alike[language]));
    expect([...new Set(left)]).toEqual([]);
  });

  test('are not taken for one another', () => {
    const whole = remarks.filter((remark) => !remark.includes('{'));
    expect(whole.map((remark) => remarkIn(language, remark))).toEqual(whole.map((remark) => said[remark]));
  });

  test('are translated where semicolons join them, and within each other', () => {
    expect(remarkIn(language, 'the serial is missing; no remark of ours')).toBe(said['the serial is missing']);
    expect(remarkIn(language, 'read so: the year may be 2007: it is in the catalogue')).toContain(
      said['it is in the catalogue'],
    );
    expect(remarkIn(language, 'no remark of ours')).toBeUndefined();
  });
});

/** Where a reply is put off or ended, the parts of its reason that differ. */
const parts: Readonly<Record<string, readonly string[]>> = {
  what: ['in this thread', 'to one author in one thread', 'author', 'thread'],
  posts: ['posts that address the bot', 'posts that do not address the bot'],
  name: ['month', 'day'],
  who: ['the author', 'the operator'],
};

test.each([
  'accounts/reply-limits',
  'accounts/spending',
  'replies/claim-reply',
  'replies/successors',
  'replies/withdraw-reply',
])('each reason in ledger/%s why a reply is not sent is translated', (file) => {
  const source = readFileSync(new URL(`../../src/ledger/${file}.ts`, import.meta.url), 'utf8');
  const written = source.matchAll(/(?:reason: |reason = sql<string>`|Before = |const waits = )['`]([^'`]+)['`]/g);
  const reasons = [...written].map(
    ([, reason = '']) => reason.replace(/^\$\{pausePrefix.*?\}/, 'paused (all)').split(':')[0]!,
  );
  expect(reasons.length).toBeGreaterThan(0);
  const untranslated = reasons.filter((reason) => {
    const [, name = ''] = /\$\{(what|posts|name|who)\}/.exec(reason) ?? [];
    const said = (part: string) => reason.replace(`\${${name}}`, part).replace(/\$\{.*?\}/, '5');
    return !(parts[name] ?? ['']).some((part) => remarkIn('de', said(part)) !== undefined);
  });
  expect(untranslated).toEqual([]);
});

test('what consent and platforms say is translated', () => {
  const platformIds = [...platforms.map(({ id }) => id), 'elsewhere'];
  const closed = ['its author limits who may reply', 'only those it mentions may reply', 'its author blocks the bot'];
  const anyPost = fc.record({
    summoned: fc.boolean(),
    repost: fc.boolean(),
    visibility: fc.constantFrom('public' as const, 'unlisted' as const, 'followers' as const, 'direct' as const),
    hashtags: fc.constantFrom<string[][]>([], [], ['nobot']),
    closed: fc.option(fc.constantFrom(...closed), { nil: undefined, freq: 3 }),
    bot: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  });
  const facts = fc.record({
    expired: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    optedOut: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    mode: fc.constantFrom(...ReplyMode.options),
    platform: fc.constantFrom(...platformIds),
    own: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  });
  fc.assert(
    fc.property(anyPost, facts, ({ bot, closed: reason, ...changes }, { platform, own, ...asked }) => {
      const author = { id: 'a', handle: 'a', name: null, bot };
      const written = post({ id: '1', ...changes, author, ...(reason !== undefined && { closed: reason }) });
      const { clause } = allowed('reply', {
        ...asked,
        post: written,
        policy: policyOf(platform),
        self: own ? ['a'] : [],
      });
      if (clause !== null) expectTranslated(clause);
    }),
    { numRuns: 1000 },
  );
});

test('how an ID was read is translated', () => {
  const name = fc.stringMatching(/^[A-Z]{3,9}[0-9]?$/);
  fc.assert(fc.property(name, name, (written, meant) => expectTranslated(slipInWords(written, meant))));
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9OIL]{1,4}-?[A-Z]{3,9}-?(?:SECTION01OF02)?[0-9OIL]{0,6}$/), (written) => {
      for (const { oddity } of readingsOf(written)) if (oddity !== null) expectTranslated(oddity);
    }),
  );
});

/** Whole: no part of it is left out, and no word of it stays English. */
function expectTranslated(remark: string) {
  const said = remarkIn('de', remark) ?? '';
  expect([remark, said.split('; ').length]).toEqual([remark, remark.split('; ').length]);
  const data = `${alike.de} dry run own open ${remark.match(/[A-Z]{3,}/g)?.join(' ')}`;
  expect([remark, englishLeft(remark, said, data)]).toEqual([remark, []]);
}
