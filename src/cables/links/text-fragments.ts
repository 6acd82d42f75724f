import type { Cable, PrintedCable } from '../../core/cable.ts';
import { Budget } from '../corpus/search/budget.ts';
import { readParagraphs } from '../parse/paragraphs/paragraphs.ts';

/**
 * Finds the words with which a paragraph begins, as few as the page has only once, as what follows `#` in a link: `:~:text=3.%20%28U`.
 * Null: there are none, or no such paragraph. Undefined: the text is too long to look for them.
 */
export type FindFragment = (paragraph: number) => string | null | undefined;

/** Of a text in units: to read the paragraphs of a longer one would hold the event loop for more than 50 ms. */
const maxLength = 200_000;
/** The units that all paragraphs of a cable may read, for each try reads the page: up to ten nanoseconds each. */
const maxRead = 3_000_000;

/** Text fragments for a page with this text. Source: WICG, URL Fragment Text Directives. */
export function textFragments({ cable, body }: PrintedCable, budget = new Budget(maxRead)): FindFragment {
  if (body.length > maxLength) return () => undefined;
  const rows = body.split('\n');
  const { paragraphs, anchors } = readParagraphs(rows);
  // The viewer prints a sign there, so that the words on both sides do not meet.
  const signed = new Set(cable.page === 'viewer' ? anchors.map(({ line }) => line) : []);
  const textOf = (line: number): string => (signed.has(line) ? `¶${rows[line]}` : (rows[line] ?? ''));
  const opening = folded([cable.publishedId, cable.subject, cable.header, ''].join('\n'));
  const page = opening + folded(body);
  return (paragraph) => {
    const place = paragraphs.find(({ number }) => number === paragraph);
    if (place === undefined) return null;
    const row = textOf(place.line);
    const inMidLine = new RegExp(String.raw`(?<![\p{L}\p{N}])${paragraph}\.\s*\(`, 'u');
    const at = row.search(place.atLineStart ? /[\p{L}\p{N}]/u : inMidLine);
    if (at === -1) return null;
    const inLine = row.slice(0, at).trim();
    // PlusD hides what stands above the first paragraph.
    const above =
      inLine !== '' || place === paragraphs[0]
        ? -1
        : rows.findLastIndex((text, line) => line < place.line && hasWord(text));
    const below = rows.findIndex((text, line) => line > place.line && hasWord(text));
    const tries = quotations({
      before: inLine === '' ? textOf(above) : inLine,
      row: row.slice(at),
      after: textOf(below),
    });
    const start = (): number =>
      opening.length + folded([...rows.slice(0, place.line), row.slice(0, at)].join('\n')).length;
    const found = bestOf(tries, { page, start, budget });
    return found && fragment(found);
  };
}

/** What was found in cables that are still in memory, and the text in which. */
const known = new WeakMap<Cable, { readonly body: string; readonly found: Map<number, string | null> }>();

/** As `textFragments`, but each paragraph once: a popular cable is not read again for every post. */
export function knownFragments(printed: PrintedCable): FindFragment {
  const { cable, body } = printed;
  let ofCable = known.get(cable);
  if (ofCable?.body !== body) known.set(cable, (ofCable = { body, found: new Map() }));
  const { found } = ofCable;
  let find: FindFragment | undefined;
  return (paragraph) => {
    const before = found.get(paragraph);
    if (before !== undefined) return before;
    find ??= textFragments(printed);
    const words = find(paragraph);
    // Those that were not found within the budget of this question may be within that of another.
    if (words !== undefined) found.set(paragraph, words);
    return words;
  };
}

const hasWord = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

/** What a fragment quotes: `start`, with the other two directly before and after it, but for blanks and line breaks. Empty: anything. */
interface Quotation {
  readonly prefix: string;
  readonly start: string;
  readonly suffix: string;
}

/** The text at a paragraph's beginning: what stands before it in its line or in the line above, the rest of its line, the line below. */
interface Around {
  readonly before: string;
  readonly row: string;
  readonly after: string;
}

/** Browsers differ in how they compare line breaks and several blanks, so no quoted words reach over them. */
const gap = /\s{2,}|[^\S ]/;
/** Of a run; each is a try. */
const mostWords = 12;
/** Longer ones are rules and residue. */
const maxWordLength = 40;

/** The fewest words first: of its own line, then also of the line above, then of the line below. */
function quotations({ before, row, after }: Around): Quotation[] {
  const runs = row.trim().split(gap);
  const [head = '', next = ''] = runs;
  const [link = '', last = ''] = runs.length === 1 ? ['', head] : runs.slice(-2);
  const own = beginnings(head);
  const above = plainWords(before.trim().split(gap).at(-1)?.split(' ').toReversed() ?? []);
  const below = isPlain(link) && isPlain(last) ? beginnings(after.trim().split(gap)[0]) : [];
  const tries: Partial<Quotation>[] = [
    ...own.map((start) => ({ start })),
    ...(isPlain(head) ? beginnings(next) : []).map((suffix) => ({ start: head, suffix })),
    ...own
      .slice(1, 2)
      .concat(own.slice(-1))
      .flatMap((start) =>
        above.map((_, index) => ({
          prefix: above
            .slice(0, index + 1)
            .toReversed()
            .join(' '),
          start,
        })),
      ),
    ...below.map((suffix) => ({ prefix: link, start: last, suffix })),
  ];
  // A number alone may stand in a menu of the site, too.
  return tries
    .map(inWords)
    .filter(({ prefix, start, suffix }) => /\S \S/.test(`${prefix} ${start} ${suffix}`) && start !== '');
}

/** What a run begins with, each time a word longer. */
function beginnings(run = ''): string[] {
  const words = plainWords(run.split(' '));
  return words.map((_, index) => words.slice(0, index + 1).join(' '));
}

function isPlain(run: string): boolean {
  return beginnings(run).at(-1) === run;
}

/** The first words, as far as the page surely shows them as they are: the viewer escaped no markup, and some letters are lost. */
function plainWords(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => word.length > maxWordLength || /[<>&¶\p{C}\uFFFD]/u.test(word));
  return words.slice(0, Math.min(mostWords, end === -1 ? words.length : end));
}

/** Its outer ends are at letters or digits, where browsers see the bounds of words. */
function inWords({ prefix = '', start = '', suffix = '' }: Partial<Quotation>): Quotation {
  const ended = (text: string): string => text.replace(/[^\p{L}\p{N}\p{M}]+$/u, '');
  return {
    prefix: prefix.replace(/^[^\p{L}\p{N}]+/u, ''),
    start: suffix === '' ? ended(start) : start,
    suffix: ended(suffix),
  };
}

/**
 * The first that the page has once, otherwise one whose first place is the paragraph's: browsers go there, where a copy prints it twice.
 * Null: none; undefined: none within the budget.
 */
function bestOf(
  tries: readonly Quotation[],
  { page, start, budget }: { readonly page: string; readonly start: () => number; readonly budget: Budget },
): Quotation | null | undefined {
  let leading: Quotation | undefined;
  let paragraphAt: number | undefined;
  for (const quotation of tries) {
    if (!budget.take(page.length)) return leading;

    const [first, second] = placesOf(page, quotation);
    if (first === undefined) continue;
    if (second === undefined) return quotation;
    if (quotation.prefix !== '' || leading !== undefined) continue;
    paragraphAt ??= start();
    // A blank before may be one of the page or of the paragraph.
    if (Math.abs(first - paragraphAt) <= 1) leading = quotation;
  }
  return leading ?? null;
}

/**
 * The first two places of a quotation. Stricter than browsers, which differ: case, accents and the form of quotation marks do not count, and blanks
 * may be missing between the parts.
 */
function placesOf(page: string, { prefix, start, suffix }: Quotation): number[] {
  const parts = [prefix, start, suffix].filter((part) => part !== '').map((part) => RegExp.escape(folded(part)));
  const pattern = new RegExp(String.raw`(?<![\p{L}\p{N}])${parts.join(' ?')}(?![\p{L}\p{N}])`, 'gu');
  const first = pattern.exec(page);
  if (first === null) return [];
  pattern.lastIndex = first.index + 1;
  const second = pattern.exec(page);
  return second === null ? [first.index] : [first.index, second.index];
}

function folded(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\p{M}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, '');
  return plain
    .replaceAll(/[‘’‚‛]/g, "'")
    .replaceAll(/[“”„‟«»]/g, '"')
    .toUpperCase();
}

function fragment({ prefix, start, suffix }: Quotation): string {
  const parts = [prefix && `${encoded(prefix)}-`, encoded(start), suffix && `-${encoded(suffix)}`];
  return `:~:text=${parts.filter((part) => part !== '').join(',')}`;
}

/** `-` parts the prefix and the suffix; what finds links in a text often ends them before the others. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[-!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
