import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { publishedId, referenceId } from '../../src/cables/ids/reference-id.ts';
import type { Resolution } from '../../src/core/citation.ts';
import type { Excerpt } from '../../src/core/reply.ts';
import { PermanentError } from '../../src/core/errors.ts';
import { compose, type Composition } from '../../src/replies/compose.ts';
import { modelOf } from '../../src/replies/model.ts';
import { bluesky } from '../../src/platforms/bluesky/config.ts';
import { lengthOf } from '../../src/platforms/bluesky/post-record.ts';
import { mastodon } from '../../src/platforms/mastodon/config.ts';
import { wordpress } from '../../src/platforms/wordpress/config.ts';
import { limits as xLimits } from '../../src/platforms/x/publisher.ts';
import { growthOf, linear } from '../support/growth.ts';
import { link, other, page, post, seed, templateIn } from './answers.ts';
import { work } from './compose.work.ts';

const folder = new URL('../../config/templates', import.meta.url).pathname;
const template = templateIn(folder, 'default.en');
const limits = (maxLength: number) => ({ maxLength, length: (text: string) => text.length });
const facts = '(Embassy Astana, 2007-08-19, UNCLASSIFIED//FOR OFFICIAL USE ONLY)';

function write(resolutions: readonly Resolution[], rest: Partial<Composition> = {}): string {
  return compose({ template, post: post(), resolutions, limits: limits(5000), ...rest });
}

describe('the default text', () => {
  test('of a paragraph leads to it', () => {
    expect(write([seed([5])])).toBe(`¶5 of 07ASTANA2244 ${facts}: ${page}#par5`);
  });

  test('of a cable leads to it, with its subject where that is known', () => {
    expect(write([seed([])])).toBe(`07ASTANA2244 ${facts}: ${page}`);
    const cable = { subject: 'A TOWN HALL MEETING', created: null, classification: null, origin: null };
    expect(write([seed([], { cable })])).toBe(`07ASTANA2244 “A TOWN HALL MEETING”: ${page}`);
    expect(write([seed([], { cable: null })])).toBe(`07ASTANA2244: ${page}`);
  });

  test('of a paragraph without an anchor says how to find it', () => {
    expect(write([seed([3])])).toBe(
      `¶3 of 07ASTANA2244 ${facts}: ${page}\n¶3 has no link of its own on the page; scroll down from ¶2.`,
    );
  });

  test('of several paragraphs has a line for each', () => {
    expect(write([seed([3, 5])])).toBe(
      `07ASTANA2244 ${facts}: ${page}\n¶3 has no link of its own on the page; scroll down from ¶2.\n¶5: ${page}#par5`,
    );
  });

  test('of a paragraph that is not there says so, and links to the cable', () => {
    const links = [link({ why: 'it has 24 numbered paragraphs' })];
    expect(write([seed([25], { status: 'unknown-paragraph', links: [link()] })])).toBe(
      `07ASTANA2244 ${facts}: ${page}\nNo ¶25 is known in it.`,
    );
    expect(write([seed([25], { status: 'unknown-paragraph', links })])).toBe(
      `07ASTANA2244 ${facts}: ${page}\nNo ¶25 is known in it.\n(it has 24 numbered paragraphs)`,
    );
    const both = [link(), link({ paragraph: 5, url: `${page}#par5` })];
    expect(write([seed([5, 25], { status: 'unknown-paragraph', links: both })])).toBe(
      `07ASTANA2244 ${facts}: ${page}\n¶5: ${page}#par5\nNo ¶25 is known in it.`,
    );
  });

  test('of a paragraph that cannot be looked up says why', () => {
    const links = [link({ paragraph: 5, exact: false, why: 'the text is not at hand' })];
    expect(write([seed([5], { links })])).toBe(`¶5 of 07ASTANA2244 ${facts}: ${page}\n¶5: the text is not at hand.`);
  });

  test('of a cable that stands under a malformed ID names both', () => {
    const published = { publishedId: publishedId('08THEHAGU799'), cable: null };
    expect(write([other('08THEHAGUE799', published)])).toContain('08THEHAGUE799 (published as 08THEHAGU799): https');
  });

  test('of what could not be checked says so', () => {
    expect(write([other('08OSLO1', { status: 'unverified', cable: null })])).toBe(
      '08OSLO1: https://wikileaks.org/cable/2008/01/08OSLO1.html\n(unverified)',
    );
  });

  test('of a paragraph of what could not be checked says it once', () => {
    const links = [link({ paragraph: 5, exact: false, why: 'the text is not at hand; not checked' })];
    expect(write([seed([5], { status: 'unverified', cable: null, links })])).toBe(
      `¶5 of 07ASTANA2244: ${page}\n(unverified)`,
    );
  });

  test('of several that could not be checked says it once, at the end', () => {
    const unchecked = (id: string) => other(id, { status: 'unverified', cable: null });
    const linkOf = (id: string) => `${id}: https://wikileaks.org/cable/2008/01/${id}.html`;
    const why = 'unverified';
    expect(write([unchecked('08OSLO1'), unchecked('08OSLO2')], { surplus: 3 })).toBe(
      `${linkOf('08OSLO1')}\n${linkOf('08OSLO2')}\nand 3 more\n(${why})`,
    );
    const summoned = { post: post({ summoned: true }) };
    expect(write([unchecked('08OSLO1'), seed([5]), unchecked('08OSLO2')], summoned)).toBe(
      `${linkOf('08OSLO1')}\n¶5 of 07ASTANA2244 ${facts}: ${page}#par5\n${linkOf('08OSLO2')}\n(08OSLO1, 08OSLO2 ${why})`,
    );
  });

  test('of what is ambiguous or unknown guesses nothing', () => {
    const unlinked = { referenceId: null, publishedId: null, written: 'Astana 2244', links: [], cable: null };
    const candidates = [candidate('06ASTANA2244'), candidate('07ASTANA2244')];
    expect(write([seed([], { ...unlinked, status: 'ambiguous', candidates })])).toBe(
      'Astana 2244 could be 06ASTANA2244 or 07ASTANA2244.',
    );
    expect(write([seed([], { ...unlinked, status: 'unknown-cable' })])).toBe('No cable Astana 2244 is known.');
    const only = [{ ...candidate('07ASTANA2244'), reason: 'the catalogue has no other' }];
    expect(write([seed([], { ...unlinked, status: 'ambiguous', candidates: only })])).toBe(
      'Astana 2244 is probably 07ASTANA2244.\n(the catalogue has no other)',
    );
  });

  test('of what was repaired says how it was read', () => {
    const candidates = [{ ...candidate('07ASTANA2244'), reason: 'a letter is missing in ASTNA, for ASTANA' }];
    expect(write([seed([5], { written: '#07ASTNA2244', candidates })])).toBe(
      `${write([seed([5])])}\n(read so: a letter is missing in ASTNA, for ASTANA)`,
    );
  });

  test('counts what the post cites beside', () => expect(write([seed([5])], { surplus: 2 })).toMatch(/\nand 2 more$/));
});

describe('several citations', () => {
  test('of one cable become one, and that of the whole cable adds nothing', () => {
    expect(write([seed([]), seed([5]), seed([])])).toBe(write([seed([5])]));
    expect(write([seed([9]), seed([5, 9])])).toBe(write([seed([5, 9])]));
  });

  test('of several cables stand in the order of the post', () => {
    const lines = write([other('08OSLO1'), seed([5])]).split('\n');
    expect(lines.map((line) => /\d\d[A-Z]+\d+/.exec(line)?.[0])).toEqual(['08OSLO1', '07ASTANA2244']);
  });

  test('answer with what was found to who did not ask, with all to who did', () => {
    const resolutions = [
      other('08OSLO1', { status: 'unverified' }),
      seed([5]),
      other('08OSLO2', { status: 'unknown-cable', links: [] }),
    ];
    const ids = (summoned: boolean) =>
      modelOf({ post: post({ summoned }), resolutions, surplus: 0, bot: 'Pilcrow', language: 'en' }).cables.map(
        ({ id }) => id,
      );
    expect(ids(false)).toEqual(['07ASTANA2244']);
    expect(ids(true)).toEqual(['08OSLO1', '07ASTANA2244', '08OSLO2']);
  });
});

/** An excerpt of a paragraph of the seed cable. */
function excerpt(paragraph: number, text: string, id = '07ASTANA2244'): Excerpt {
  return { referenceId: referenceId(id), paragraph, text, needs: 'unclassified' };
}

describe('an excerpt', () => {
  const excerpts = [excerpt(5, 'He said so.'), excerpt(9, 'She denied it.'), excerpt(5, 'Another cable’s.', '08OSLO1')];

  test('stands below the link of its paragraph', () => {
    expect(write([seed([5])], { excerpts })).toBe(`¶5 of 07ASTANA2244 ${facts}: ${page}#par5\n“He said so.”`);
    expect(write([seed([3, 5])], { excerpts: [...excerpts, excerpt(3, 'It began.')] })).toBe(
      `07ASTANA2244 ${facts}: ${page}\n¶3 has no link of its own on the page; scroll down from ¶2.\n“It began.”\n¶5: ${page}#par5\n“He said so.”`,
    );
    expect(write([seed([])], { excerpts })).toBe(write([seed([])]));
  });

  test('goes first where the text is too long, the last before the others', () => {
    const all = write([seed([5, 9])], { excerpts });
    const one = all.replace('\n“She denied it.”', '');
    const none = write([seed([5, 9])]);
    const within = (maxLength: number) => write([seed([5, 9])], { excerpts, limits: limits(maxLength) });
    expect([all.length, all.length - 1, one.length, one.length - 1, none.length].map(within)).toEqual([
      all,
      one,
      one,
      none,
      none,
    ]);
    expect(one).toContain('¶9');
    expect(within(none.length - 1)).not.toContain('“');
  });

  test('leaves room for a content warning', () => {
    const text = write([seed([5])], { excerpts });
    const beside = (length: number) => write([seed([5])], { excerpts, warning: 'politics', limits: limits(length) });
    expect(beside(text.length + 8)).toBe(text);
    expect(beside(text.length + 7)).toBe(write([seed([5])]));
  });

  test('is offered to every template as the text of its paragraph', () => {
    const [cable] = modelOf({
      post: post(),
      resolutions: [seed([5, 6])],
      excerpts,
      surplus: 0,
      bot: '',
      language: 'en',
    }).cables;
    expect(cable?.paragraphs.map(({ text }) => text)).toEqual(['He said so.', null]);
  });

  const cited = fc.uniqueArray(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 6 });
  const platforms = [xLimits, bluesky.limits, mastodon.limits, wordpress.limits, { maxLength: 120, length: lengthOf }];

  test('never makes a text longer than its platform takes, and costs no link and no fact', () => {
    const words = fc
      .array(fc.constantFrom('minister', 'é', '漢漢', '👩‍👧', 'U.S.', 'x'.repeat(12)), { minLength: 1, maxLength: 40 })
      .map((all) => all.join(' ').slice(0, 300).toWellFormed());
    fc.assert(
      fc.property(
        cited,
        fc.array(words, { minLength: 6, maxLength: 6 }),
        fc.constantFrom(...platforms),
        (pins, texts, room) => {
          const found = pins.map((number, i) => excerpt(number, texts[i] ?? ''));
          const text = write([seed(pins)], { limits: room, excerpts: found });
          expect(room.length(text)).toBeLessThanOrEqual(room.maxLength);
          const without = text
            .split('\n')
            .filter((line) => !line.startsWith('“'))
            .join('\n');
          expect(without).toBe(write([seed(pins)], { limits: room }));
          for (const line of text.split('\n').filter((each) => each.startsWith('“')))
            expect(found.map((each) => `“${each.text}”`)).toContain(line);
        },
      ),
    );
  });
});

describe('a text that is too long loses', () => {
  const cable = {
    subject: 'A TOWN HALL MEETING',
    created: '2007-08-19T23:55Z',
    classification: 'SECRET',
    origin: 'Embassy Astana',
  };
  const resolutions = [seed([5, 9], { cable }), other('08OSLO1', { cable })];
  const long = write(resolutions);

  test('subject, classification, origin, cables and paragraphs, in this order', () => {
    const seen = new Set<string>();
    for (let length = long.length; length >= page.length + 5; length -= 1) {
      seen.add(
        Object.values(has(write(resolutions, { limits: limits(length) })))
          .map(Number)
          .join(''),
      );
    }
    expect([...seen]).toEqual(['11111', '01111', '00111', '00011', '00001', '00000']);
  });

  test('and counts the cables and paragraphs that are gone', () => {
    const bare = write(resolutions.map((resolution) => ({ ...resolution, cable: null })));
    expect(write(resolutions, { limits: limits(bare.length - 1) })).toMatch(/\nand 1 more$/);
    const short = `07ASTANA2244: ${page}\n¶5: ${page}#par5\nand 1 more of its paragraphs\nand 1 more`;
    expect(write(resolutions, { limits: limits(short.length) })).toBe(short);
  });

  test('everything but the link, which is never cut', () => {
    expect(write([seed([5])], { limits: limits(`${page}#par5`.length) })).toBe(`${page}#par5`);
    expect(() => write([seed([5])], { limits: limits(`${page}#par5`.length - 1) })).toThrow(PermanentError);
  });

  test('as the platform counts, not as we do', () => {
    const weighted = {
      maxLength: 140,
      length: (text: string) => text.replaceAll(/https:\/\/\S+/g, 'x'.repeat(23)).length,
    };
    expect(write([seed([5])], { limits: weighted })).toBe(`¶5 of 07ASTANA2244 ${facts}: ${page}#par5`);
  });

  test('whatever is cited, only whole links and whole lines', () => {
    const cited = fc.array(
      fc.array(fc.integer({ min: 1, max: 24 }), { maxLength: 24 }).map((numbers) => [...new Set(numbers)]),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(cited, fc.integer({ min: 70, max: 900 }), (pins, maxLength) => {
        const text = write([...pins.map((paragraphs) => seed(paragraphs)), other('08OSLO1')], {
          limits: limits(maxLength),
        });
        expect(text.length).toBeLessThanOrEqual(maxLength);
        for (const url of text.match(/https:\S+/g) ?? ['none']) {
          expect(url).toMatch(/^https:\/\/wikileaks\.org\/cable\/200[78]\/0[18]\/\d\d[A-Z]+\d+\.html(#par\d+)?$/);
        }
      }),
    );
  });
});

describe('words of strangers', () => {
  const cable = {
    subject: 'a\u202Eb\u0007c\u0000d\u2066e\u200Bf\ng @victim ＠other\uD800',
    created: null,
    classification: null,
    origin: '\u061C \n',
  };

  test('turn no text round, ring no bell, address nobody', () => {
    const text = write([seed([], { cable })]);
    expect(text).toBe(`07ASTANA2244 “a b c d e f g (at)victim (at)other”: ${page}`);
  });

  test('stay short, whole and on one line, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600, size: 'max' }), (subject) => {
        const [model] = modelOf({
          post: post(),
          resolutions: [seed([], { cable: { ...cable, subject } })],
          surplus: 0,
          bot: '',
          language: 'en',
        }).cables;
        const shown = model?.subject ?? '';
        expect(shown.length).toBeLessThanOrEqual(200);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}@]/u);
        expect(shown).not.toMatch(/^[\u200C\u200D]+$/);
      }),
      { examples: [['\u200C'], ['\u200D \u200C'], ['\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645']] },
    );
  });

  test('are no template', () => {
    expect(write([seed([], { cable: { ...cable, subject: '{{ more }}{% if %}' } })])).toContain('“{{ more }}{% if %}”');
  });

  test('of any length take work that grows with it, and no more', async () => {
    expect(work.answer(1_000_000).length).toBeLessThan(5000);
    const growths = await growthOf(new URL('compose.work.ts', import.meta.url), 32_000);
    expect(growths.get('answer')).toBeLessThan(linear);
  });
});

test('nothing to answer is refused', () => expect(() => write([])).toThrow(PermanentError));

function candidate(id: string) {
  return { referenceId: referenceId(id), distance: 0, reason: 'same serial' };
}

function has(text: string) {
  return {
    subject: text.includes('TOWN HALL'),
    classification: text.includes('SECRET'),
    origin: text.includes('Embassy'),
    second: text.includes('08OSLO1'),
    paragraph: text.includes('¶9'),
  };
}
