import { allStations } from '../../../src/cables/ids/stations.ts';
import { seededAt } from '../make-posts.ts';
import { pick, vocabulary, type Vocabulary } from './vocabulary.ts';

/** A made cable, as a dump has it. */
export interface MadeCable {
  readonly number: number;
  readonly id: string;
  /** `M/D/YYYY H:MM` */
  readonly created: string;
  readonly origin: string;
  readonly classification: string;
  readonly references: readonly string[];
  readonly header: string;
  readonly body: string;
  /** The words of its paragraphs, for quotations. */
  readonly paragraphs: readonly string[];
}

/** Cables in the order of time, `count` of them in all; every one depends on the seed and its place alone, so that none need be kept. */
export interface MadeCorpus {
  readonly count: number;
  cable(at: number): MadeCable;
}

const levels = [
  ['UNCLASSIFIED', 'U', 'ZNR UUUUU ZZH', 'UNCLAS'],
  ['CONFIDENTIAL', 'C', 'ZNY CCCCC ZZH', 'C O N F I D E N T I A L'],
  ['SECRET', 'S', 'ZNY SSSSS ZZH', 'S E C R E T'],
] as const;
const tags = ['PREL', 'PGOV', 'PHUM', 'ECON', 'PTER', 'MARR', 'ETRD', 'EPET', 'KDEM', 'SOCI'];
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const first = Date.UTC(2003, 0, 1);
const last = Date.UTC(2010, 1, 28);

/** Cables as a dump has them, 7.2 KB each, which are made from a seed: what they say means nothing, but reads like language to an index. */
export function madeCorpus({ count, seed }: { count: number; seed: number }): MadeCorpus {
  const words = vocabulary(seed);
  const stations = allStations().filter(({ years }) => years.includes(2003) && years.includes(2009));
  const whenOf = (at: number): Date => new Date(first + Math.floor((at / count) * ((last - first) / 60_000)) * 60_000);
  const stationOf = (at: number) => pick(stations, seededAt(~seed, at));
  const idOf = (at: number): string => {
    const { code } = stationOf(at);
    // A serial that no other cable has at all: the stations need not count.
    return `${String(whenOf(at).getUTCFullYear()).slice(2)}${code}${at + 1}`;
  };
  return {
    count,
    cable(at) {
      const random = seededAt(seed, at);
      const station = stationOf(at);
      const when = whenOf(at);
      const level = levels[random() < 0.53 ? 0 : random() < 0.85 ? 1 : 2] ?? levels[0];
      const references = Array.from({ length: at === 0 ? 0 : Math.floor(random() ** 2 * 4) }, () =>
        idOf(Math.floor(random() * at)),
      );
      const paragraphs = Array.from({ length: 3 + Math.floor(random() ** 1.5 * 19) }, () => paragraph(words, random));
      const name = (station.label ?? station.code).replace(/^(Embassy|Consulate|Mission) /, '').toUpperCase();
      const serial = String(at + 1).padStart(6, '0');
      return {
        number: at + 1,
        id: idOf(at),
        created: `${when.getUTCMonth() + 1}/${when.getUTCDate()}/${when.getUTCFullYear()} ${when.getUTCHours()}:${two(when.getUTCMinutes())}`,
        origin: station.label ?? station.code,
        classification: level[0],
        references,
        header: headerOf({ name, route: station.routes[0] ?? 'RUEHXX', serial: at + 1, when, cipher: level[2] }),
        body: [
          `${level[3]} ${name} ${serial} \n \nSIPDIS \n \nE.O. 12958: DECL: 10/05/2019 \nTAGS: ${pick(tags, random)}, ${pick(tags, random)} `,
          `SUBJECT: ${sentence(words, random).toUpperCase()} \n `,
          ...(references.length > 0 ? [`REF: ${references.map(asWritten).join(' \n     ')} \n `] : []),
          ...paragraphs.map((text, index) => wrapped(`${index + 1}. (${level[1]}) ${text}`)),
          `${name} `,
        ].join('\n'),
        paragraphs,
      };
    },
  };
}

/** `05 ASTANA 12` */
function asWritten(id: string, index: number): string {
  return `${String.fromCharCode(65 + (index % 26))}. ${id.replace(/^(\d\d)(\D+)(\d+)$/, '$1 $2 $3')}`;
}

function headerOf(of: { name: string; route: string; serial: number; when: Date; cipher: string }): string {
  const { when } = of;
  const [day, clock] = [two(when.getUTCDate()), `${two(when.getUTCHours())}${two(when.getUTCMinutes())}`];
  const ofYear = Math.floor((when.getTime() - Date.UTC(when.getUTCFullYear(), 0, 0)) / 86_400_000);
  return [
    'VZCZCXRO1234',
    `RR ${of.route}`,
    `DE ${of.route} #${String(of.serial % 10_000).padStart(4, '0')}/01 ${String(ofYear).padStart(3, '0')}${clock}`,
    of.cipher,
    `R ${day}${clock}Z ${months[when.getUTCMonth()]} ${two(when.getUTCFullYear() % 100)}`,
    `FM AMEMBASSY ${of.name}`,
    'TO RUEHC/SECSTATE WASHDC 0001',
    'INFO RUEHXX/ALL POSTS COLLECTIVE PRIORITY',
  ].join('\n');
}

function paragraph(words: Vocabulary, random: () => number): string {
  const sentences = Array.from({ length: 2 + Math.floor(random() * 7) }, () => sentence(words, random));
  return sentences.join('  ');
}

/** One word in sixty is one that hardly any other text has: a name or a number. */
function sentence(words: Vocabulary, random: () => number): string {
  let rank = 0;
  let text = '';
  const length = 8 + Math.floor(random() * 20);
  for (let i = 0; i < length; i += 1) {
    const oddity = random();
    rank = words.next(random, rank);
    const word =
      oddity < 0.01
        ? capital(words.word(Math.floor(random() * 60_000)) + words.word(Math.floor(random() * 400)))
        : oddity < 0.017
          ? String(Math.floor(random() ** 3 * 100_000))
          : words.word(rank);
    text += i === 0 ? capital(word) : (oddity > 0.94 ? ', ' : ' ') + word;
  }
  return `${text}.`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Lines of at most 65 characters, each with a blank at its end; a blank line ends the paragraph. */
function wrapped(text: string): string {
  return `${text.replaceAll(/(.{1,65})(?: |$)/g, '$1 \n')} `;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
