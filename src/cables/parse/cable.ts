import type { Cable, Warning } from '../../core/cable.ts';
import { publishedIdOf } from '../reference-id.ts';
import { stationOfRoute } from '../stations.ts';
import { pageTimes } from './created.ts';
import type { CableCopy } from './copy.ts';
import { landingsOf } from './landings.ts';
import { parseClassification, parseExecutiveOrder, parseReasons } from './opening.ts';
import { withoutPageBreaks } from './page-break.ts';
import { readParagraphs } from './paragraphs.ts';
import { parseReferences } from './references.ts';
import { parseSubject, withoutMarking } from './subject.ts';
import { parseTags } from './tags.ts';
import { parseTransmission, type Transmission } from './transmission.ts';
import { agreesWithSerial, referenceIdOf } from './written-id.ts';

/** Reads a copy into a cable; a sentence where it is none. */
export function readCopy(copy: CableCopy, name: string | undefined): Cable | string {
  const { sent, precedence, dtg, ...transmission } = transmissionOf(copy);
  const referenceId = referenceIdOf(copy, { sent, precedence, dtg, ...transmission }, name);
  if (referenceId === undefined) return unknownId(copy);
  const body = readParagraphs(copy.body);
  const opening = withoutPageBreaks(body.opening.join('\n').slice(0, LONGEST_OPENING));
  const times = pageTimes(copy.created, copy.released, dtg);
  const tags = parseTags(opening);
  const subject = parseSubject(opening) ?? (copy.title === null ? null : withoutMarking(copy.title));
  const order = parseExecutiveOrder(opening);
  const station = /[A-Z]+/.exec(referenceId)?.[0];
  const landings = landingsOf(body.anchors, body.paragraphs);
  const exact = new Set(landings.filter((landing) => landing.exact).map((landing) => landing.anchor));
  return {
    referenceId,
    publishedId: publishedIdOf(referenceId),
    subject,
    created: times.created,
    createdAsPrinted: copy.created,
    released: times.released,
    releasedAsPrinted: copy.released,
    classification: copy.classification ?? parseClassification(opening),
    origin: copy.origin ?? (sent === null ? null : (stationOfRoute(sent.route)?.label ?? null)),
    tags,
    references: parseReferences(opening, { year: yearOf(referenceId), station }),
    reasons: reasonsOf(opening, body.paragraphs[0]?.text),
    eo: order.eo,
    decl: order.decl,
    dtg,
    precedence,
    header: copy.header,
    paragraphs: body.paragraphs.map(({ number, marking, text }) => ({
      number,
      marking,
      text,
      anchor: exact.has(`par${number}`) ? `par${number}` : null,
    })),
    anchors: body.anchors.map((anchor) => anchor.id),
    landings,
    warnings: [
      ...headerWarnings(copy, { sent, precedence, dtg, ...transmission }),
      ...(agreesWithSerial(referenceId, sent) ? [] : [serialMismatch(referenceId, sent)]),
      ...(times.warning === undefined ? [] : [times.warning]),
      ...lineWarnings(tags, opening),
      ...body.warnings,
      ...(copy.cutShort ? [warning('cut-off', 'the page ends inside the message')] : []),
    ],
  };
}

/** The lines before the first paragraph; a cable without paragraphs would have all of its text here. */
const LONGEST_OPENING = 8000;
/** In copies without a header the transmission lines may stand at the top of the body. */
const MOST_TOP_LINES = 25;

function transmissionOf(copy: CableCopy): Transmission {
  const transmission = parseTransmission(copy.header.slice(0, LONGEST_OPENING));
  if (transmission.dtg !== null || transmission.sent !== null || copy.header !== '') return transmission;
  return parseTransmission(copy.body.slice(0, MOST_TOP_LINES).join('\n').slice(0, LONGEST_OPENING));
}

function unknownId({ writtenId }: CableCopy): string {
  if (writtenId !== null) return `"${writtenId.slice(0, 60)}" is no reference ID of a known station`;
  return 'a message without reference ID: no known station with a serial in its classification line, DE line or file name';
}

function yearOf(id: string): number {
  const year = Number(id.slice(0, 2));
  return year > 10 ? 1900 + year : 2000 + year;
}

/** Some cables say their classification authority in paragraph 1. */
function reasonsOf(opening: string, first: string | undefined): string[] {
  const reasons = parseReasons(opening);
  return reasons.length === 0 && first !== undefined && /^classified by/i.test(first)
    ? parseReasons(first.slice(0, 500))
    : reasons;
}

function headerWarnings(copy: CableCopy, { hasFrom, hasTo, dtg }: Transmission): Warning[] {
  if (copy.header.includes('partial extract'))
    return [warning('missing-line', 'the header is withheld: this record is a partial extract')];
  if (copy.header === '' && dtg === null) return [warning('missing-line', 'the header is missing')];
  const missing = [
    ...(dtg === null ? ['date-time group'] : []),
    ...(hasFrom ? [] : ['FM line']),
    ...(hasTo ? [] : ['TO line']),
  ];
  return missing.map((line) => warning('missing-line', `the header has no ${line}`));
}

function lineWarnings(tags: readonly string[], opening: string): Warning[] {
  return [
    ...(tags.length === 0 ? [warning('missing-line', 'no TAGS line')] : []),
    ...(parseSubject(opening) === null ? [warning('missing-line', 'no SUBJECT line')] : []),
  ];
}

function serialMismatch(id: string, sent: Transmission['sent']): Warning {
  return warning(
    'serial-mismatch',
    `the DE line has serial ${String(sent?.serial).padStart(4, '0')}, not that of ${id}`,
  );
}

function warning(code: Warning['code'], message: string): Warning {
  return { code, paragraph: null, message };
}
