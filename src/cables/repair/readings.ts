import { fullYear } from '../ids/reference-id.ts';

/** One way to split a written reference. Digits are as written; the name is in upper case and may have digits that stand for letters. */
export interface Reading {
  /** Null: none is written. */
  readonly year: string | null;
  readonly name: string;
  /** Empty: none is written. */
  readonly serial: string;
  /** What is unusual, in words; null if year, station and serial are in their usual form. */
  readonly oddity: string | null;
  /** Added to a candidate's distance: 0.25 for debris or a letter among digits, 1 for another order, as much as for a wrong digit. */
  readonly odds: number;
  /** A letter was read as a digit. */
  readonly guessed: boolean;
}

const maxLength = 80;

/** The ways to read `07ASTNA2244`, `2244ASTANA07`, `07-2244-ASTANA`, `ASTANA072244`, `07SECTION01OF02ASTANA2244`; the usual one first. */
export function readingsOf(written: string): Reading[] {
  if (written.length > maxLength) return [];
  const plain = written.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase();
  const cleaned = withoutDebris(plain);
  const groups = groupsOf(withDigits(cleaned));
  if (groups === undefined) return [];
  const debris =
    cleaned === plain ? { oddity: null, odds: 0 } : { oddity: 'without what is fused with it', odds: 0.25 };
  const guessed = withDigits(cleaned) !== cleaned;
  return orders(groups)
    .map((order) => ({ ...order, ...(order.oddity === null ? debris : { odds: 1 }), guessed }))
    .map((reading) => (guessed ? { ...reading, odds: reading.odds + 0.25 } : reading))
    .filter(isPossible);
}

/** Often garbled: `SETION02OF02`. */
const sectionPattern = /[A-Z]{0,9}\d{1,2}OF\d{1,2}|S?ECTION\d{1,2}/g;
const markingsPattern = /UNCLAS|EFTO|NOFORN|SIPDIS|AMEMBASSY|AMCONSUL|USMISSION|EMBASSY|CONSULATE/g;
const signalsPattern = /(?<=\d)(?:TOSEC|Z[DF][A-Z])\d*$/;

function withoutDebris(plain: string): string {
  return plain.replace(sectionPattern, '').replace(signalsPattern, '').replace(markingsPattern, '');
}

/** `O7ASTANA22I4`: O and I among digits. */
function withDigits(plain: string): string {
  return plain
    .replace(/^[^0-9A-Z]*[OIL](?=\d[^0-9])/, (head) => head.replace('O', '0').replace(/[IL]/, '1'))
    .replace(/(?<=[A-Z]{3}\d+)[OIL]{1,3}(?=\d*$)/, (inner) => inner.replaceAll('O', '0').replaceAll(/[IL]/g, '1'));
}

interface Groups {
  readonly head: readonly string[];
  readonly name: string;
  readonly tail: readonly string[];
}

/** Digits before the name, the name, digits behind it. */
function groupsOf(plain: string): Groups | undefined {
  const first = plain.search(/[A-Z]/);
  if (first === -1) return undefined;
  let last = plain.length;
  while (!/[A-Z]/.test(plain[last - 1] ?? '')) last -= 1;
  return {
    head: plain.slice(0, first).match(/\d+/g) ?? [],
    name: plain.slice(first, last).replace(/[^0-9A-Z]+/g, ''),
    tail: plain.slice(last).match(/\d+/g) ?? [],
  };
}

type Order = Omit<Reading, 'guessed' | 'odds'>;

const swappedReason = 'the parts are in another order';
const joinedReason = 'year and serial are joined';

function orders({ head, name, tail }: Groups): Order[] {
  const [first = '', second = ''] = [...head, ...tail];
  if (head.length === 1 && tail.length === 0 && first.length === 2)
    return [{ year: first, name, serial: '', oddity: 'the serial is missing' }];
  if (head.length + tail.length === 1)
    return [{ year: null, name, serial: first, oddity: null }, ...splits(first, name)];
  if (head.length + tail.length !== 2) return [];
  const usual = { year: first, name, serial: second, oddity: null };
  const swapped = { year: second, name, serial: first, oddity: swappedReason };
  if (head.length !== 1) return [{ ...usual, oddity: swappedReason }, swapped];
  return [
    usual,
    // NAIROB112 for NAIROBI12, and 071SLAMABAD5: the name may begin or end in a digit that stands for a letter.
    ...(/^[01]\d/.test(second) ? [{ ...usual, name: name + second.slice(0, 1), serial: second.slice(1) }] : []),
    ...(/\d\d[01]$/.test(first) ? [{ ...usual, year: first.slice(0, -1), name: first.slice(-1) + name }] : []),
    swapped,
  ];
}

/** `072244` as 07 and 2244, `224407` as 2244 and 07, and so with years of four digits. Four digits are a year or a serial, not both. */
function splits(digits: string, name: string): Order[] {
  if (digits.length < 5) return [];
  return [2, 4]
    .flatMap((length) => [
      { year: digits.slice(0, length), name, serial: digits.slice(length), oddity: joinedReason },
      { year: digits.slice(-length), name, serial: digits.slice(0, -length), oddity: joinedReason },
    ])
    .filter(({ year }) => fullYear(year) !== undefined);
}

function isPossible({ year, name, serial }: Reading): boolean {
  return name.length >= 2 && /^\d{0,8}$/.test(serial) && (year === null || /^\d{1,5}$/.test(year));
}
