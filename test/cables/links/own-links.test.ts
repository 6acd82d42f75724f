import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linksTo } from '../../../src/cables/links/cable-links.ts';
import { parseDocument } from '../../../src/cables/parse/parse-document.ts';
import { paragraphs } from '../../../src/web/cables/cable-page.ts';

const ownUrl = 'https://pilcrow.example.org';

/** A copy whose paragraphs have any numbers, twice or in disorder, and hold lists and things that look like anchors. */
function copyOf(numbers: readonly number[], words: readonly string[]): string {
  const body = numbers.map(
    (number, at) => `${number}. (U) ${words[at % words.length]} of what was said by the Akim at length.`,
  );
  return `Reference ID Created Released Classification Origin
07ASTANA2244 2007-08-19 23:55 2011-08-30 01:44 UNCLASSIFIED Embassy Astana

DE RUEHTA #2244/01 2312355
R 192355Z AUG 07 ZDK

E.O. 12958: N/A
${body.join('\n')}
`;
}

describe('the target own', () => {
  test('of any cable leads to ids that its page has once, each on the paragraph itself', async () => {
    const words = fc.constantFrom('First', '-- a) one', 'id="par2"', '2. (U) Second', '#par3 <b>bold</b>');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 15 }),
        fc.array(words, { minLength: 1, maxLength: 4 }),
        async (numbers, said) => {
          const [cable] = parseDocument(copyOf(numbers, said)).cables;
          if (cable === undefined) return;
          const page = String(await paragraphs(cable, new Map()));
          const ids = [...page.matchAll(/<div class="para" id="([^"]+)"/g)].map(([, id]) => id);
          expect(new Set(ids).size).toBe(ids.length);
          expect([...page.matchAll(/\sid="/g)]).toHaveLength(ids.length);
          const asked = cable.paragraphs.map(({ number }) => number);
          const linked = { id: cable.referenceId, cable, catalogue: undefined, unverified: false };
          for (const { url, exact, paragraph } of linksTo(linked, asked, { targets: ['own'], ownUrl })) {
            expect(exact).toBe(true);
            const id = new URL(url).hash.slice(1);
            const place = page.slice(page.indexOf(`id="${id}"`));
            expect(place).toMatch(new RegExp(`^id="par${paragraph}"[^]*?Link to paragraph </span>${paragraph}<`));
          }
        },
      ),
    );
  });

  test('does not promise what it does not have', () => {
    const [cable] = parseDocument(copyOf([1, 2], ['First'])).cables;
    const link = (known: boolean, paragraph: number, url: string | undefined = ownUrl) =>
      linksTo(
        { id: cable!.referenceId, cable: known ? cable : undefined, catalogue: undefined, unverified: false },
        [paragraph],
        {
          targets: ['own'],
          ownUrl: url,
        },
      );
    expect(link(true, 3)).toMatchObject([
      { url: `${ownUrl}/cable/07ASTANA2244`, exact: false, why: 'this cable has no paragraph 3' },
    ]);
    expect(link(false, 1)).toMatchObject([{ exact: false, why: 'the cable’s text is not available' }]);
    expect(
      linksTo({ id: cable!.referenceId, cable, catalogue: undefined, unverified: false }, [1], { targets: ['own'] }),
    ).toEqual([]);
  });
});
