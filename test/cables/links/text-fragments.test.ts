import fc from 'fast-check';
import twitter from 'twitter-text';
import { describe, expect, test } from 'vitest';
import { readFileBytes } from '../../../src/cables/corpus/formats/index.ts';
import { Budget } from '../../../src/cables/corpus/search/budget.ts';
import { linksTo } from '../../../src/cables/links/cable-links.ts';
import { knownFragments, textFragments } from '../../../src/cables/links/text-fragments.ts';
import type { PrintedCable } from '../../../src/core/cable.ts';
import { plusdHtml, viewerHtml } from '../parse/viewer-page.ts';

const id = '07ASTANA2299';

function printedOn(html: string): PrintedCable {
  const [printed] = readFileBytes(new TextEncoder().encode(html), id).cables;
  return printed!;
}

/** A message with these lines, as PlusD or the viewer has it. */
function cableOf(rows: readonly string[], site: 'viewer' | 'plusd' = 'plusd'): PrintedCable {
  const top = ['UNCLAS ASTANA 002299', '', 'TAGS: PGOV', 'SUBJECT: THE MARKET', ''];
  const body = [...top, ...rows].join('\n');
  return printedOn(site === 'viewer' ? viewerHtml({ body }) : plusdHtml({ body }));
}

const fragmentOf = (rows: readonly string[], paragraph = 1, site?: 'viewer' | 'plusd') =>
  textFragments(cableOf(rows, site))(paragraph);

describe('a text fragment', () => {
  test.each([
    ['number and marking, if they are unique', ['1. (U) The market.', '2. (U) The bridge.'], ':~:text=1.%20%28U'],
    [
      'more words, if they are not',
      ['1. (U) The market.', '2. (U) See 1. (U) The bridge.'],
      ':~:text=1.%20%28U%29%20The%20market',
    ],
    [
      'marks by their codes',
      ['1. (U) Well-to-do, A & B.', '2. See 1. (U) Well-to-go.'],
      ':~:text=1.%20%28U%29%20Well%2Dto%2Ddo',
    ],
    [
      'letters by their codes, and case and accents do not part them',
      ['1. (U) Café Čeho.', '2. SEE 1. (U) CAFE CEKO.'],
      ':~:text=1.%20%28U%29%20Caf%C3%A9%20%C4%8Ceho',
    ],
    ['several blanks between two parts', ['1.   (U) The market.', '2. (U) The bridge.'], ':~:text=1.,-%28U'],
    [
      'the line below, if its own is printed elsewhere',
      ['1. (U) The market', 'opened.', '2. (U) See 1. (U) The market', 'closed.'],
      ':~:text=1.%20%28U%29%20The%20market,-opened',
    ],
    [
      'nothing that the viewer may have swallowed',
      ['1. (U) <May> the market.', '2. (U) See 1. (U) it.'],
      // Not unique, but browsers go to the first place.
      ':~:text=1.%20%28U',
    ],
  ])('has %s', (_, rows, expected) => {
    expect(fragmentOf(rows)).toBe(expected);
  });

  test('has the line above as a prefix, if that alone makes it unique', () => {
    const rows = ['1. (U) As in 2. (U) Same', 'and so.', '2. (U) Same', 'and so.', '3. (U) End.'];
    expect(fragmentOf(rows, 2)).toBe(':~:text=so.-,2.%20%28U');
    // The viewer prints its sign between them.
    expect(fragmentOf(rows, 2, 'viewer')).toBeNull();
  });

  test('is not made of what a paragraph that is not there could say', () => {
    expect(fragmentOf(['1. (U) The market.'], 7)).toBeNull();
    expect(fragmentOf(['No paragraphs.'])).toBeNull();
  });

  test('is part of the link for X, which counts 23 for it', () => {
    const url = `https://wikileaks.org/plusd/cables/${id}_a.html#${fragmentOf(['1. (U) It’s “A, B” (so).', '2. 1. (U) It’s “A, C”'])}`;
    expect(twitter.extractUrls(`See ${url} and more`)).toEqual([url]);
    expect(twitter.parseTweet(url).weightedLength).toBe(23);
  });

  test('of any page is found once by the rules of browsers, in the line where the paragraph begins', () => {
    fc.assert(
      fc.property(fc.array(madeParagraph, { minLength: 2, maxLength: 6 }), site, (made, target) => {
        const rows = made.flatMap((paragraph, index) => paragraph(index + 1));
        const printed = cableOf(rows, target);
        const find = textFragments(printed);
        const { text, begins } = pageOf(printed, target);
        for (const { number } of printed.cable.paragraphs) {
          const fragment = find(number);
          if (typeof fragment !== 'string') continue;
          const [first, second] = [...placesIn(text, directiveIn(fragment))];
          const begin = begins.get(number) ?? -1;
          expect(first, `${fragment} in ${text}`).toBeGreaterThanOrEqual(begin);
          expect(first, `${fragment} in ${text}`).toBeLessThan(text.indexOf('\n', begin));
          // A second place is behind: it begins like the paragraph.
          if (second !== undefined) expect(fragment).not.toContain('-,');
        }
      }),
    );
  });

  test('of most pages with repeated phrases is there', () => {
    const found = fc
      .sample(fc.array(madeParagraph, { minLength: 2, maxLength: 6 }), { numRuns: 60, seed: 7 })
      .flatMap((made) => {
        const printed = cableOf(made.flatMap((paragraph, index) => paragraph(index + 1)));
        return printed.cable.paragraphs.map(({ number }) => textFragments(printed)(number));
      });
    expect(found.length).toBeGreaterThan(150);
    expect(found.filter((fragment) => fragment === null).length).toBeLessThan(found.length / 40);
  });

  test('is looked for in linear work: in a text twice as long it takes twice as much', () => {
    const words = 'a b c d e f g h i j k l m';
    const work = (lines: number) => {
      const budget = new Budget(1e12);
      textFragments(
        cableOf(['1. (U) So.', `2. (U) ${words}`, ...Array(lines).fill(`as in 2. (U) ${words}`)]),
        budget,
      )(2);
      return budget.spent;
    };
    for (const lines of [100, 200, 400, 800]) expect(work(2 * lines) / work(lines)).toBeLessThan(2.1);
  });

  test('is not looked for beyond a budget, and the link says so', () => {
    const { cable, body } = cableOf(['1. (U) So.', '2. (U) See 1.', 'x '.repeat(110_000)]);
    expect(textFragments({ cable, body: body.slice(0, 100) }, new Budget(50))(2)).toBeUndefined();
    const linked = { id: cable.referenceId, cable, body, catalogue: undefined, unverified: false };
    expect(linksTo(linked, [2], { targets: ['plusd'] })).toMatchObject([
      { exact: false, why: expect.stringContaining('the text is too long to look for words of it') },
    ]);
  });

  test('is looked for once while the cable is in memory, and anew in another text of it', () => {
    const { cable, body } = cableOf(['1. (U) The market.', '2. (U) See 1. (U) The bridge.']);
    let read = 0;
    const watched = {
      ...cable,
      get header() {
        read += 1;
        return cable.header;
      },
    };
    const ask = (text: string) =>
      [1, 2, 7].map((paragraph) => knownFragments({ cable: watched, body: text })(paragraph));
    const found = ask(body);
    expect(found).toEqual([1, 2, 7].map(textFragments({ cable, body })));
    const readOnce = read;
    expect(ask(body)).toEqual(found);
    expect(read).toBe(readOnce);
    const other = body.replace('See 1. (U) The bridge', 'The bridge');
    expect(ask(other)).toEqual([1, 2, 7].map(textFragments({ cable, body: other })));
    expect(ask(other)).not.toEqual(found);
    // What a text is too long for is not remembered as none.
    expect(knownFragments({ cable: watched, body: 'x'.repeat(300_000) })(1)).toBeUndefined();
    expect(ask(body)).toEqual(found);
  });

  test('keeps every character of what it quotes', () => {
    const words = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, words, (some, more) => {
        const text = some.join(' ');
        const rows = [`1. (U) As in 2. (U) ${text}`, `2. (U) ${text} ${more.join(' ')}`];
        const printed = cableOf(rows.map((row) => row.replaceAll(/[\r\n]/g, ' ')));
        const fragment = textFragments(printed)(2);
        if (typeof fragment !== 'string') return;
        expect(fragment).toMatch(/^:~:text=[\w.~%]+(?:-?,-?[\w.~%]+){0,2}$/);
        for (const part of Object.values(directiveIn(fragment))) expect(printed.body).toContain(part);
      }),
      { numRuns: 30 },
    );
  });
});

const site = fc.constantFrom('viewer' as const, 'plusd' as const);
const phrase = fc
  .array(fc.constantFrom('The', 'market', 'U', 'Café', 'well-off', 'A, B', '(C)', '<b>', 'A&B', '1.5'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((words) => words.join(' '));
/** Lines of a paragraph: some quote the beginnings of others. */
const madeParagraph = fc
  .tuple(
    phrase,
    fc.constantFrom(' ', '  ', '   '),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), phrase), { maxLength: 3 }),
  )
  .map(([text, blanks, others]) => (number: number) => [
    `${number}.${blanks}(U) ${text}`,
    ...others.map(([other, words], index) => (index === 1 ? words : `as in ${other}. (U) ${words}`)),
  ]);

/** The text of a page as a browser has it, and where each paragraph begins. */
function pageOf({ cable, body }: PrintedCable, target: 'viewer' | 'plusd') {
  const begins = new Map<number, number>();
  let text = `${cable.publishedId} ${cable.subject}\n${cable.header}\n`;
  for (const row of body.split('\n')) {
    const number = Number(/^(\d)\.\s/.exec(row)?.[1] ?? 0);
    if (number > 0 && target === 'viewer') text += '¶';
    if (number > 0) begins.set(number, text.length);
    text += `${row}\n`;
  }
  return { text, begins };
}

interface Directive {
  readonly prefix: string;
  readonly start: string;
  readonly suffix: string;
}

function directiveIn(fragment: string): Directive {
  const parts = fragment.replace(':~:text=', '').split(',');
  const decoded = (part = '') => decodeURIComponent(part);
  const prefix = parts[0]?.endsWith('-') === true ? (parts.shift() ?? '').slice(0, -1) : '';
  const suffix = parts.at(-1)?.startsWith('-') === true ? (parts.pop() ?? '').slice(1) : '';
  return { prefix: decoded(prefix), start: decoded(parts[0]), suffix: decoded(suffix) };
}

/** Every place where a browser may scroll: "find a range from a text directive" of the specification, step by step. */
function* placesIn(text: string, { prefix, start, suffix }: Directive): Generator<number> {
  const bounds = boundsIn(text);
  const page = lower(text);
  const find = (words: string, from: number, { starts, ends }: { starts: boolean; ends: boolean }): number => {
    for (let at = page.indexOf(lower(words), from); at !== -1; at = page.indexOf(lower(words), at + 1))
      if ((!starts || bounds.has(at)) && (!ends || bounds.has(at + words.length))) return at;
    return -1;
  };
  const pastBlanks = (at: number) => at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
  for (let from = 0; ;) {
    const before = prefix === '' ? -1 : find(prefix, from, { starts: true, ends: false });
    if (prefix !== '' && before === -1) return;
    const expected = prefix === '' ? from : pastBlanks(before + prefix.length);
    const at = find(start, expected, { starts: prefix === '', ends: suffix === '' });
    if (at === -1) return;
    from = (prefix === '' ? at : before) + 1;
    if (prefix !== '' && at !== expected) continue;
    const behind = pastBlanks(at + start.length);
    if (suffix !== '' && find(suffix, behind, { starts: false, ends: true }) !== behind) continue;
    yield at;
  }
}

/** Browsers ignore case and accents; these texts have only such as keep the length. */
function lower(text: string): string {
  return text.toLowerCase().replaceAll('é', 'e');
}

function boundsIn(text: string): Set<number> {
  const words = new Intl.Segmenter('en', { granularity: 'word' }).segment(text);
  return new Set([...Array.from(words, ({ index }) => index), text.length]);
}
