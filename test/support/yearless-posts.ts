import type { Catalogue } from '../../src/cables/catalogue/catalogue.ts';
import { highestSerial } from '../../src/cables/ids/months.ts';
import { canonicalReferenceId, formatReferenceId, partsOf, publishedIdOf } from '../../src/cables/ids/reference-id.ts';
import type { ReferenceParts } from '../../src/cables/ids/reference-id.ts';
import { stationNamed } from '../../src/cables/ids/stations.ts';
import { renamesOf } from '../../src/cables/repair/aliases.ts';
import { readTable } from '../../src/cables/tsv.ts';
import type { ReferenceId } from '../../src/core/cable.ts';
import { seededAt } from './make-posts.ts';
import type { ListedId } from './samples.ts';

/** A post, and the cable that it means. */
export interface Made {
  readonly text: string;
  readonly right: ReferenceId;
}

export interface Dated extends ReferenceParts {
  readonly month: number;
}

/** Any of the listed cables whose station can be named without a year. */
export function pickListed(listed: readonly ListedId[], random: () => number): Dated {
  for (;;) {
    const { id, month } = pick(listed, random);
    const canonical = canonicalReferenceId(id);
    const parts = canonical && partsOf(canonical);
    // A name of three letters is none without a year.
    if (parts !== undefined && parts.station.length > 3 && stationNamed(parts.station)?.code === parts.station)
      return { ...parts, month };
  }
}

/** A cable that its station sent, but that was never published, where one of the same serial was. */
export function unlistedPost(
  { catalogue, listed }: { catalogue: Catalogue; listed: readonly ListedId[] },
  random: () => number,
): Made {
  for (;;) {
    const { station, serial, month } = pickListed(listed, random);
    const years = stationNamed(station)?.years ?? [];
    const sent = years.filter((year) => serial <= (highestSerial(station, year) ?? 0));
    // Renamed posts count on: 06TAIPEI103 is 06AITTAIPEI103.
    const isListed = (year: number) =>
      [station, ...renamesOf(station)].some((code) =>
        catalogue.has(publishedIdOf(formatReferenceId({ year, station: code, serial }))),
      );
    const never = sent.filter((year) => !isListed(year));
    if (never.length === 0) continue;
    const parts = { year: pick(never, random), station, serial, month: 1 + Math.floor(random() * month) };
    return pick([datedPost, undatedPost, undatedPost, subjectPost], random)(parts, random);
  }
}

/** Station and serial, and no year that is the cable's. */
export function undatedPost(parts: Dated, random: () => number): Made {
  const { station, serial } = parts;
  const other = pick(stationNamed(station)?.years ?? [2009], random);
  const padded = String(serial).padStart(6, '0');
  const text = pick(
    [
      `see ${station} ${serial}`,
      `REF: ${station} ${padded}`,
      `AMEMBASSY ${station} ${serial}`,
      `cable ${serial} from Embassy ${titled(station)}`,
      `Embassy ${titled(station)} cable ${serial} says`,
      // A year of publication, or that of a cable with the same serial, says nothing.
      `${station} ${serial} (2011)`,
      `${station} ${serial}, ${other}`,
      `In ${other} the cable ${station} ${serial} came out`,
      `${station} ${serial}, published in December 2010`,
    ],
    random,
  );
  return { text, right: formatReferenceId(parts) };
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Station and serial with the cable's date. */
export function datedPost(parts: Dated, random: () => number): Made {
  const { station, serial, year, month } = parts;
  const day = 2 + Math.floor(random() * 26);
  const name = monthNames[month - 1] ?? '';
  const short = name.slice(0, 3);
  const two = String(year).slice(2);
  const of = (language: string) =>
    new Date(Date.UTC(year, month - 1, day)).toLocaleDateString(language, { dateStyle: 'long', timeZone: 'UTC' });
  const text = pick(
    [
      `${station} ${serial} of ${name} ${year}`,
      `${station} ${serial} dated ${day} ${name} ${year}`,
      `${station} ${serial} (${short} ${day}, ${year})`,
      `${station} ${serial}, ${day} ${short} ${two}`,
      `Embassy ${titled(station)} cable ${serial} of ${name} ${year}`,
      `the ${name} ${year} ${titled(station)} cable no. ${serial}`,
      `${station} ${serial} DTG ${String(day).padStart(2, '0')}1530Z ${short.toUpperCase()} ${two}`,
      `${station} ${serial}, ${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
      `a cable dated ${day} ${name} ${year} (${station} ${serial})`,
      `${station} ${serial}, a cable dated ${name} ${day}, ${year}`,
      `${station} ${serial} vom ${of('de')}`,
      `${station} ${serial} du ${of('fr')}`,
      `${station} ${serial} del ${of('es')}`,
      `${station} ${serial} от ${of('ru')}`,
    ],
    random,
  );
  return { text, right: formatReferenceId(parts) };
}

/** Station and serial with words of the cable's subject. */
export function subjectPost(parts: Dated, random: () => number): Made {
  const right = formatReferenceId(parts);
  return {
    text: `${parts.station} ${parts.serial}: ${subjectOf(right).toLowerCase()} ${pick(['again', 'explained'], random)}`,
    right,
  };
}

/** The first line of a cable, or one between its pages; every other time with its header. */
export function ownLine(parts: Dated, random: () => number): Made {
  const { station, serial, year, month } = parts;
  const count = String(1 + Math.floor(random() * 9)).padStart(2, '0');
  const six = String(serial).padStart(6, '0');
  const marking = pick(['C O N F I D E N T I A L', 'UNCLAS', 'S E C R E T'], random);
  const line = pick(
    [
      `${marking} SECTION 01 OF ${count} ${station} ${six}`,
      `${marking} ${station} ${six}`,
      `page 3 of ${count} ${station} ${six}`,
      `${station} ${six.padStart(8, '0')}  002 OF 0${count}`,
    ],
    random,
  );
  const short = (monthNames[month - 1] ?? '').slice(0, 3).toUpperCase();
  const header = `O 111111Z ${short} ${String(year).slice(2)}\nFM AMEMBASSY ${station}\nTO RUEHC/SECSTATE WASHDC PRIORITY 0593\nINFO RUEHTA/AMEMBASSY ASTANA 0018\n`;
  return { text: (random() < 0.5 ? header : '') + line, right: formatReferenceId(parts) };
}

/** Words of the subjects that TAGS stand for. */
const subjectWords = [
  ...new Set(readTable('tags.tsv').flatMap(([, , meaning = '']) => meaning.toUpperCase().match(/[A-Z]{4,}/g) ?? [])),
].filter((word) => stationNamed(word) === undefined);

/** An invented subject, always the same for an ID. */
export function subjectOf(id: ReferenceId): string {
  let place = 0;
  for (const unit of id) place = (place * 31 + unit.charCodeAt(0)) >>> 0;
  const random = seededAt(1, place);
  return Array.from({ length: 3 + Math.floor(random() * 5) }, () => pick(subjectWords, random)).join(' ');
}

function titled(station: string): string {
  return station.slice(0, 1) + station.slice(1).toLowerCase();
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
