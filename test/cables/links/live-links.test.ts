import { describe, expect, test } from 'vitest';
import { type LinkHealth, liveFirst } from '../../../src/cables/links/live-links.ts';
import type { Link } from '../../../src/core/citation.ts';

const viewer = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html';
const plusd = 'https://wikileaks.org/plusd/cables/07ASTANA2244_a.html';
const copyOf = (page: string) => `https://archive.example/${page}`;
const links: Link[] = [
  { target: 'viewer', url: `${viewer}#par5`, paragraph: 5, exact: true, near: null, why: null },
  { target: 'viewer', url: viewer, paragraph: 3, exact: false, near: 'par2', why: 'no anchor of its own' },
  { target: 'plusd', url: plusd, paragraph: 5, exact: false, near: null, why: 'this site has no paragraph anchors' },
];
const since = Date.UTC(2026, 2, 1);

function knowing(
  gone: readonly string[],
  archived: LinkHealth['archived'] = copyOf,
  moved: readonly (readonly [string, string])[] = [],
): LinkHealth {
  return {
    movedPages: () => Promise.resolve(new Map(moved)),
    deadPages: (pages) =>
      Promise.resolve(new Map(pages.filter((page) => gone.includes(page)).map((page) => [page, since]))),
    archived,
  };
}

describe('links', () => {
  test('to pages that are there stay as they are', async () => {
    expect(await liveFirst(links, knowing([]))).toEqual(links);
  });

  test('to a page that is gone stand last, are not exact, and say since when', async () => {
    expect(await liveFirst(links, knowing([viewer]))).toEqual([
      links[2],
      { ...links[0], exact: false, why: 'the page at wikileaks.org has been gone since 2026-03-01' },
      {
        ...links[1],
        near: null,
        why: 'no anchor of its own; the page at wikileaks.org has been gone since 2026-03-01',
      },
    ]);
  });

  test('lead to the copies when all pages are gone, in the operator’s order', async () => {
    const found = await liveFirst(links, knowing([viewer, plusd]));
    expect(found.map(({ url, exact }) => ({ url, exact }))).toEqual([
      { url: `${copyOf(viewer)}#par5`, exact: false },
      { url: copyOf(viewer), exact: false },
      { url: copyOf(plusd), exact: false },
    ]);
    expect(found[0]?.why).toBe('the page at wikileaks.org has been gone since 2026-03-01; archived copy');
  });

  test('whose copy is gone as well come after those that have one, and say so', async () => {
    const found = await liveFirst(links, knowing([viewer, plusd, copyOf(viewer)]));
    expect(found.map(({ url }) => url)).toEqual([copyOf(plusd), `${viewer}#par5`, viewer]);
    expect(found[1]?.why).toContain('no archived copy is known');
  });

  test('stay where they led when there is neither page nor archive', async () => {
    const found = await liveFirst(
      links,
      knowing([viewer, plusd], () => null),
    );
    expect(found.map(({ url, exact }) => ({ url, exact }))).toEqual(links.map(({ url }) => ({ url, exact: false })));
  });

  describe('to paragraphs of a viewer that has moved', () => {
    const fault = 'wikileaks.org/cable leads to plusd: paragraph anchors are gone';
    const moved = knowing([], copyOf, [[viewer, fault]]);
    const lost = { exact: false, near: null, why: fault };

    test('are not exact, and keep their place where no other target lands', async () => {
      const found = await liveFirst(links, moved);
      expect(found).toEqual([
        { ...links[0], ...lost },
        { ...links[1], near: null, why: `no anchor of its own; ${fault}` },
        links[2],
      ]);
    });

    test('give it up to the next target all of whose links land', async () => {
      const byWords: Link = { ...links[2]!, url: `${plusd}#:~:text=5.%20%28U`, exact: true, by: 'words' };
      const other: Link = { ...links[2]!, target: 'cabledrum', url: 'https://www.cabledrum.net/cables/07ASTANA2244' };
      const found = await liveFirst([links[0]!, other, byWords], moved);
      expect(found).toEqual([byWords, { ...links[0], ...lost }, other]);
    });

    test('are the only ones that change: a cable is still there', async () => {
      const whole: Link = { ...links[0]!, url: viewer, paragraph: null };
      expect(await liveFirst([whole, links[2]!], moved)).toEqual([whole, links[2]]);
    });
  });
});
