import type { Cable } from '../../core/cable.ts';
import { timeInWords } from './days.ts';
import { explainDeclassification } from './declassification.ts';
import { explainMarking, type MarkingExplained } from './markings.ts';
import { nameOfOrder, orderOn, type OrderInForce } from './orders.ts';
import { explainPrecedence } from './precedence.ts';
import { explainReason, type ReasonExplained } from './reasons.ts';
import { explainTag, type TagExplained } from './explain-tags.ts';
import { parseRecipients, type Recipients } from '../parse/header/recipients.ts';
import { parseSummary } from '../parse/header/summary.ts';

/** What the abbreviations of a cable mean, for those who never handled one. */
export interface CableExplained {
  /** Null where the copy does not say how it is classified. */
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
  /** Its own, if it begins with one. */
  readonly summary: string | null;
}

/** The Executive Order that the cable names, and the one that was in force when it was sent. */
export interface OrderExplained {
  readonly printed: string | null;
  /** Null where the cable has no date. */
  readonly inForce: OrderInForce | null;
  /** What a reader has to know who compares both. */
  readonly note: string | null;
}

/** Explains what is printed in a cable; what it does not print stays null or empty. */
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
    summary: parseSummary(cable.paragraphs.map(({ text }) => text).join('\n')) ?? null,
  };
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
