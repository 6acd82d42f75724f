import type { CableContext, ReferenceLinked } from '../../cables/citations/citation-context.ts';
import type { CableBrief } from '../../cables/corpus/corpus.ts';
import type { CableExplained, TagExplained } from '../../cables/explain/explain-cable.ts';
import { explainMarking, type MarkingExplained } from '../../cables/explain/markings.ts';
import { dayInWords, type OrderInForce } from '../../cables/explain/authority.ts';
import type { Recipient } from '../../cables/parse/header/recipients.ts';
import type { Cable, Paragraph } from '../../core/cable.ts';
import type { Link } from '../../core/citation.ts';
import { type Paint, plain } from './output.ts';

/** A cable with its explanations and context. */
export interface Shown {
  readonly cable: Cable;
  readonly explained: CableExplained;
  readonly context: CableContext;
  /** The requested paragraph; null: all. */
  readonly paragraph: number | null;
}

/** The output of `corpus show --json`. */
export function jsonOfCable({ cable, explained, context, paragraph }: Shown): object {
  const { referenceId, publishedId, subject, created, released, classification, origin, warnings } = cable;
  return {
    referenceId,
    publishedId,
    subject,
    created,
    released,
    classification,
    origin,
    explained,
    references: context.references,
    citedBy: context.citedBy,
    before: context.before,
    after: context.after,
    links: context.links.filter((link) => link.paragraph === null),
    paragraphs: selected(cable, paragraph).map((each) => ({
      number: each.number,
      marking: each.marking,
      words: each.marking === null ? null : explainMarking(each.marking).words,
      text: each.text,
      link: linkTo(each.number, context) ?? null,
    })),
    warnings,
  };
}

/** A cable laid out for reading, 100 columns wide. */
export function layOut(shown: Shown, paint: Paint): string {
  const { cable, explained, context, paragraph } = shown;
  const texts = selected(cable, paragraph).flatMap((each) => paragraphLines(each, context, paint));
  const warnings = cable.warnings.map(({ message }) => message);
  const head = [paint.bold(plain(cable.subject ?? cable.referenceId)), ...facts(cable)];
  if (paragraph !== null) return [...head, ...texts].join('\n');
  return [
    ...head,
    ...section('Message', messageLines(cable, explained), paint),
    ...section('Classification explained', classificationLines(explained), paint),
    ...section('TAGS', explained.tags.map(tagLine), paint),
    ...section('References', context.references.map(referenceLine), paint),
    ...section('Cited by', context.citedBy.map(briefLine), paint),
    ...section('Earlier cables of the station', context.before.map(briefLine), paint),
    ...section('Later cables of the station', context.after.map(briefLine), paint),
    ...texts,
    ...section('Warnings about this copy', warnings, paint),
    ...section('Links', context.links.filter((link) => link.paragraph === null).map(linkLine), paint),
  ].join('\n');
}

function selected({ paragraphs }: Cable, paragraph: number | null): readonly Paragraph[] {
  return paragraph === null ? paragraphs : paragraphs.filter(({ number }) => number === paragraph);
}

function linkTo(paragraph: number, { links }: CableContext): Link | undefined {
  return links.find((link) => link.paragraph === paragraph);
}

const lineWidth = 100;

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  if (lines.length === 0) return [];
  return ['', paint.bold(title), ...lines.flatMap((line) => wrap(`  ${plain(line)}`, lineWidth, 4))];
}

/** The table at the top, as in the old viewer. */
function facts({ referenceId, publishedId, created, createdAsPrinted, classification, origin }: Cable): string[] {
  const published = String(publishedId) === referenceId ? '' : ` (published as ${publishedId})`;
  const rows: (readonly [string, string | null])[] = [
    ['Reference ID', `${referenceId}${published}`],
    ['Created', created?.replace('T', ' ').replace('Z', ' UTC') ?? createdAsPrinted],
    ['Classification', classification],
    ['Origin', origin],
  ];
  return rows.flatMap(([name, value]) => (value ? [`  ${name.padEnd(15)} ${plain(value)}`] : []));
}

function messageLines({ precedence, eo, decl }: Cable, explained: CableExplained): string[] {
  return [
    ...(explained.sent === null ? [] : [`sent: ${explained.sent}`]),
    ...(precedence === null ? [] : [`precedence ${precedence}: ${explained.precedence ?? 'not known'}`]),
    ...addressees('to', explained.recipients.to),
    ...addressees('informed', explained.recipients.info),
    ...(eo === null ? [] : [`E.O. ${eo}${decl === null ? '' : `, DECL: ${decl}`}`]),
  ];
}

function addressees(label: string, recipients: readonly Recipient[]): string[] {
  return recipients.length === 0 ? [] : [`${label}: ${recipients.map(({ name }) => name).join(', ')}`];
}

function classificationLines({ classification, order, reasons, declassification, markings }: CableExplained): string[] {
  return [
    ...(classification === null ? [] : [`${classification.written}: ${meaningOf(classification)}`]),
    ...(order.inForce === null ? [] : orderLines(order.inForce)),
    ...(order.note === null ? [] : [`note: ${order.note}`]),
    ...reasons.map(
      ({ written, words, mismatch }) =>
        `reason ${written}: ${words ?? 'not known'}${mismatch === null ? '' : ` (but ${mismatch})`}`,
    ),
    `declassified: ${declassification}`,
    ...markings.map((marking) => `(${marking.written}) ${meaningOf(marking)}`),
  ];
}

function meaningOf({ words, level, misprint }: MarkingExplained): string {
  return [words, ...(level?.meaning ? [level.meaning] : []), ...(misprint === null ? [] : [misprint])].join('; ');
}

function orderLines({ number, since, url, amendedBy, amendedSince, amendmentUrl }: OrderInForce): string[] {
  return [
    `in force: E.O. ${number} since ${dayInWords(since)}: ${url}`,
    ...(amendedBy === null || amendedSince === null
      ? []
      : [`as amended by E.O. ${amendedBy} since ${dayInWords(amendedSince)}: ${amendmentUrl ?? ''}`]),
  ];
}

function tagLine({ tag, kind, meaning, group }: TagExplained): string {
  const what = group === null ? kind : `${kind}, ${group}`;
  return `${tag.padEnd(6)} ${meaning ?? 'not known'} (${what})`;
}

function referenceLine({ id, letter, asWritten, cable, links, why }: ReferenceLinked): string {
  const [link] = links;
  const names = id === null ? `"${asWritten}"` : id;
  const target = link === undefined ? (why ?? '') : `${link.url}${link.why === null ? '' : ` (${link.why})`}`;
  return [letter ?? '-', names, ...(cable?.subject ? [cable.subject] : []), target].join('  ');
}

function briefLine({ referenceId, subject, created, classification }: CableBrief): string {
  return [referenceId, created?.slice(0, 10), classification, subject].filter(Boolean).join('  ');
}

function linkLine({ target, url, why }: Link): string {
  return `${target.padEnd(14)} ${url}${why === null ? '' : ` (${why})`}`;
}

/** Number, marking and text, and the link to the paragraph. */
function paragraphLines({ number, marking, text }: Paragraph, context: CableContext, paint: Paint): string[] {
  const link = linkTo(number, context);
  const first = `¶${number} ${marking === null ? '' : `(${marking}) `}${text}`;
  return [
    '',
    ...wrap(plain(first), lineWidth),
    ...(link === undefined ? [] : [paint.cyan(link.url), ...wrap(paint.dim(exactness(link)), lineWidth)]),
  ];
}

function exactness({ exact, near, why }: Link): string {
  if (exact) return why === null ? 'exact' : `exact: ${why}`;
  return `not exact: ${why ?? ''}${near === null ? '' : `; nearest anchor: #${near}`}`;
}

/** Breaks a text at blanks into lines of at most `width` characters; all but the first are indented. Keeps existing line breaks. */
function wrap(text: string, width: number, indent = 0): string[] {
  return text
    .split('\n')
    .flatMap((line, at) => wrapLine(at === 0 ? line : `${' '.repeat(indent)}${line}`, width, indent));
}

function wrapLine(line: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let rest = line.trimEnd();
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    // A word without a blank, such as a URL, stays whole.
    const end = rest.slice(0, blank).trim() === '' ? rest.indexOf(' ', width) : blank;
    if (end === -1) break;
    lines.push(rest.slice(0, end));
    rest = `${' '.repeat(indent)}${rest.slice(end + 1).trimStart()}`;
  }
  return [...lines, rest];
}
