import twitter from 'twitter-text';
import { find } from './find.ts';

/** A place in or beside an ID where a character may stand. `right`: the ID that a digit there makes. */
export interface Place {
  readonly write: (character: string) => string;
  readonly withDigit: (digit: string) => string;
}

export const places: Readonly<Record<string, Place>> = {
  'before the hashtag': { write: (it) => `a ${it}#07ASTANA2244 b`, withDigit: () => '07ASTANA2244' },
  // `007` is a year of three digits.
  'before the ID': {
    write: (it) => `a ${it}07ASTANA2244 b`,
    withDigit: (digit) => (digit === '0' ? '07ASTANA2244' : 'none'),
  },
  'behind the hashtag': { write: (it) => `a #07ASTANA2244${it} b`, withDigit: (digit) => `07ASTANA2244${digit}` },
  'behind the ID': { write: (it) => `a 07ASTANA2244${it} b`, withDigit: (digit) => `07ASTANA2244${digit}` },
  'in the year': { write: (it) => `#0${it}7ASTANA2244`, withDigit: () => 'any' },
  'behind the year': { write: (it) => `#07${it}ASTANA2244`, withDigit: () => 'any' },
  'in the name': { write: (it) => `#07AS${it}TANA2244`, withDigit: () => 'none' },
  'before the serial': {
    write: (it) => `#07ASTANA${it}2244`,
    withDigit: (digit) => `07ASTANA${Number(`${digit}2244`)}`,
  },
  'in the serial': { write: (it) => `#07ASTANA22${it}44`, withDigit: (digit) => `07ASTANA22${digit}44` },
};

/** What is wrong with the citations of a text with this character at a place; undefined: nothing. */
export function faultAt(name: string, { write, withDigit }: Place, codePoint: number): string | undefined {
  const character = String.fromCodePoint(codePoint);
  const ids = find(write(character)).citations.map(({ referenceId }) => referenceId ?? '?');
  const where = `U+${codePoint.toString(16).toUpperCase()} ${name}: ${ids.join(' ') || 'nothing'}`;
  if (/\p{Nd}/v.test(character)) {
    const digit = withDigit(String(valueOf(codePoint)));
    return digit === 'any' || ids.every((id) => id === digit) ? undefined : `${where}, not ${digit}`;
  }
  const mayBeShorter = name === 'in the serial' && endsAnId(character);
  const wrong = ids.find((id) => id !== '07ASTANA2244' && !(mayBeShorter && id === '07ASTANA22'));
  if (wrong !== undefined) return `${where}, another cable`;
  if (ids.length === 0 && (mustBeFound(name, character) || isTagOnX(write(character), character)))
    return `${where}, lost`;
  return undefined;
}

/** Of a digit of any script; each has a run of ten. */
function valueOf(codePoint: number): number {
  let zero = codePoint;
  while (/\p{Nd}/v.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (codePoint - zero) % 10;
}

/** Visible, and no letter or digit: what is behind it does not belong to the ID. A letter there must not stand before a digit. */
function endsAnId(character: string): boolean {
  return /[\p{P}\p{S}\p{Z}\s]/v.test(character);
}

/**
 * Where X, Mastodon or Bluesky make a tag of it (all end a tag at punctuation, symbols and blanks), but for these: `&#07…` is an entity of HTML
 * to X and Mastodon, `@07…` and `07…@` are a name and an address, `…` behind a text says that it is cut. What nobody sees loses no ID anywhere.
 */
function mustBeFound(name: string, character: string): boolean {
  if (/[\p{Default_Ignorable_Code_Point}\p{Mn}]/v.test(character)) return true;
  if (!endsAnId(character) || !/^(?:before the (?:hashtag|ID)|behind the (?:hashtag|ID))$/.test(name)) return false;
  if (name === 'before the hashtag') return character !== '&';
  if (name === 'behind the hashtag') return character !== '…';
  return !'@＠…'.includes(character);
}

/**
 * X's own library as a second judge. Left out: `…`; another number character, with which the serial is no whole number (`2244²`); and letters
 * that are newer than its tables, where it ends the tag within a word.
 */
function isTagOnX(text: string, character: string): boolean {
  if (/[…\p{N}\p{L}]/v.test(character)) return false;
  return twitter.extractHashtags(text).includes('07ASTANA2244');
}
