import { lazily, readTable } from '../tsv.ts';

/** An Executive Order by which information was classified, at a date. */
export interface OrderInForce {
  readonly number: string;
  /** Number of the order that amended it, if one did before that date. */
  readonly amendedBy: string | null;
  /** `YYYY-MM-DD`: since when it was in force, and the amendment if there is one. */
  readonly since: string;
  readonly amendedSince: string | null;
  /** Of the reasons, where cables cite it: `1.4`. */
  readonly section: string | null;
  /** Its text at Wikisource. */
  readonly url: string;
  /** Text of the amendment, which prints the whole order anew. */
  readonly amendmentUrl: string | null;
  /** An order that was signed at that date but not in force yet. */
  readonly upcoming: { readonly number: string; readonly signed: string; readonly since: string } | null;
}

/** The order in force on a day `YYYY-MM-DD`; undefined before 1953. */
export function orderOn(day: string): OrderInForce | undefined {
  const row = rows().findLast(({ since }) => since <= day);
  if (row === undefined) return undefined;
  const order = row.amends === null ? row : (rows().find(({ number }) => number === row.amends) ?? row);
  const next = rows().find(({ signed, since }) => signed <= day && day < since);
  return {
    number: order.number,
    amendedBy: row.amends === null ? null : row.number,
    since: order.since,
    amendedSince: row.amends === null ? null : row.since,
    section: row.section,
    url: textOfOrder(order.number),
    amendmentUrl: row.amends === null ? null : textOfOrder(row.number),
    upcoming: next === undefined ? null : { number: next.number, signed: next.signed, since: next.since },
  };
}

/** `E.O. 12958 as amended by E.O. 13292` */
export function nameOfOrder({ number, amendedBy }: OrderInForce): string {
  return amendedBy === null ? `E.O. ${number}` : `E.O. ${number} as amended by E.O. ${amendedBy}`;
}

/** The order whose list of reasons is in a section of that number: of an undated cable. */
export function orderWithSection(section: string): OrderInForce | undefined {
  const row = rows().find((each) => each.section === section);
  return row && orderOn(row.since);
}

function textOfOrder(number: string): string {
  return `https://en.wikisource.org/wiki/Executive_Order_${number}`;
}

/** In order of time. */
const rows = lazily(() =>
  readTable('orders.tsv').map(([number = '', signed = '', since = '', section = '', amends = '']) => ({
    number,
    signed,
    since,
    section: section || null,
    amends: amends || null,
  })),
);
