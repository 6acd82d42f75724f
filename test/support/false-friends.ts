import { readTable } from '../../src/cables/tsv.ts';
import { seeded } from './make-posts.ts';

/** Words of a language for what is written like an ID and is none. `city`: the name of a capital in the language. */
interface Language {
  readonly patterns: readonly string[];
  readonly months: readonly string[];
}

/** `N`: a number of one to four digits, `YY`: two digits, `City` and `CITY`: a station's name in the language, `month`: one of its months. */
const everywhere = [
  'LH N City',
  'AF 0YY City',
  'BA2490 City YY',
  'SU N/YY City',
  'City YY:YY',
  'City – City YY:YY',
  'CITY YY CITY YY',
  'City YY, City N',
  '10KL5 05SD12 City',
  'A320-YY City N',
  'ISO 08601:YY City',
  'N €',
  'City N €',
  'YY City N,50 €',
  '1YYYY City YY',
  '0YYYY City',
  'City YY°',
  'City YY.YY.2007',
  '#cityYY',
  '#CityN',
  'YY% City N%',
  '+YY 20 N City',
  'CITY 20YY',
  'City (YY N)',
  'v2.YY City N.YY',
  'B YY City, N km',
];

const languages: Readonly<Record<string, Language>> = {
  en: {
    patterns: [
      'on YY month in City, N people',
      'flight BA YY to City, gate N',
      'YY City Street, N0YY London',
      'from $N, City YY nights',
      'part no. YYCITYXN',
      'TOP YY CITY N%',
    ],
    months: ['August', 'May'],
  },
  fr: {
    patterns: [
      'le YY month à City, N personnes',
      'vol AF YY pour City, porte N',
      'YY, rue de City, 750YY Paris',
      'réf. YYXK-N City',
      'à partir de N euros City',
    ],
    months: ['août', 'mars'],
  },
  es: {
    patterns: [
      'el YY de month en City, N personas',
      'vuelo IB YY a City, puerta N',
      'calle de City YY, 280YY Madrid',
      'desde N euros, City YY noches',
    ],
    months: ['agosto', 'marzo'],
  },
  pt: {
    patterns: [
      'em YY de month em City, N pessoas',
      'voo TP YY para City, portão N',
      'Rua de City, YY, N-0YY Lisboa',
      'desde N euros City',
    ],
    months: ['agosto', 'março'],
  },
  de: {
    patterns: [
      'am YY. month in City, N Leute',
      'Flug LH YY nach City, Gate N',
      'Cityer Straße YY, 1YYYY Berlin',
      'ab N Euro, City YY Nächte',
      'Art.-Nr. YYCITYXN',
    ],
    months: ['August', 'März'],
  },
  it: {
    patterns: [
      'il YY month a City, N persone',
      'volo AZ YY per City, gate N',
      'via City YY, 001YY Roma',
      'da N euro City',
    ],
    months: ['agosto', 'marzo'],
  },
  nl: {
    patterns: [
      'op YY month in City, N mensen',
      'vlucht KL YY naar City, gate N',
      'Citystraat YY, N AB Amsterdam',
      'vanaf N euro City',
    ],
    months: ['augustus', 'maart'],
  },
  sv: {
    patterns: [
      'den YY month i City, N personer',
      'flyg SK YY till City, gate N',
      'Citygatan YY, 111 YY Stockholm',
      'från N kr City',
    ],
    months: ['augusti', 'mars'],
  },
  ru: {
    patterns: ['YY month в City N человек', 'рейс SU YY City, выход N', 'ул. City, д. YY, 1010YY', 'от N руб. City YY'],
    months: ['августа', 'марта'],
  },
};

/** Flight and part numbers, scores, dates, addresses and prices in nine languages: none is a citation of a cable. */
export function falseFriends(count: number, seed: number): string[] {
  const random = seeded(seed);
  const names = Map.groupBy(
    readTable('exonyms.tsv').flatMap(([name = '', , codes = '']) => codes.split(' ').map((code) => ({ name, code }))),
    ({ code }) => code,
  ).set(
    'en',
    readTable('stations.tsv').map(([name = '']) => ({ name, code: 'en' })),
  );
  return Array.from({ length: count }, () => {
    const [code, { patterns, months }] = pick(Object.entries(languages), random);
    const name = pick(names.get(code) ?? [], random).name;
    const two = () => String(Math.floor(random() * 100)).padStart(2, '0');
    return pick([...patterns, ...patterns, ...everywhere], random)
      .replaceAll('YY', two)
      .replaceAll(/\bN\b/g, () => String(1 + Math.floor(random() ** 3 * 9999)))
      .replaceAll('CITY', name)
      .replaceAll(/City/g, name.slice(0, 1) + name.slice(1).toLowerCase())
      .replaceAll('city', name.toLowerCase())
      .replaceAll('month', () => pick(months, random));
  });
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
