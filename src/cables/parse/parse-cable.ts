import type { Cable, AnchorTarget, Paragraph, Warning } from '../../core/cable.ts';
import {
  canonicalReferenceId,
  formatReferenceId,
  partsOf,
  publishedIdOf,
  type ReferenceParts,
} from '../ids/reference-id.ts';
import { stationNamed, stationOfRoute } from '../ids/stations.ts';
import type { CableCopy } from './raw-cable.ts';
import { anchorTargetsOf, readParagraphs, type PlacedParagraph } from './paragraphs/paragraphs.ts';
import { parseClassification, parseExecutiveOrder, parseReasons } from './header/opening.ts';
import { withoutPageBreaks } from './paragraphs/page-break.ts';
import { parseReferences } from './header/references.ts';
import { parseSubject, withoutMarking } from './header/subject.ts';
import { parseTags } from './header/tags.ts';
import { dayOfYear, pageTimes } from './header/times.ts';
import { parseTransmission, type Transmission } from './header/transmission.ts';

/** Reads a copy into a cable, with its fields in their documented order, or returns a sentence why it is none. */
export function readCopy(copy: CableCopy, name: string | undefined): Cable | string {
  const transmission = transmissionOf(copy);
  const { sent, precedence, dtg } = transmission;
  const parts = partsOfId(copy, transmission, name);
  if (parts === undefined) return unknownId(copy);
  const referenceId = formatReferenceId(parts);
  const body = readParagraphs(copy.body);
  const opening = withoutPageBreaks(body.opening.join('\n').slice(0, maxOpeningLength));
  const subject = parseSubject(opening);
  const tags = parseTags(opening);
  const references = parseReferences(opening, parts);
  const times = pageTimes(copy.created, copy.released, dtg);
  const anchorTargets = anchorTargetsOf(body.anchors, body.paragraphs);
  return {
    referenceId,
    publishedId: publishedIdOf(referenceId),
    subject: subject ?? (copy.title === null ? null : withoutMarking(copy.title)),
    created: times.created,
    createdAsPrinted: copy.created,
    released: times.released,
    releasedAsPrinted: copy.released,
    classification: copy.classification ?? parseClassification(opening),
    origin: copy.origin ?? (sent === null ? null : (stationOfRoute(sent.route)?.label ?? null)),
    ...withListed({ tags, references }, copy.listed),
    reasons: reasonsOf(opening, body.paragraphs[0]?.text),
    ...parseExecutiveOrder(opening),
    dtg,
    precedence,
    header: copy.header,
    paragraphs: withAnchors(body.paragraphs, anchorTargets),
    anchors: body.anchors.map((anchor) => anchor.id),
    anchorTargets,
    warnings: [
      warningsOf(copy, transmission, parts),
      times.warning ?? [],
      tags.length === 0 ? warning('missing-line', 'no TAGS line') : [],
      subject === null ? warning('missing-line', 'no SUBJECT line') : [],
      body.warnings,
    ].flat(),
  };
}

function withAnchors(paragraphs: readonly PlacedParagraph[], anchorTargets: readonly AnchorTarget[]): Paragraph[] {
  const exact = new Set(anchorTargets.flatMap((target) => (target.exact ? target.anchor : [])));
  return paragraphs.map(({ number, marking, text }) => {
    const anchor = `par${number}`;
    return { number, marking, text, anchor: exact.has(anchor) ? anchor : null };
  });
}

/** Bounds the lines before the first paragraph: without paragraphs they would be the whole text. */
const maxOpeningLength = 8000;
/** In copies without a header, the transmission lines may be at the top of the body. */
const maxTopLines = 25;

function transmissionOf(copy: CableCopy): Transmission {
  const transmission = parseTransmission(copy.header.slice(0, maxOpeningLength));
  if (transmission.dtg !== null || transmission.sent !== null || copy.header !== '') return transmission;
  return parseTransmission(copy.body.slice(0, maxTopLines).join('\n').slice(0, maxOpeningLength));
}

function unknownId({ writtenId }: CableCopy): string {
  if (writtenId !== null) return `"${writtenId.slice(0, 60)}" is no reference ID of a known station`;
  return 'a message without reference ID: no known station with a serial in its classification line, DE line or file name';
}

/** Some cables have their classification authority in paragraph 1. */
function reasonsOf(opening: string, first: string | undefined): string[] {
  const reasons = parseReasons(opening);
  return reasons.length === 0 && first !== undefined && /^classified by/i.test(first)
    ? parseReasons(first.slice(0, 500))
    : reasons;
}

function warningsOf(copy: CableCopy, transmission: Transmission, parts: ReferenceParts): Warning[] {
  const { sent, dtg } = transmission;
  const warnings = headerWarnings(copy, transmission);
  const warn = (code: Warning['code'], message: string) => warnings.push(warning(code, message));
  if (stationNamed(parts.station) === undefined)
    warn('unknown-station', `${parts.station} is not a station with known cables`);
  // The DE line's serial has four digits.
  if (sent !== null && parts.serial % 10_000 !== sent.serial) {
    const serial = String(sent.serial).padStart(4, '0');
    warn('serial-mismatch', `the DE line has serial ${serial}, not that of ${formatReferenceId(parts)}`);
  }
  if (sent !== null && dtg !== null && daysApart(sent.day, dayOfYear(dtg)) > maxDaysApart)
    warn('time-mismatch', `the DE line says day ${sent.day} of the year, the date-time group ${dtg}`);
  if (copy.cutShort) warn('cut-off', 'the page ends inside the message');
  return warnings;
}

/** A message may be sent some days after its date-time group. */
const maxDaysApart = 10;

function daysApart(day: number, other: number): number {
  const days = Math.abs(day - other);
  return Math.min(days, 366 - days);
}

function headerWarnings(copy: CableCopy, { hasRoute, hasFrom, hasTo, dtg }: Transmission): Warning[] {
  if (copy.header.includes('partial extract'))
    return [warning('missing-line', 'the header is withheld: this record is a partial extract')];
  if (copy.header === '' && dtg === null) return [warning('missing-line', 'the header is missing')];
  const missing = [
    ...(dtg === null ? ['date-time group'] : []),
    ...(hasRoute || copy.header === '' ? [] : ['DE line']),
    ...(hasFrom ? [] : ['FM line']),
    ...(hasTo ? [] : ['TO line']),
  ];
  return missing.map((line) => warning('missing-line', `the header has no ${line}`));
}

function warning(code: Warning['code'], message: string): Warning {
  return { code, paragraph: null, message };
}

/**
 * The message's own lines, completed from the lists outside it: cables that its REF line does not name (or that could not be read
 * there), and tags where it has no TAGS line.
 */
function withListed(
  { tags, references }: Pick<Cable, 'tags' | 'references'>,
  listed: CableCopy['listed'],
): Pick<Cable, 'tags' | 'references'> {
  if (listed === undefined) return { tags, references };
  const all = [...references];
  for (const written of listed.references) {
    const id = canonicalReferenceId(written);
    if (id !== undefined && !all.some((each) => each.id === id))
      all.push({ id, letter: null, asWritten: written.trim() });
  }
  const listedTags = new Set(listed.tags.map((tag) => tag.trim().toUpperCase()).filter((tag) => tag !== ''));
  return { tags: tags.length > 0 ? tags : [...listedTags], references: all };
}

/**
 * The ID of a copy, in parts: from its table, else from its classification line (`UNCLAS SECTION 01 OF 02 MADRID 001952`) or a page break, with
 * the year of the date-time group, else from the file name, else from the route and serial of the DE line.
 */
function partsOfId(copy: CableCopy, sent: Transmission, name: string | undefined): ReferenceParts | undefined {
  if (copy.writtenId !== null) return partsOfWritten(copy.writtenId) ?? unlistedParts(copy.writtenId);
  if (sent.dtg === null) return idInName(name);
  const year = Number(sent.dtg.slice(0, 4));
  return idInBody(copy.body, year) ?? idInName(name) ?? idOfRoute(sent, year);
}

function partsOfWritten(written: string): ReferenceParts | undefined {
  const id = canonicalReferenceId(written);
  return id && partsOf(id);
}

/** The ID of a page whose station is in no list. */
function unlistedParts(written: string): ReferenceParts | undefined {
  return /^\d\d[A-Z]{4,17}\d+$/.test(written) ? partsOf(written) : undefined;
}

const maxOpeningLines = 60;
const numberedPattern = /(?:^|OF \d\d |UNCLAS |L |T )([A-Z][A-Z'. -]{2,30}?) {1,3}(\d{6}|\d{8})(?=\s|$)/;

function idInBody(body: readonly string[], year: number): ReferenceParts | undefined {
  for (const line of body.slice(0, maxOpeningLines)) {
    const match = numberedPattern.exec(line.slice(0, 120).toUpperCase());
    const words = match?.[1]?.replace(/^(?:UNCLAS|SECTION|EFTO|NOFORN| )+/, '').split(' ') ?? [];
    for (let from = 0; from < words.length; from += 1) {
      const station = stationNamed(words.slice(from).join(' '), year);
      const serial = Number(match?.[2]);
      if (station !== undefined && serial > 0) return { year, station: station.code, serial };
    }
  }
  return undefined;
}

function idInName(name = ''): ReferenceParts | undefined {
  return partsOfWritten(name.split(/[/\\]/).at(-1)?.split('.')[0] ?? '');
}

function idOfRoute({ sent }: Transmission, year: number): ReferenceParts | undefined {
  if (sent === null || sent.serial === 0) return undefined;
  const station = stationOfRoute(sent.route);
  // From 10,000 on, the DE line does not have the whole serial.
  if (station === undefined || (station.maxSerial ?? 0) >= 10_000) return undefined;
  return { year, station: station.code, serial: sent.serial };
}
