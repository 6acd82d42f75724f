import { letterBits, lettersBeyond } from '../../ids/letter-bits.ts';
import { wordsOf } from './words.ts';

/** The words of a quotation; between two parts something may be left out. */
export interface Quotation {
  readonly words: readonly string[];
  /** Indexes of the words in front of which something may be left out. */
  readonly gaps: ReadonlySet<number>;
}

/** How well a text has a quotation. */
export interface Match {
  /** The part of the words that stand in the text in their order, 0 to 1; a misspelt one counts in part. */
  readonly score: number;
  readonly exact: boolean;
  /** Indexes of the text's words that the quotation begins and ends at. */
  readonly from: number;
  readonly to: number;
}

/** What stands in brackets is the quoting person's own, as the dots are. */
const leftOutPattern = /\.{3,}|…|(?:\. ){2,}\.|\[[^\]]{0,80}\]|[[\]]/g;
/** More words than a post has say no more. */
const maxWords = 200;

export function readQuotation(written: string): Quotation {
  const words: string[] = [];
  const gaps = new Set<number>();
  for (const part of written.split(leftOutPattern)) {
    if (words.length > 0) gaps.add(words.length);
    words.push(...wordsOf(part));
  }
  return { words: words.slice(0, maxWords), gaps };
}

/** Finds the place in a text that has the quotation best. */
export function matchQuotation(quotation: Quotation, text: readonly string[]): Match {
  return exactMatch(quotation, text) ?? nearMatch(quotation, text);
}

function exactMatch({ words, gaps }: Quotation, text: readonly string[]): Match | undefined {
  const starts = [0, ...gaps].filter((start) => start < words.length);
  let from = -1;
  let end = 0;
  for (const [index, start] of starts.entries()) {
    const part = words.slice(start, starts[index + 1]);
    const at = placeOf(part, text, end);
    if (at === -1) return undefined;
    if (from === -1) from = at;
    end = at + part.length;
  }
  return { score: 1, exact: true, from, to: end - 1 };
}

function placeOf(part: readonly string[], text: readonly string[], from: number): number {
  for (let at = text.indexOf(part[0] ?? '', from); at !== -1; at = text.indexOf(part[0] ?? '', at + 1)) {
    let length = 1;
    while (length < part.length && text[at + length] === part[length]) length += 1;
    if (length === part.length) return at;
  }
  return -1;
}

/** What a word of the text between two of the quotation's takes off, in words. */
const costPerExtraWord = 0.1;

/**
 * The best alignment: every word of the quotation may stand in the text, be near one that does, or be missing; words of the text between
 * them cost, but not where something is left out.
 */
function nearMatch({ words, gaps }: Quotation, text: readonly string[]): Match {
  const width = text.length + 1;
  const letters = Uint32Array.from(text, letterBits);
  let above = new Float64Array(width);
  let begun = Int32Array.from({ length: width }, (_, at) => at);
  for (const [index, word] of words.entries()) {
    const likeness = likenessTo(word, text, letters);
    const perStranger = index === 0 || gaps.has(index) ? 0 : costPerExtraWord;
    const row = new Float64Array(width);
    const starts = new Int32Array(width);
    // What was reached with the words so far, carried over the strangers that follow.
    let carried = above[0] ?? 0;
    let carriedFrom = begun[0] ?? 0;
    starts[0] = carriedFrom;
    for (let at = 1; at < width; at += 1) {
      const like = likeness[at - 1] ?? 0;
      const taken = like > 0 ? carried + like : -1;
      const skipped = above[at] ?? 0;
      row[at] = Math.max(taken, skipped);
      starts[at] = taken > skipped ? (index === 0 ? at - 1 : carriedFrom) : (begun[at] ?? 0);
      carried -= perStranger;
      if (skipped >= carried) {
        carried = skipped;
        carriedFrom = begun[at] ?? 0;
      }
    }
    above = row;
    begun = starts;
  }
  let best = 0;
  for (let at = 1; at < width; at += 1) if ((above[at] ?? 0) > (above[best] ?? 0)) best = at;
  const score = Math.max(0, (above[best] ?? 0) / Math.max(1, words.length));
  return { score, exact: false, from: Math.min(begun[best] ?? 0, Math.max(0, best - 1)), to: Math.max(0, best - 1) };
}

/** 1 for the word itself, less for one that is some letters off, else 0. `letters`: those of each word of the text. */
function likenessTo(word: string, text: readonly string[], letters: Uint32Array): Float64Array {
  const likeness = new Float64Array(text.length);
  let there = false;
  for (const [at, other] of text.entries()) {
    if (other !== word) continue;
    likeness[at] = 1;
    there = true;
  }
  const most = mostEdits(word);
  if (there || most === 0) return likeness;
  const own = letterBits(word);
  for (const [at, others] of letters.entries()) {
    // Each edit takes one letter away at most, and brings one: of most words of a text this is all that need be known.
    if (lettersBeyond(own, others) > most || lettersBeyond(others, own) > most) continue;
    const edits = editsBetween(word, text[at] ?? '', most);
    if (edits <= most) likeness[at] = 1 - edits / word.length;
  }
  return likeness;
}

/** Short words that are one letter off are other words. */
function mostEdits(word: string): number {
  return word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
}

/** Letters to add, drop, change or swap with their neighbour; any number above `most` where it is more. */
export function editsBetween(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  let [endOne, endOther] = [one.length, other.length];
  while (endOne > start && endOther > start && one[endOne - 1] === other[endOther - 1]) {
    endOne -= 1;
    endOther -= 1;
  }
  const [a, b] = [one.slice(start, endOne), other.slice(start, endOther)];
  if (Math.min(a.length, b.length) === 0) return Math.max(a.length, b.length);
  return distance(a, b);
}

function distance(a: string, b: string): number {
  let earlier: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped && j > 1) least = Math.min(least, (earlier[j - 2] ?? 0) + 1);
      row.push(least);
    }
    earlier = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
