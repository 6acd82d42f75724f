import { describe, expect, test } from 'vitest';
import { leadsAway, openLinkProbe, permissionIn } from '../../src/net/link-probe.ts';

const page = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html';

describe('a redirect leads to another page', () => {
  test.each([
    [page, 'https://wikileaks.org/'],
    [page, 'https://wikileaks.org/index.html'],
    [page, 'https://wikileaks.org/cable/2007/08/07ASTANA224.html'],
    [
      'https://cablegatesearch.wikileaks.org/cable.php?id=07ASTANA2244',
      'https://cablegatesearch.wikileaks.org/search.php',
    ],
    ['https://example.org/about/', 'https://example.org/'],
  ])('from %s to %s', (from, to) => expect(leadsAway(from, to)).toBe(true));
});

describe('a redirect leads to the same page', () => {
  test.each([
    [page, page],
    [page, 'https://www.wikileaks.org/plusd/cables/07ASTANA2244_a.html'],
    [page, 'https://example.org/cables/07astana2244'],
    [`https://web.archive.org/web/2011/${page}`, `https://web.archive.org/web/20110902101112/${page}`],
    ['https://example.org/about/', 'https://example.org/about'],
  ])('from %s to %s', (from, to) => expect(leadsAway(from, to)).toBe(false));
});

describe('robots.txt', () => {
  const agent = 'Pilcrow/0.1 (cable links)';

  test.each([
    ['', true],
    ['User-agent: *\nDisallow: /cable/', false],
    ['User-agent: *\nDisallow: /\nAllow: /cable/', true],
    ['User-agent: PILCROW\nDisallow: /\n\nUser-agent: *\nDisallow:', false],
    ['User-agent: *\nDisallow: /*.html$', false],
    ['\0\uFFFD<html>no rules at all</html>', true],
  ])('%j allows us a page: %s', (robots, allowed) => expect(permissionIn(robots, page, agent).allowed).toBe(allowed));

  test('is read beside the event loop if it is large', async () => {
    const probe = openLinkProbe({ fetch: () => Promise.reject(new Error('none')), userAgent: agent, now: Date.now });
    const robots = `User-agent: *\n${`Disallow: /${'*'.repeat(2000)}x\n`.repeat(1000)}Disallow: /cable/\n`;
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 1);
    const permission = await probe.permission(robots, page);
    clearInterval(turning);
    expect(permission).toEqual({ allowed: false, delayMs: null });
    expect(turns).toBeGreaterThan(1);
  });

  test('may ask for a pause', () => {
    expect(permissionIn('User-agent: *\nCrawl-delay: 2.5', page, agent).delayMs).toBe(2500);
    expect(permissionIn('User-agent: *\nCrawl-delay: soon', page, agent).delayMs).toBeNull();
    expect(permissionIn('User-agent: *\nCrawl-delay: -9', page, agent).delayMs).toBeNull();
  });
});
