import { lazily, readTable } from '../tsv.ts';
import { nameOfOrder, orderOn, orderWithSection } from './orders.ts';

/** Why something is classified, in the words of the order. */
export interface ReasonExplained {
  /** `1.5(b)` */
  readonly written: string;
  /** With the section of the order in force: `1.4(b)`; null where that order's reasons have no letters. */
  readonly inForce: string | null;
  /** Null where the order in force has no such letter. */
  readonly words: string | null;
  /** What is written does not fit the date. */
  readonly mismatch: string | null;
}

/** `written`: `1.4(b)`. `day`: of the cable, `YYYY-MM-DD`; without one the section tells the order. */
export function explainReason(written: string, day: string | null): ReasonExplained {
  const [, section = '', letter = ''] = /^([\d.]+)\(([a-z])\)$/.exec(written) ?? [];
  const order = day === null ? orderWithSection(section) : orderOn(day);
  if (order === undefined) return { written, inForce: null, words: null, mismatch: null };
  const words = reasonWords().get(`${order.amendedBy ?? order.number} ${letter}`) ?? null;
  const wrongSection =
    order.section === section
      ? null
      : order.section === null
        ? `${nameOfOrder(order)}, in force on ${day}, numbers its reasons in another way`
        : `on ${day} the reasons stood in section ${order.section} of ${nameOfOrder(order)}`;
  const noLetter = order.section !== null && words === null ? `${nameOfOrder(order)} has no reason (${letter})` : null;
  return {
    written,
    inForce: words === null || order.section === null ? null : `${order.section}(${letter})`,
    words,
    mismatch: [wrongSection, noLetter].filter((each) => each !== null).join('; ') || null,
  };
}

const reasonWords = lazily(
  () => new Map(readTable('reasons.tsv').map(([order = '', letter = '', words = '']) => [`${order} ${letter}`, words])),
);
