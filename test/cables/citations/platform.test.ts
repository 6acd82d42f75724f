import { describe, expect, test } from 'vitest';
import { cited, find } from './find.ts';

describe('what the platform says', () => {
  test('a tag that the text shows has its place there, one that it does not show has none', () => {
    expect(find('see #07ASTANA2244', { hashtags: ['07ASTANA2244'] }).citations).toMatchObject([{ span: [4, 17] }]);
    expect(find('see', { hashtags: ['07astana2244'] }).citations).toMatchObject([
      { span: null, written: '07astana2244', referenceId: '07ASTANA2244', kind: 'hashtag' },
    ]);
  });

  test('tags that it left joined are taken apart', () => {
    const found = find('hello', { hashtags: ['07ASTANA2244,#cablegate'] });
    expect(found.beside).toBe(true);
    expect(found.citations).toMatchObject([{ referenceId: '07ASTANA2244' }]);
    expect(find('ASTANA 2244', { hashtags: ['x,cablegate'] }).citations).toMatchObject([{ kind: 'no-year' }]);
  });

  test('its place is right behind letters that grow in upper case', () => {
    const text = 'ßßﬁ\u0149 ə#07ASTANA2244';
    expect(find(text, { hashtags: ['07ASTANA2244'] }).citations).toMatchObject([{ span: [6, 19] }]);
  });

  test('a link behind the text counts, with its paragraph', () => {
    const links = ['https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par9', 'https://example.org/'];
    expect(cited('read this', { links })).toEqual(['07ASTANA2244[9]']);
    expect(cited('read #07ASTANA2244', { links })).toEqual(['07ASTANA2244[9]']);
  });
});

test.each([
  ['> https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par9\nwell', []],
  ['> wikileaks.org/cable/2007/08/07AST…\nwell', []],
  ['`https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par9`', []],
  ['> https://wikileaks.org/cable/\nwell', ['07ASTANA2244[9]']],
  [
    '> https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par9\nhttps://wikileaks.org/cable/2007/08/07ASTANA2244.html#par9',
    ['07ASTANA2244[9]'],
  ],
])('a listed link counts unless the text shows it in code or a quoted line only: %j', (text, expected) => {
  expect(cited(text, { links: ['https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par9'] })).toEqual(expected);
});

describe('beside #cablegate or #wlfind', () => {
  test.each([
    '#cablegate',
    '#Cablegate',
    '#WLFIND',
    '＃cablegate',
    '＃ｃａｂｌｅｇａｔｅ',
    '#a#cablegate',
    '#cableg\u00ADate',
  ])('%s is seen', (tag) => {
    expect(find(`a ${tag} b`).beside).toBe(true);
  });

  test.each(['#cablegates', 'x#cablegate', '`#cablegate`', '> #cablegate', 'cablegate'])('%s is none', (tag) => {
    expect(find(tag).beside).toBe(false);
  });

  test('hashtags of unknown stations, of two-letter names and of IDs that lost their serial count, in any case', () => {
    const tags = '#07FOOBAR12 #05KL12 #06Astana #24FOOBAR12';
    expect(cited(tags)).toEqual([]);
    expect(cited(`${tags} #cablegate`)).toEqual(['07FOOBAR12', '05KUALALUMPUR12', '06ASTANA204']);
    expect(cited('05KL12 07FOOBAR12 #cablegate')).toEqual([]);
  });

  test('weak citations count', () => {
    expect(cited('ASTANA 2244')).toEqual([]);
    expect(find('ASTANA 2244 #wlfind').citations).toMatchObject([
      { kind: 'no-year', strength: 'weak', clues: { station: 'ASTANA', serial: 2244, year: null } },
    ]);
  });
});
