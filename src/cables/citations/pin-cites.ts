import { antecedentOf, neighbours, refersBack } from './antecedents.ts';
import type { Found } from './found.ts';
import { isWordUnit } from './folded-text.ts';
import { hiddenMark } from './plain-text.ts';
import { findPins, isShortWord, maxParagraphs, type Pin } from './pins.ts';

/**
 * Assigns each pin cite to the citation that it touches: only blanks, punctuation, links, hashtags without an ID and joining words are
 * between them. `¶5 of 07ASTANA2244` belongs to the following citation, and so does each pin cite of a line where each precedes a citation.
 * Otherwise the preceding citation on the line comes first, then the following one, then any preceding one. A pin cite that touches none
 * belongs to the only cable of the post, if that is on its line or within 80 units; otherwise to none. `ibid. ¶7`, `¶7 of it` and `the next
 * paragraph` belong to the citation before them (see antecedents.ts).
 */
export function withPinCites(text: string, citations: readonly Found[]): readonly Found[] {
  if (citations.length === 0) return citations;
  const pins = findPins(text).slice(0, maxPins);
  if (pins.length === 0 && citations.every(({ paragraphs }) => paragraphs.length === 0)) return citations;
  const named = paragraphsNamed(text, citations, pins);
  return citations.map((citation, index) => {
    const paragraphs = [...new Set([...citation.paragraphs, ...(named[index] ?? [])])];
    if (paragraphs.length === 0) return citation;
    return { ...citation, paragraphs: paragraphs.slice(0, maxParagraphs).toSorted((a, b) => a - b) };
  });
}

/** The paragraphs that pin cites of the text give to each citation, by the rules above, without those that it has already. */
export function paragraphsNamed(
  text: string,
  citations: readonly Found[],
  pins: readonly Pin[] = findPins(text).slice(0, maxPins),
): readonly ReadonlySet<number>[] {
  const named = citations.map(() => new Set<number>());
  const owners = ownersOf(text, citations, pins);
  for (const [index, pin] of pins.entries()) {
    const owner = owners[index] ?? -1;
    const paragraphs = pin.word !== null && citations[owner]?.id === null ? undefined : named[owner];
    for (const number of pin.paragraphs) if (paragraphs && paragraphs.size < maxParagraphs) paragraphs.add(number);
  }
  for (const { citation, paragraph } of neighbours(text, citations, pins, owners)) named[citation]?.add(paragraph);
  return named;
}

/** Maximum distance from a pin cite to the citation that it touches, and to the only cable of a post. */
const maxGapLength = 200;
const nearDistance = 80;

/** Bounds the work: pin cites beyond this number are ignored. */
const maxPins = 500;

function ownersOf(text: string, citations: readonly Found[], pins: readonly Pin[]): (number | undefined)[] {
  const only = onlyCable(citations);
  const byDistance = (pin: Pin): number | undefined =>
    only && !isElsewhere(text, citations, pin) && !(pin.word !== null && isShortWord(pin.word))
      ? nearest(text, citations, pin)
      : undefined;
  const back = pins.map((pin) => refersBack(text, pin));
  if (citations.length === 1 && !back.includes(true)) {
    const near = pins.map(byDistance);
    if (!near.includes(undefined)) return near;
  }
  const order = placed(citations);
  const forward = touchedAfter(text, order, pins);
  const backward = touchedBefore(text, order, pins);
  const alternating = pinsBefore(text, order, pins);
  return pins.map((pin, index) => {
    if (back[index] === true) return antecedentOf(citations, pin.start);
    const next = forward[index];
    if (next && alternating.has(index)) return next.citation;
    const previous = backward[index];
    if (next?.of) return next.citation;
    if (previous && !previous.crossesLine) return previous.citation;
    if (next && !next.crossesLine) return next.citation;
    return previous?.citation ?? next?.citation ?? byDistance(pin);
  });
}

interface Touch {
  readonly citation: number;
  readonly crossesLine: boolean;
  /** Joined to it by "of", "in" or "from", without another pin cite between. */
  readonly of: boolean;
}

/** Pin cites of lines that alternate, pin cite first: `¶2 (07ASTANA2244), ¶3 (07PARIS1791)`. Each precedes its own citation. */
function pinsBefore(text: string, order: readonly Placed[], pins: readonly Pin[]): Set<number> {
  const found = new Set<number>();
  const places = [
    ...order.map(({ start, end }) => ({ start, end, pin: -1 })),
    ...pins.map(({ start, end }, pin) => ({ start, end, pin })),
  ].toSorted((a, b) => a.start - b.start);
  let line: number[] = [];
  for (const [index, { start, end, pin }] of places.entries()) {
    line.push(pin);
    const next = places[index + 1];
    if (next && !text.slice(Math.max(start, end), next.start).includes('\n')) continue;
    const isAlternating = line.length % 2 === 0 && line.every((each, place) => (each === -1) === (place % 2 === 1));
    if (isAlternating) for (const each of line) if (each !== -1) found.add(each);
    line = [];
  }
  return found;
}

/** For each pin cite the preceding citation that it touches, directly or through other pin cites. */
function touchedBefore(text: string, order: readonly Placed[], pins: readonly Pin[]): (Touch | undefined)[] {
  const found: (Touch | undefined)[] = [];
  let next = 0;
  let end = 0;
  let owner: Touch | undefined;
  for (const pin of pins) {
    for (let citation = order[next]; citation && citation.start <= pin.start; citation = order[next]) {
      owner = { citation: citation.index, crossesLine: false, of: false };
      end = Math.max(end, citation.end);
      next += 1;
    }
    owner = owner && extended(owner, text, end, pin.start);
    found.push(owner);
    end = pin.end;
  }
  return found;
}

/** For each pin cite the following citation. */
function touchedAfter(text: string, order: readonly Placed[], pins: readonly Pin[]): (Touch | undefined)[] {
  const found: (Touch | undefined)[] = [];
  let next = order.length - 1;
  let start = text.length;
  let owner: Touch | undefined;
  for (const pin of pins.toReversed()) {
    for (let citation = order[next]; citation && citation.start >= pin.end; citation = order[next]) {
      owner = { citation: citation.index, crossesLine: false, of: false };
      start = citation.start;
      next -= 1;
    }
    owner = owner && extended(owner, text, pin.end, start);
    found.push(owner);
    start = pin.start;
  }
  return found.toReversed();
}

interface Placed {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** Citations with a span, in text order. */
function placed(citations: readonly Found[]): Placed[] {
  const order: Placed[] = [];
  for (const [index, { span }] of citations.entries()) {
    if (span !== null) order.push({ index, start: span[0], end: span[1] });
  }
  return order;
}

const ofWords = new Set('of in from de del della do da di du von vom aus im van uit av i из в'.split(' '));
const joiningWords = new Set([
  ...ofWords,
  ...'at see cable the and also esp especially ref cf his its'.split(' '),
  ...'le la les el los il lo l der die das dem den des het siehe vgl voir ver vease vedi zie se см и и'.split(' '),
  ...'et y e und en och depesche telegramm depeche telegramme telegrama telegramma telegram kabel кабель депеша'.split(
    ' ',
  ),
]);

/** The touch over a further stretch of text; undefined if that separates the two. */
function extended(touch: Touch, text: string, start: number, end: number): Touch | undefined {
  if (end - start > maxGapLength) return undefined;
  let { crossesLine } = touch;
  let of = false;
  for (let at = start; at < end; at += 1) {
    const unit = text[at] ?? '';
    if (unit === hiddenMark || (unit >= '\u2E80' && unit <= '\uD7FF')) return undefined;
    if (unit === '\n') crossesLine = true;
    if (!isWordUnit(text.charCodeAt(at))) continue;
    const from = at;
    while (at + 1 < end && isWordUnit(text.charCodeAt(at + 1))) at += 1;
    if (text[from - 1] === '#') continue;
    const word = text.slice(from, at + 1).toLowerCase();
    if (!joiningWords.has(word)) return undefined;
    if (ofWords.has(word)) of = true;
  }
  return { ...touch, crossesLine, of };
}

/** True for a paragraph of something else: `paragraph 5 of the treaty`. */
function isElsewhere(text: string, citations: readonly Found[], pin: Pin): boolean {
  ofWordPattern.lastIndex = pin.end;
  if (!ofWordPattern.test(text)) return false;
  const end = ofWordPattern.lastIndex;
  return !citations.some(({ span }) => span !== null && span[0] < end && span[1] > pin.end);
}

const ofWordPattern =
  /[ \t]{1,2}(?:of|in|de[ls]?|della|d[aiou]|des|der|von|van|av)[ \t]{1,2}(?!(?:(?:the|this|that|his|its|la|le|el)[ \t]{1,2})?(?:cables?|it|telegram\w*|message|ref|reftel|depesche|depeche|kabel)\b)(?:(?:the|this|that|his|its|an?|la|le|el)[ \t]{1,2})?\p{L}/ivy;

/** True if all citations name the same cable. */
function onlyCable(citations: readonly Found[]): boolean {
  const [first] = citations;
  return first !== undefined && first.id !== null && citations.every((citation) => citation.id === first.id);
}

function nearest(text: string, citations: readonly Found[], pin: Pin): number | undefined {
  let best: { index: number; distance: number } | undefined;
  for (const [index, { span }] of citations.entries()) {
    if (span === null) return citations.length === 1 ? index : undefined;
    const [from, to] = span[0] >= pin.end ? [pin.end, span[0]] : [span[1], pin.start];
    const distance = Math.max(0, to - from);
    if (distance > nearDistance && (distance > 2000 || text.slice(from, to).includes('\n'))) continue;
    if (best === undefined || distance < best.distance) best = { index, distance };
  }
  return best?.index;
}
