import { allStations, type Station } from '../../src/cables/ids/stations.ts';
import { viewerHtml } from '../cables/parse/viewer-page.ts';
import { seeded } from './make-posts.ts';

export interface MadeParagraph {
  readonly number: number;
  readonly marking: string | null;
  /** With one blank between words. */
  readonly text: string;
}

/** A page of the old viewer with an invented cable, and what is true of it. */
export interface MadePage {
  readonly id: string;
  readonly html: string;
  readonly dtg: string;
  readonly paragraphs: readonly MadeParagraph[];
  /** Where each id of the page leads: the paragraph, and whether to its beginning. */
  readonly anchorTargets: readonly {
    readonly anchor: string;
    readonly paragraph: number | null;
    readonly exact: boolean;
  }[];
}

/** Pages as the viewer printed them in its three releases, with what makes real ones hard: lists, page breaks, headings, wrapped years. */
export function madePages(seed: number, count: number): MadePage[] {
  const random = seeded(seed);
  const stations = allStations().filter(
    ({ label, routes, years }) => label !== null && routes.length > 0 && years.includes(2007),
  );
  return Array.from({ length: count }, (_, index) => madePage(pick(stations, random), index + 1, random));
}

function madePage({ code, label, routes }: Station, serial: number, random: () => number): MadePage {
  const sent = new Date(
    Date.UTC(2007, between(0, 11, random), between(1, 28, random), between(0, 23, random), between(0, 59, random)),
  );
  const iso = sent.toISOString();
  const release = pick(releases, random);
  const rows = cableRows(random);
  const id = `07${code}${serial}`;
  const html = viewerHtml({
    id,
    origin: label ?? '',
    created: `${iso.slice(0, 10)} ${iso.slice(11, 14)}${release.isExact ? iso.slice(14, 16) : hourOfTwelve(sent)}`,
    released: release.at,
    header: headerOf(sent, routes[0] ?? '', serial),
    body: [...opening(code, serial), ...rows.map(({ line }) => line)].map((line) => `${line} `).join('\n'),
  });
  return {
    id,
    html,
    dtg: `${iso.slice(0, 16)}Z`,
    paragraphs: paragraphsOf(rows),
    anchorTargets: anchorTargetsOf(rows),
  };
}

/** The first has no column for it, and both of 2010 print the hour of twelve for the minutes. */
const releases = [
  { at: null, isExact: false },
  { at: '2010-12-08 21:09', isExact: false },
  { at: '2011-08-30 01:44', isExact: true },
] as const;

function hourOfTwelve(sent: Date): string {
  return String(sent.getUTCHours() % 12 || 12).padStart(2, '0');
}

function headerOf(sent: Date, route: string, serial: number): string {
  const [day = '', month = '', year = ''] = sent.toUTCString().slice(5, 16).toUpperCase().split(' ');
  const time = `${day}${sent.toISOString().slice(11, 16).replace(':', '')}`;
  const dayOfYear = 1 + Math.floor((sent.getTime() - Date.UTC(sent.getUTCFullYear(), 0, 1)) / 86_400_000);
  return [
    `DE ${route} #${String(serial).padStart(4, '0')}/01 ${String(dayOfYear).padStart(3, '0')}${time.slice(2)}`,
    'ZNR UUUUU ZZH',
    `R ${time}Z ${month} ${year.slice(2)} ZDK`,
    'FM AN INVENTED POST',
    'TO RUEHC/SECSTATE WASHDC 0001',
  ].join('\n');
}

function opening(code: string, serial: number): string[] {
  return [
    `UNCLAS SECTION 01 OF 02 ${code} ${String(serial).padStart(6, '0')}`,
    '',
    'SIPDIS',
    '',
    'E.O. 12958: N/A',
    "TAGS: <a href='/tag/PGOV_0.html'>PGOV</a>, <a href='/tag/KZ_0.html'>KZ</a>",
    'SUBJECT: AN INVENTED CABLE ABOUT A MARKET',
    '',
    'REF: A. ASTANA 2221',
    '     B. 06 ASTANA 17',
    '',
  ];
}

/** A line of the cable from its first paragraph on. */
interface Row {
  readonly line: string;
  /** What of it belongs to the paragraph's text. */
  readonly text?: string;
  readonly paragraph: number;
  /** Of the paragraph's first line. */
  readonly marking?: string | null;
  /** The viewer's anchor before the line. */
  readonly anchor?: string;
}

function cableRows(random: () => number): Row[] {
  const count = between(1, 24, random);
  // Lists are only told from unmarked paragraphs where the numbers tell them apart.
  const isMarked = random() < 0.8;
  return Array.from({ length: count }, (_, index) => {
    const paragraph = index + 1;
    const marking = isMarked ? pick(['U', 'SBU', 'C', 'S/NF'], random) : null;
    const rows = [
      ...sentence(paragraph, random, { marking }),
      ...(random() < 0.3 ? [pageBreak(paragraph), ...sentence(paragraph, random)] : []),
      ...(isMarked && random() < 0.3 ? list(paragraph, paragraph < count, random) : []),
    ];
    const heading =
      random() < 0.2 && paragraph < count
        ? [
            { line: 'WHAT HAPPENED NEXT', paragraph },
            { line: '-'.repeat(18), paragraph },
            { line: '', paragraph },
          ]
        : [];
    return [...rows, { line: '', paragraph }, ...heading];
  }).flat();
}

function pageBreak(paragraph: number): Row {
  return { line: 'ASTANA 00002299  002 OF 003', paragraph };
}

/** Some lines of prose; with a marking, the first of its paragraph. */
function sentence(paragraph: number, random: () => number, begins?: { readonly marking: string | null }): Row[] {
  const lines = Array.from({ length: between(2, 5, random) }, (_, index) => {
    const text = Array.from({ length: between(6, 9, random) }, () => pick(words, random)).join(' ');
    return index === 0 ? `The ${text}` : text;
  });
  // As a line may begin with a year, the viewer sets an anchor before it.
  const isDated = random() < 0.15;
  const last = isDated ? `2006. So ${pick(words, random)} it was.` : `and ${pick(words, random)} it was.`;
  const rows: Row[] = lines.map((text) => ({ line: text, text, paragraph }));
  rows.push({ line: last, text: last, paragraph, ...(isDated ? { anchor: 'par2006' } : {}) });
  const [first] = lines;
  if (begins === undefined || first === undefined) return rows;
  const sign = begins.marking === null ? '' : `(${begins.marking}) `;
  return [
    {
      line: `${paragraph}. ${sign}${first}`,
      text: first,
      paragraph,
      marking: begins.marking,
      anchor: `par${paragraph}`,
    },
    ...rows.slice(1),
  ];
}

/** Items with letters, or with numbers: from 1, or such that the next paragraph's id leads here. */
function list(paragraph: number, isFollowed: boolean, random: () => number): Row[] {
  const from = isFollowed && random() < 0.5 ? paragraph + 1 : 1;
  const names = random() < 0.5 ? ['A', 'B', 'C'] : [from, from + 1, from + 2].map(String);
  return names.map((name) => {
    const text = `${name}. A ${pick(words, random)} ${pick(words, random)}.`;
    return { line: `     ${text}`, text, paragraph, anchor: `par${name}` };
  });
}

function paragraphsOf(rows: readonly Row[]): MadeParagraph[] {
  const first = rows.filter((row) => row.marking !== undefined);
  return first.map(({ paragraph, marking = null }) => {
    const texts = rows.flatMap((row) => (row.paragraph === paragraph && row.text !== undefined ? row.text : []));
    return { number: paragraph, marking, text: texts.join(' ') };
  });
}

/** A browser goes to the first element of an id. The REF line's B is before all paragraphs. */
function anchorTargetsOf(rows: readonly Row[]): MadePage['anchorTargets'] {
  const anchorTargets = new Map([['parB', { anchor: 'parB', paragraph: null as number | null, exact: false }]]);
  for (const { anchor, paragraph, marking } of rows) {
    if (anchor === undefined || anchorTargets.has(anchor)) continue;
    anchorTargets.set(anchor, { anchor, paragraph, exact: marking !== undefined });
  }
  return [...anchorTargets.values()];
}

const words =
  'market bridge river keeper harbour window weather council garden letter school winter summer painter engine orchard village station teacher lantern'.split(
    ' ',
  );

function between(least: number, most: number, random: () => number): number {
  return least + Math.floor(random() * (most - least + 1));
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
