import type { TextLimits } from '../platform.ts';
import type { InstanceFacts } from './instance.ts';

/** For the name that is put before an answer, and the space behind it. */
const roomForName = 64;

export function limitsOf({ maxCharacters, urlLength }: InstanceFacts): TextLimits {
  return { maxLength: Math.max(1, maxCharacters - roomForName), length: (text) => lengthOf(text, urlLength) };
}

/**
 * As Mastodon counts: a URL counts the same however long it is, a name without its server, all else by what people see as a
 * character (app/validators/status_length_validator.rb).
 */
export function lengthOf(text: string, urlLength: number): number {
  const urls = text.match(URL_IN_TEXT) ?? [];
  const rest = text.replaceAll(URL_IN_TEXT, '').replaceAll(REMOTE_NAME, '$1');
  return urls.length * urlLength + graphemes(rest);
}

/** The first characters, none cut in two. */
export function startOf(text: string, most: number): string {
  if (graphemes(text) <= most) return text;
  const segments = [...segmenter.segment(text.slice(0, most * 40))].slice(0, Math.max(0, most - 1));
  return most <= 0 ? '' : `${segments.map(({ segment }) => segment).join('')}…`;
}

const segmenter = new Intl.Segmenter();

function graphemes(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) count += 1;
  return count;
}

/** What is surely counted as one. Punctuation behind it counts for itself. */
const URL_IN_TEXT = /https?:\/\/[!-~]*[\w/~=&#%+$@*-]/g;
const REMOTE_NAME = /(?<![\w/])(@\w+)@[\w.-]+\w/g;
