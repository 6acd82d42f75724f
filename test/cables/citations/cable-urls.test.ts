import { describe, expect, test } from 'vitest';
import { cited, find, first } from './find.ts';

describe('cable URLs', () => {
  test.each([
    'https://wikileaks.org/cable/2007/08/07ASTANA2244.html',
    'http://www.wikileaks.org/cable/2007/08/07ASTANA2244',
    'https://wikileaks.org/cable/2007/08/07ASTANA2244#',
    'http://cablegate.wikileaks.org/cable/2007/08/07ASTANA2244.html',
    'http://wikileaks.ch/cable/2007/08/07ASTANA2244.html',
    'http://213.251.145.96/cable/2007/08/07ASTANA2244.html',
    'http://mirror.example.org:8080/x/cable/2007/08/07ASTANA2244.html',
    'wikileaks.org/cable/2007/08/07ASTANA2244.html',
    'https://wikileaks.org/plusd/cables/07ASTANA2244_a.html',
    'https://search.wikileaks.org/plusd/cables/07ASTANA2244_a.html',
    'https://theworldtomorrow.wikileaks.org/plusd/cables/07ASTANA2244_a.html',
    'http://www.cablegatesearch.net/cable.php?id=07ASTANA2244&version=1314919461',
    'https://cablegatesearch.wikileaks.org/cable.php?q=x&id=07astana2244',
    'https://www.cabledrum.net/cables/07ASTANA2244',
    'http://dazzlepod.com/cable/07ASTANA2244/',
    'http://api.leakfeed.com/v1/cable/07ASTANA2244.json',
    'https://web.archive.org/web/2012/http://wikileaks.org/cable/2007/08/07ASTANA2244.html',
  ])('%s is a citation with a place', (url) => {
    const { citations } = find(`(see ${url}), and`);
    expect(citations).toMatchObject([{ kind: 'url', strength: 'strong', referenceId: '07ASTANA2244', paragraphs: [] }]);
    expect(citations[0]?.written).toBe(url);
  });

  test.each([
    ['https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5', '07ASTANA2244[5]'],
    ['[the cable](https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5).', '07ASTANA2244[5]'],
    ['https://wikileaks.org/cable/2007/08/07ASTANA2244.html#parB', '07ASTANA2244'],
    // The highlighter's permalinks, whose letters stand for paragraphs and words.
    ['https://wikileaks.org/plusd/cables/07ASTANA2244_a.html#efmBOJBPzB0aB2l', '07ASTANA2244'],
    ['https://wikileaks.org/plusd/cables/07ASTANA2244_a.html#efmpar5', '07ASTANA2244'],
    [
      'https://t.example/?u=https%3A%2F%2Fwikileaks.org%2Fcable%2F2007%2F08%2F07ASTANA2244.html%23par5',
      '07ASTANA2244[5]',
    ],
    ['https://wikileaks.org/cable/2007/08/07ASTANA2244.html ¶5', '07ASTANA2244[5]'],
  ])('%s is %s', (text, expected) => {
    expect(cited(text)).toEqual([expected]);
  });

  test.each([
    ['https://wikileaks.jcvignoli.com/cable_09ASUNCION381', '09ASUNCION381'],
    ['http://wikileaks.ch/cables/2009/09/09LONDON2198.html', '09LONDON2198'],
    ['https://file.wikileaks.org/file/cablegate/09STATE15113.html', '09STATE15113'],
    ['https://example.org/cables-viewer.html#report/cables-09MOSCOW2353', '09MOSCOW2353'],
    ['https://example.org/a/FICHA_P2_09ASUNCION675.md', '09ASUNCION675'],
    ['https://example.org/#07ASTANA2244', '07ASTANA2244'],
    ['https://example.org/2011/09/07astana2244?lang=en', '07ASTANA2244'],
    ['https://example.org/read?id=2007ASTANA2244&x=1', '07ASTANA2244'],
  ])('a complete ID in any URL is one: %s', (url, id) => {
    const { citations } = find(`see ${url} and`);
    expect(citations).toMatchObject([{ kind: 'url', strength: 'strong', referenceId: id, written: url }]);
    expect(find('see', { links: [url] }).citations).toMatchObject([{ kind: 'url', referenceId: id }]);
  });

  test.each([
    'https://07astana2244.example.org/',
    'https://example.org/x07ASTANA2244y',
    'https://example.org/07ASTANA22…',
    'https://example.org/10-paris-1500-people',
  ])('no ID in its path, query or fragment: %s', (url) => {
    expect(cited(url)).toEqual([]);
  });

  test('an ID in any URL that may be a year of an event is weak', () => {
    expect(first('https://example.org/10paris2010')).toBeUndefined();
    expect(first('https://example.org/10paris2010 #cablegate')).toMatchObject({ kind: 'url', strength: 'weak' });
  });

  test('a malformed ID is mended; PlusD’s cut station of 1973-79 is filled up', () => {
    expect(cited('https://wikileaks.org/cable/2008/09/08THEHAGU799.html')).toEqual(['08THEHAGUE799']);
    expect(cited('https://wikileaks.org/cable/2006/01/06ASTANA.html')).toEqual(['06ASTANA204']);
    expect(cited('https://wikileaks.org/plusd/cables/1973BRUSSE01930_b.html')).toEqual(['73BRUSSELS1930']);
  });

  test.each([',', ';'])('joined by %s they are two', (mark) => {
    const url = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html';
    expect(cited(`${url}${mark}${url.replace('2244', '2221')}#par3`)).toEqual(['07ASTANA2244', '07ASTANA2221[3]']);
  });

  const links = ['https://wikileaks.org/cable/2007/08/07ASTANA2244.html'];

  test.each([
    'wikileaks.org/cable/2007/08/07ASTANA22…',
    'https://www.wikileaks.org/cable/2007/…',
    'wikileaks.org/cable/2007/08/07AS...',
  ])('%s is the link of the list that begins so', (cut) => {
    expect(cited(`${cut} ¶5`, { links })).toEqual(['07ASTANA2244[5]']);
    expect(find(cut, { links }).citations).toMatchObject([{ span: [0, cut.replace('...', '').length] }]);
  });

  test('one that is cut within the ID is none without such a link, before three dots it is weak', () => {
    const cut = 'https://wikileaks.org/cable/2007/08/07ASTANA22';
    expect(cited(`${cut}…`, { weakCounts: true })).toEqual([]);
    expect(cited(`${cut}…`, { links: ['https://example.org/'], weakCounts: true })).toEqual([]);
    expect(cited(`${cut}...`)).toEqual([]);
    expect(first(`${cut}...`, { weakCounts: true })).toMatchObject({ kind: 'url', strength: 'weak' });
    expect(cited(`${cut}44.ht…`)).toEqual(['07ASTANA2244']);
  });

  test.each([
    'https://example.org/cable/tv',
    'https://example.org/cables/usb-c',
    'https://www.cablegatesearch.net/cable.php?id=244972',
    '/cable/2007/08/07ASTANA2244',
  ])('%s is none', (url) => {
    expect(find(url).citations.filter(({ kind }) => kind === 'url')).toEqual([]);
  });
});
