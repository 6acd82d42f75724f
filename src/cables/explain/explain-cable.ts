import type { Cable } from '../../core/cable.ts';
import {
  explainDeclassification,
  nameOfOrder,
  orderOn,
  type OrderInForce,
  explainReason,
  type ReasonExplained,
  timeInWords,
} from './authority.ts';
import { explainMarking, type MarkingExplained } from './markings.ts';
import { parseRecipients, type Recipients } from '../parse/header/recipients.ts';
import { parseSummary } from '../parse/header/summary.ts';
import { meaningsOfTag } from '../parse/header/tags.ts';

/** The abbreviations of a cable in plain words. */
export interface CableExplained {
  /** Null if the copy has no classification. */
  readonly classification: MarkingExplained | null;
  readonly order: OrderExplained;
  readonly reasons: readonly ReasonExplained[];
  /** When it was to be declassified. */
  readonly declassification: string;
  readonly tags: readonly TagExplained[];
  /** Markings of its paragraphs, each once, in the order of their first use. */
  readonly markings: readonly MarkingExplained[];
  /** `routine`; null where it is missing. */
  readonly precedence: string | null;
  /** `Sunday 19 August 2007, 23:55 UTC` */
  readonly sent: string | null;
  readonly recipients: Recipients;
  /** The cable's own summary, if it begins with one. */
  readonly summary: string | null;
}

/** The Executive Order that the cable names, and the one in force when it was sent. */
export interface OrderExplained {
  readonly printed: string | null;
  /** Null if the cable has no date. */
  readonly inForce: OrderInForce | null;
  /** A note for readers who compare both. */
  readonly note: string | null;
}

/** Explains what a cable prints; everything else is null or empty. */
export function explainCable(cable: Cable): CableExplained {
  const sent = cable.created ?? cable.dtg;
  const day = sent?.slice(0, 10) ?? null;
  const classification = cable.classification === null ? null : explainMarking(cable.classification);
  const isClassified = ['C', 'S', 'TS'].includes(classification?.level?.code ?? '');
  const markings = new Set(cable.paragraphs.flatMap(({ marking }) => marking ?? []));
  return {
    classification,
    order: explainOrder(cable.eo, day),
    reasons: cable.reasons.map((reason) => explainReason(reason, day)),
    declassification: explainDeclassification(cable.decl, isClassified, sent),
    tags: cable.tags.map(explainTag),
    markings: [...markings].map(explainMarking),
    precedence: (cable.precedence === null ? undefined : explainPrecedence(cable.precedence)) ?? null,
    sent: sent === null ? null : timeInWords(sent),
    recipients: parseRecipients(cable.header),
    summary: parseSummary(messageOf(cable)) ?? null,
  };
}

/** Paragraphs with their numbers, below the headings: a summary's label may be one, and where the next begins it ends. */
function messageOf({ paragraphs, sections }: Cable): string {
  const rows = paragraphs.flatMap(({ number, text }) => {
    const above = sections.filter(({ paragraph }) => paragraph === number);
    return [...above.map(({ heading }) => `\n${heading}`), `${number}. ${text}`];
  });
  return rows.join('\n');
}

function explainOrder(printed: string | null, day: string | null): OrderExplained {
  const inForce = (day === null ? undefined : orderOn(day)) ?? null;
  if (inForce === null) return { printed, inForce, note: null };
  const { number, amendedBy, upcoming } = inForce;
  const differs =
    printed === null || printed === number || printed === amendedBy
      ? null
      : `the cable says E.O. ${printed}; in force on ${day} was ${nameOfOrder(inForce)}`;
  const next =
    upcoming === null
      ? null
      : `E.O. ${upcoming.number} was signed on ${upcoming.signed} and came into force on ${upcoming.since}`;
  return { printed, inForce, note: [differs, next].filter((each) => each !== null).join('; ') || null };
}

/** `O P` is `immediate to those who are to act, priority to those who are informed`; undefined for other letters than Z, O, P and R. */
export function explainPrecedence(letters: string): string | undefined {
  const words = letters
    .replaceAll(' ', '')
    .split('')
    .map((letter) => precedences.get(letter));
  const [action, information = action] = words;
  if (action === undefined || information === undefined || words.length > 2) return undefined;
  return action === information
    ? action
    : `${action} to those who are to act, ${information} to those who are informed`;
}

/** The letter precedes the date-time group; the word follows an addressee. */
const precedences = new Map([
  ['Z', 'flash'],
  ['O', 'immediate'],
  ['P', 'priority'],
  ['R', 'routine'],
]);

/** A tag with its meaning. */
export interface TagExplained {
  readonly tag: string;
  readonly kind: 'subject' | 'program' | 'country' | 'region' | 'organization' | 'topic' | 'person' | 'unknown';
  /** `External Political Relations`, or a person's name; null for an unknown tag. A tag with two meanings has both. */
  readonly meaning: string | null;
  /** Group of a subject, known or not: `political affairs`. */
  readonly group: string | null;
}

/** `tag`: as in `Cable`, in upper case. */
export function explainTag(tag: string): TagExplained {
  const meanings = meaningsOfTag(tag);
  const [first] = meanings;
  if (first !== undefined) {
    const words = meanings.flatMap(({ meaning }) => meaning ?? []).join(', or ');
    return { tag, kind: first.kind, meaning: words || null, group: first.kind === 'subject' ? groupOf(tag) : null };
  }
  if (tag.includes(', ')) return { tag, kind: 'person', meaning: nameOf(tag), group: null };
  return { tag, kind: 'unknown', meaning: null, group: /^[A-Z]{4}$/.test(tag) ? groupOf(tag) : null };
}

/** The first of a subject's four letters. */
function groupOf(tag: string): string | null {
  return tagGroups.get(tag[0] ?? '') ?? null;
}

const tagGroups = new Map([
  ['A', 'administration'],
  ['B', 'business'],
  ['C', 'consular affairs'],
  ['E', 'economic affairs'],
  ['K', 'programs'],
  ['M', 'military affairs'],
  ['O', 'operations'],
  ['P', 'political affairs'],
  ['S', 'social affairs'],
  ['T', 'technology'],
]);

/** `RICE, CONDOLEEZZA` is Condoleezza Rice. */
function nameOf(tag: string): string {
  const [last = '', ...firstNames] = tag.split(', ');
  return [...firstNames, last]
    .join(' ')
    .toLowerCase()
    .replaceAll(/(?<![\p{L}'’])\p{L}|(?<=\bMc|['’-])\p{L}/gu, (letter) => letter.toUpperCase());
}
