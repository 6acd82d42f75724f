import type { Cable, AnchorTarget, Paragraph, ReferenceId, Warning } from '../../core/cable.ts';
import { canonicalReferenceId, formatReferenceId, fullYear, publishedIdOf } from '../ids/reference-id.ts';
import { stationNamed, stationOfRoute } from '../ids/stations.ts';
import { pageTimes } from './header/created.ts';
import type { CableCopy } from './raw-cable.ts';
import { anchorTargetsOf, readParagraphs, type PlacedParagraph } from './paragraphs/paragraphs.ts';
import { parseClassification, parseExecutiveOrder, parseReasons } from './header/opening.ts';
import { withoutPageBreaks } from './paragraphs/page-break.ts';
import { parseReferences } from './header/references.ts';
import { parseSubject, withoutMarking } from './header/subject.ts';
import { parseTags } from './header/tags.ts';
import { dayOfYear } from './header/times.ts';
import { parseTransmission, type Transmission } from './header/transmission.ts';

/** Reads a copy into a cable, with its fields in their documented order, or returns a sentence why it is none. */
export function readCopy(copy: CableCopy, name: string | undefined): Cable | string {
  const transmission = transmissionOf(copy);
  const { sent, precedence, dtg } = transmission;
  const referenceId = referenceIdOf(copy, transmission, name);
  if (referenceId === undefined) return unknownId(copy);
  const body = readParagraphs(copy.body);
  const opening = withoutPageBreaks(body.opening.join('\n').slice(0, maxOpeningLength));
  const labelled = readLabels(opening, referenceId);
  const times = pageTimes(copy.created, copy.released, dtg);
  const { tags, references } = withListed(labelled, copy.listed);
  const anchorTargets = anchorTargetsOf(body.anchors, body.paragraphs);
  const cable: Cable = {
    referenceId,
    publishedId: publishedIdOf(referenceId),
    subject: labelled.subject ?? (copy.title === null ? null : withoutMarking(copy.title)),
    created: times.created,
    createdAsPrinted: copy.created,
    released: times.released,
    releasedAsPrinted: copy.released,
    classification: copy.classification ?? parseClassification(opening),
    origin: copy.origin ?? (sent === null ? null : (stationOfRoute(sent.route)?.label ?? null)),
    tags,
    references,
    reasons: reasonsOf(opening, body.paragraphs[0]?.text),
    eo: labelled.eo,
    decl: labelled.decl,
    dtg,
    precedence,
    header: copy.header,
    paragraphs: withAnchors(body.paragraphs, anchorTargets),
    sections: body.sections,
    signature: body.signature,
    residue: body.residue,
    anchors: body.anchors.map((anchor) => anchor.id),
    anchorTargets,
    warnings: [
      ...warningsOf(copy, transmission, referenceId),
      ...(times.warning === undefined ? [] : [times.warning]),
      ...(labelled.tags.length === 0 ? [warning('missing-line', 'no TAGS line')] : []),
      ...(labelled.subject === null ? [warning('missing-line', 'no SUBJECT line')] : []),
      ...body.warnings,
    ],
  };
  return copy.page === undefined ? cable : { ...cable, page: copy.page };
}

function readLabels(
  opening: string,
  referenceId: ReferenceId,
): Pick<Cable, 'subject' | 'tags' | 'references' | 'eo' | 'decl'> {
  const referring = { year: yearOf(referenceId), station: /[A-Z]+/.exec(referenceId)?.[0] };
  return {
    subject: parseSubject(opening),
    tags: parseTags(opening),
    references: parseReferences(opening, referring),
    ...parseExecutiveOrder(opening),
  };
}

function withAnchors(paragraphs: readonly PlacedParagraph[], anchorTargets: readonly AnchorTarget[]): Paragraph[] {
  const exact = new Set(
    anchorTargets.filter((anchorTarget) => anchorTarget.exact).map((anchorTarget) => anchorTarget.anchor),
  );
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

function yearOf(id: string): number {
  const year = Number(id.slice(0, 2));
  return year > 10 ? 1900 + year : 2000 + year;
}

/** Some cables have their classification authority in paragraph 1. */
function reasonsOf(opening: string, first: string | undefined): string[] {
  const reasons = parseReasons(opening);
  return reasons.length === 0 && first !== undefined && /^classified by/i.test(first)
    ? parseReasons(first.slice(0, 500))
    : reasons;
}

function warningsOf(copy: CableCopy, transmission: Transmission, id: ReferenceId): Warning[] {
  const { sent } = transmission;
  const warnings = headerWarnings(copy, transmission);
  const station = /[A-Z]+/.exec(id)?.[0] ?? '';
  if (stationNamed(station) === undefined)
    warnings.push(warning('unknown-station', `${station} is not a station with known cables`));
  if (sent !== null && !agreesWithSerial(id, sent)) {
    warnings.push(
      warning('serial-mismatch', `the DE line has serial ${String(sent.serial).padStart(4, '0')}, not that of ${id}`),
    );
  }
  if (sent !== null && transmission.dtg !== null && daysApart(sent.day, dayOfYear(transmission.dtg)) > maxDaysApart) {
    warnings.push(
      warning('time-mismatch', `the DE line says day ${sent.day} of the year, the date-time group ${transmission.dtg}`),
    );
  }
  if (copy.cutShort) warnings.push(warning('cut-off', 'the page ends inside the message'));
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

type Labelled = Pick<Cable, 'tags' | 'references'>;

/**
 * The message's own lines, completed from the lists outside it: cables that its REF line does not name (or that could not be read
 * there), and tags where it has no TAGS line.
 */
function withListed({ tags, references }: Labelled, listed: CableCopy['listed']): Labelled {
  if (listed === undefined) return { tags, references };
  const named = new Set(references.map(({ id }) => id));
  const unnamed: Cable['references'][number][] = [];
  for (const written of listed.references) {
    const id = canonicalReferenceId(written);
    if (id === undefined || named.has(id)) continue;
    named.add(id);
    unnamed.push({ id, letter: null, asWritten: written.trim() });
  }
  return { tags: tags.length > 0 ? tags : inOneForm(listed.tags), references: [...references, ...unnamed] };
}

function inOneForm(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim().toUpperCase()))].filter((tag) => tag !== '');
}

/**
 * The ID of a copy: from its table, else from its classification line (`UNCLAS SECTION 01 OF 02 MADRID 001952`) or a page break, with
 * the year of the date-time group, else from the file name, else from the route and serial of the DE line.
 */
function referenceIdOf(copy: CableCopy, sent: Transmission, name: string | undefined): ReferenceId | undefined {
  if (copy.writtenId !== null) return canonicalReferenceId(copy.writtenId) ?? unlistedId(copy.writtenId);
  const year = sent.dtg === null ? undefined : Number(sent.dtg.slice(0, 4));
  return (
    (year === undefined ? undefined : idInBody(copy.body, year)) ??
    idInName(name) ??
    (year === undefined ? undefined : idOfRoute(sent, year))
  );
}

/** The ID of a page whose station is in no list. */
function unlistedId(written: string): ReferenceId | undefined {
  const [, digits = '', station = '', serial] = /^(\d\d)([A-Z]{4,17})([1-9]\d{0,5})$/.exec(written) ?? [];
  const year = fullYear(digits);
  return year === undefined ? undefined : formatReferenceId({ year, station, serial: Number(serial) });
}

/** True if the DE line's serial, which has four digits, agrees with the ID. */
function agreesWithSerial(id: ReferenceId, sent: NonNullable<Transmission['sent']>): boolean {
  return Number(/\d+$/.exec(id)?.[0]) % 10_000 === sent.serial;
}

const maxOpeningLines = 60;
const numberedPattern = /(?:^|OF \d\d |UNCLAS |L |T )([A-Z][A-Z'. -]{2,30}?) {1,3}(\d{6}|\d{8})(?=\s|$)/;

function idInBody(body: readonly string[], year: number): ReferenceId | undefined {
  for (const line of body.slice(0, maxOpeningLines)) {
    const match = numberedPattern.exec(line.slice(0, 120).toUpperCase());
    const words = match?.[1]?.replace(/^(?:UNCLAS|SECTION|EFTO|NOFORN| )+/, '').split(' ') ?? [];
    for (let from = 0; from < words.length; from += 1) {
      const station = stationNamed(words.slice(from).join(' '), year);
      const serial = Number(match?.[2]);
      if (station !== undefined && serial > 0) return formatReferenceId({ year, station: station.code, serial });
    }
  }
  return undefined;
}

function idInName(name: string | undefined): ReferenceId | undefined {
  const stem = name?.split(/[/\\]/).at(-1)?.split('.')[0];
  return stem === undefined ? undefined : canonicalReferenceId(stem);
}

function idOfRoute({ sent }: Transmission, year: number): ReferenceId | undefined {
  const station = sent === null ? undefined : stationOfRoute(sent.route);
  // From 10,000 on, the DE line does not have the whole serial.
  if (sent === null || station === undefined || sent.serial === 0 || (station.maxSerial ?? 0) >= 10_000)
    return undefined;
  return formatReferenceId({ year, station: station.code, serial: sent.serial });
}
