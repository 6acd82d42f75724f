import type { Passage } from '../corpus.ts';
import { bestFirst } from './matching.ts';
import { type Quotation, readQuotation } from './find-quotation.ts';
import { termsIn } from './terms.ts';

/** What a search needs of an index; `Row` is a place in a cable. */
export interface TermIndex<Row> {
  /** In about how many places the term stands; 0 only if in none. */
  frequency(term: string): number;
  /** Places that have all of these terms, at most so many. */
  having(terms: readonly string[], most: number): readonly Row[];
  /** The quotation as it stands there; undefined where it does not. */
  read(row: Row, quotation: Quotation): Passage | undefined;
}

/** So many of a quotation's rarest terms are looked for; two of them may be wrong and still leave three together. */
const rarestTerms = 6;
const termsTogether = 3;
/** Places that are read for one choice of words, and for all. */
const maxRows = 100;
const maxRead = 400;
/** Entries of the index that are gone through for all choices of words: some 20 ms. */
const maxEntries = 1_500_000;
/** Nothing better is to be expected: two of ten words are wrong. */
const goodScore = 0.8;

/**
 * Finds where words stand, misspelt ones among them, in bounded work: the rarest terms lead to places, which are then read. A misspelt
 * word leads nowhere or elsewhere, so other choices of three of the six rarest are tried until one leads to a good place.
 */
export function searchIn<Row>(index: TermIndex<Row>, written: string, most: number): Passage[] {
  const quotation = readQuotation(written);
  const known = knownTerms(index, quotation);
  const found = new Map<Row, Passage | undefined>();
  let entries = 0;
  for (const choice of choicesOf(known)) {
    if (entries > 0 && entries + choice.entries > maxEntries) continue;
    entries += choice.entries;
    for (const row of rowsOf(choice.terms, known, index)) {
      if (found.size >= maxRead) break;
      if (!found.has(row)) found.set(row, index.read(row, quotation));
    }
    const best = Math.max(0, ...[...found.values()].map((passage) => passage?.score ?? 0));
    if (best >= goodScore || found.size >= maxRead) break;
  }
  return bestFirst([...found.values()].filter((passage) => passage !== undefined)).slice(0, most);
}

interface Known {
  readonly term: string;
  readonly frequency: number;
}

/** The terms that stand anywhere, the rarest first. */
function knownTerms<Row>(index: TermIndex<Row>, quotation: Quotation): Known[] {
  return [...termsIn(quotation)]
    .map((term) => ({ term, frequency: index.frequency(term) }))
    .filter(({ frequency }) => frequency > 0)
    .toSorted((a, b) => a.frequency - b.frequency);
}

interface Choice {
  readonly terms: readonly string[];
  readonly entries: number;
}

function choicesOf(known: readonly Known[]): Choice[] {
  if (known.length <= termsTogether) return known.length === 0 ? [] : [choiceOf(known)];
  const rarest = known.slice(0, rarestTerms);
  const choices: Choice[] = [];
  for (let k = 2; k < rarest.length; k += 1) {
    for (let j = 1; j < k; j += 1) {
      for (let i = 0; i < j; i += 1)
        choices.push(choiceOf([rarest[i], rarest[j], rarest[k]].filter((w) => w !== undefined)));
    }
  }
  return choices;
}

function choiceOf(terms: readonly Known[]): Choice {
  return { terms: terms.map(({ term }) => term), entries: terms.reduce((sum, { frequency }) => sum + frequency, 0) };
}

/** Where three terms stand in too many places, more of them are asked for. */
function rowsOf<Row>(terms: readonly string[], known: readonly Known[], index: TermIndex<Row>): readonly Row[] {
  const asked = [...terms];
  const others = known.map(({ term }) => term).filter((term) => !terms.includes(term));
  let rows = index.having(asked, maxRows);
  while (rows.length === maxRows && others.length > 0) {
    asked.push(...others.splice(0, 2));
    const fewer = index.having(asked, maxRows);
    if (fewer.length === 0) break;
    rows = fewer;
  }
  return rows.length === maxRows && others.length === 0 ? index.having(asked, maxRead) : rows;
}
