import type { Passage } from '../corpus.ts';
import { Budget } from './budget.ts';
import { bestFirst, type Quotation, readQuotation } from './find-quotation.ts';
import { termsAmong } from './terms.ts';

/** The index that a search needs; a row is a place in a cable. */
export interface TermIndex {
  /** Approximate number of places with the term; 0 only if there is none. */
  frequency(term: string): number;
  /** Places with all of these terms, at most `most`. */
  having(terms: readonly string[], most: number): readonly number[];
  /** The passage there; undefined if the quotation is not there, or the budget does not suffice. */
  read(row: number, quotation: Quotation, budget: Budget): Passage | undefined;
}

/** Number of rarest terms tried: with two misspelt ones, enough others remain. */
const rarestTerms = 6;
const termsTogether = 3;
/** Maximum of places read for one choice of terms, and for all choices. */
const maxRows = 100;
const maxRead = 400;
/** Good enough to stop: two of ten words are wrong. */
const goodScore = 0.8;

/**
 * Finds places with the words, some of which may be misspelt, in bounded work: the rarest terms lead to places, which are then read. A
 * misspelt word leads nowhere or to wrong places, so it tries other choices of three of the six rarest terms until one leads to a good
 * place.
 */
export function searchIn(index: TermIndex, written: string, most: number, budget = new Budget()): Passage[] {
  const quotation = readQuotation(written);
  const known = knownTerms(index, quotation);
  const found = new Map<number, Passage | undefined>();
  for (const [at, choice] of choicesOf(known).entries()) {
    // The first choice has the rarest terms.
    if (!budget.take(entriesOf(choice)) && at > 0) continue;
    for (const row of rowsOf(choice, known, { index, budget })) {
      if (found.size >= maxRead) break;
      if (!found.has(row)) found.set(row, index.read(row, quotation, budget));
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

/** The terms that occur anywhere, rarest first. */
function knownTerms(index: TermIndex, { words, gaps }: Quotation): Known[] {
  return [...termsAmong(words, gaps)]
    .map((term) => ({ term, frequency: index.frequency(term) }))
    .filter(({ frequency }) => frequency > 0)
    .toSorted((a, b) => a.frequency - b.frequency);
}

type Choice = readonly Known[];

function choicesOf(known: readonly Known[]): Choice[] {
  if (known.length <= termsTogether) return known.length === 0 ? [] : [known];
  const rarest = known.slice(0, rarestTerms);
  const choices: Choice[] = [];
  for (let k = 2; k < rarest.length; k += 1) {
    for (let j = 1; j < k; j += 1) {
      for (let i = 0; i < j; i += 1)
        choices.push([rarest[i], rarest[j], rarest[k]].filter((term) => term !== undefined));
    }
  }
  return choices;
}

/** The index reads up to so many entries for these terms; an entry takes about as long as a cell. */
function entriesOf(terms: Choice): number {
  return terms.reduce((sum, { frequency }) => sum + frequency, 0);
}

/** If three terms occur in too many places, requires more terms, half as many again each time. */
function rowsOf(
  choice: Choice,
  known: readonly Known[],
  { index, budget }: { index: TermIndex; budget: Budget },
): readonly number[] {
  const required = [...choice];
  const others = known.filter((term) => !required.includes(term));
  const having = (most: number) =>
    index.having(
      required.map(({ term }) => term),
      most,
    );
  let rows = having(maxRows);
  while (rows.length === maxRows && others.length > 0) {
    const more = others.splice(0, Math.max(2, Math.floor(required.length / 2)));
    if (!budget.take(entriesOf(more))) return rows;
    required.push(...more);
    const fewer = having(maxRows);
    if (fewer.length === 0) break;
    rows = fewer;
  }
  return rows.length === maxRows && others.length === 0 ? having(maxRead) : rows;
}
