import { counting } from './counting.ts';
import type { Words } from './en.ts';

const { number, isOne, count } = counting('de-DE');
const posts = (n: number) => count(n, 'Beitrag', 'Beiträge');
const cables = (n: number) => count(n, 'Depesche', 'Depeschen');

export const de: Words = {
  locale: 'de-DE',
  subject: 'Depeschen in Beiträgen',
  title: (when) => `Depeschen in Beiträgen, ${when}`,
  summary: (p, c, trends, named) =>
    c === 0
      ? `${posts(p)} ${isOne(p) ? 'zitierte' : 'zitierten'} keine sichere Depesche.`
      : `${posts(p)} ${isOne(p) ? 'zitierte' : 'zitierten'} ${cables(c)}${trends}${named}.`,
  summaryTrends: (fresh, rising) => {
    const parts = [...(fresh > 0 ? [`${fresh} neu`] : []), ...(rising > 0 ? [`${rising} steigend`] : [])];
    return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  },
  mostOften: (id, n) => `, am häufigsten ${id} (${number(n)}-mal)`,
  only: (id) => `: ${id}`,
  nothing: 'Keine Depesche wurde zitiert.',
  unfinished: (until) => `Bisher: Stand ${until}.`,
  notPublic: (n) => `${posts(n)} mit Verweisen ${isOne(n) ? 'ist' : 'sind'} nicht öffentlich und hier nicht gezählt.`,
  cables: 'Depeschen',
  moreCables: (n) => `und ${number(n)} weitere`,
  before: { day: 'in den 7 Tagen davor', week: 'in den 4 Wochen davor' },
  newLabel: 'neu',
  risingLabel: (before, when) => `steigend (${number(before)} ${when})`,
  trends: 'Neu und steigend',
  freshCables: 'Zum ersten Mal zitiert',
  risingCables: 'Steigend',
  risingFrom: (id, n, before) => `${id} (${n}, nach ${before})`,
  postsBefore: (n, before) => `${posts(n)}, nach ${before}`,
  reading: 'Lesenswerte Beiträge',
  days: 'Verweise nach Tag',
  hours: 'Verweise nach Stunde',
  hour: 'Stunde',
  platforms: 'Beiträge nach Plattform',
  platform: 'Plattform',
  sites: 'Geteilte Links',
  site: 'Seite',
  unresolved: 'Verweise ohne sichere Depesche',
  candidates: 'Vielleicht',
  outcomes: 'Was geschah',
  result: 'Ergebnis',
  outcome: {
    answered: 'beantwortet über',
    waiting: 'wartet auf Antwort',
    held: 'wartet auf einen Menschen',
    refused: 'nicht beantwortet: abgelehnt',
    givenUp: 'nicht beantwortet: aufgegeben',
    withdrawn: 'beantwortet und zurückgenommen',
    recorded: 'nur vermerkt',
    counted: 'nur gezählt',
    ignored: 'übergangen',
    failed: 'konnte nicht nachgeschlagen werden',
  },
  why: 'Warum',
  coverage: 'Abdeckung',
  feed: 'Quelle',
  gaps: 'Nicht gelesen',
  allRead: 'ohne Lücken',
  gapOfAll: 'Alle Quellen',
  gap: { failing: 'nicht lesbar', stopped: 'der Bot lief nicht', new: 'vorher nicht gelesen' },
  late: (n) => `${posts(n)} früherer Ausgaben ${isOne(n) ? 'kam' : 'kamen'} spät: siehe die Berichtigungen.`,
  corrections: 'Berichtigungen früherer Ausgaben',
  week: 'Woche ab',
  day: 'Tag',
  change: 'Änderung',
  reference: 'Verweis',
  references: 'Verweise',
  referenceCount: (n) => count(n, 'Verweis', 'Verweise'),
  posts: 'Beiträge',
  cable: 'Depesche',
  origin: 'Herkunft',
  created: 'Datum',
  classification: 'Einstufung',
  paragraphs: 'Meist zitiert',
  kinds: { description: 'eine Beschreibung', quotation: 'ein Zitat', url: 'ein Link' },
  note: 'Gezählt werden Verweise, nie Personen. Nicht öffentliche Beiträge und solche von Menschen, die widersprochen haben, fehlen.',
};
