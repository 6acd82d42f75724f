/** A date next to a description. */
interface DateBeside {
  readonly year: number | null;
  readonly month: number | null;
  /** Units from the core to the far end of the date. */
  readonly length: number;
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthSource =
  '(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
const daySource = String.raw`(?:\d{1,2}(?:st|nd|rd|th)?,?\s{1,2})?`;
const yearSource = String.raw`((?:19|20)\d\d)(?!\d)`;
const afterPattern = new RegExp(
  String.raw`^[,\s(]{0,3}(?:(?:of|from|dated|in|on)\s{1,2})?${daySource}(?:${monthSource}\b\.?,?\s{1,2})?${daySource}${yearSource}`,
  'i',
);
const beforePattern = new RegExp(
  String.raw`\b${daySource}(?:${monthSource}\.?,?\s{1,2})?${daySource}${yearSource}[,\s]{1,2}$`,
  'i',
);

/** A date such as `of August 2007` that begins at `at`. */
export function dateAfter(text: string, at: number): DateBeside | undefined {
  return dateOf(afterPattern.exec(text.slice(at, at + 60)));
}

/** A date such as `August 2007,` that ends at `at`. */
export function dateBefore(text: string, at: number): DateBeside | undefined {
  return dateOf(beforePattern.exec(text.slice(Math.max(0, at - 30), at)));
}

function dateOf(match: RegExpExecArray | null): DateBeside | undefined {
  if (match === null) return undefined;
  const month = monthNames.indexOf((match[1] ?? '').slice(0, 3).toLowerCase()) + 1;
  return { year: Number(match[2]), month: month === 0 ? null : month, length: match[0].length };
}
