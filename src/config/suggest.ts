import { editsBetween } from '../core/text/edit-distance.ts';

// Longer words are no typos, and comparing them takes time.
const longestCompared = 40;

/** Other names for what has one here. */
const synonyms: Readonly<Record<string, string>> = {
  atom: 'rss',
  bsky: 'bluesky',
  fediverse: 'mastodon',
  interval: 'every',
  jsonl: 'file',
  tags: 'hashtags',
  twitter: 'x',
  wp: 'wordpress',
  zone: 'timezone',
};

/** `did you mean ...?` with the nearest valid word, or nothing when none is near. */
export function suggestion(written: string, words: readonly string[]): string {
  const meant = synonyms[written.toLowerCase()];
  const word = meant !== undefined && words.includes(meant) ? meant : nearest(written, words);
  return word === null ? '' : `did you mean \`${word}\`?`;
}

/** For messages: there is no such name, but the nearest one, or these. */
export function unknownName(what: string, written: string, names: readonly string[]): string {
  const near = suggestion(written, names);
  const known = names.length === 0 ? 'there is none' : `known: ${names.join(', ')}`;
  return `unknown ${what} \`${shorten(written)}\`; ${near === '' ? known : near}`;
}

/** For messages: on one line and not longer than `length`. */
export function shorten(text: string, length = 40): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** For messages of libraries, which begin like a sentence. */
export function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function nearest(written: string, words: readonly string[]): string | null {
  if (written.length > longestCompared) return null;
  const low = written.toLowerCase();
  const allowed = allowedEdits(low);
  let best: { word: string; edits: number } | null = null;
  for (const word of words) {
    const edits = editsTo(low, word.toLowerCase(), allowed);
    if (edits <= allowed && (best === null || edits < best.edits)) best = { word, edits };
  }
  return best?.word ?? null;
}

// An unfinished word counts as one edit.
function editsTo(written: string, word: string, most: number): number {
  if (written.length >= 3 && word.startsWith(written)) return Math.min(1, word.length - written.length);
  return editsBetween(written, word, most);
}

function allowedEdits(written: string): number {
  if (written.length < 4) return 1;
  return written.length < 8 ? 2 : 3;
}
