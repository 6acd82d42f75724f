import type { Words } from './en.ts';

const count = (n: number, one: string, many: string) => `${n.toLocaleString('de')} ${n === 1 ? one : many}`;
const posts = (n: number) => count(n, 'Beitrag', 'Beiträge');
const cables = (n: number) => count(n, 'Depesche', 'Depeschen');

export const de: Words = {
  locale: 'de-DE',
  subject: 'Depeschen in Beiträgen',
  title: (when) => `Depeschen in Beiträgen, ${when}`,
  summary: (p, c, trends, most) =>
    c === 0
      ? `${posts(p)} ${p === 1 ? 'zitierte' : 'zitierten'} keine sichere Depesche.`
      : `${posts(p)} ${p === 1 ? 'zitierte' : 'zitierten'} ${cables(c)}${trends}${most === undefined ? '' : `, am häufigsten ${most}`}.`,
  summaryTrends: (fresh, rising) => {
    const parts = [...(fresh > 0 ? [`${fresh} neu`] : []), ...(rising > 0 ? [`${rising} steigend`] : [])];
    return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  },
  mostOften: (id, n) => `${id} (${n.toLocaleString('de')}-mal)`,
  nothing: 'Keine Depesche wurde zitiert.',
  unfinished: (until) => `Bisher: Stand ${until}.`,
  notPublic: (n) => `${posts(n)} mit Verweisen ${n === 1 ? 'ist' : 'sind'} nicht öffentlich und hier nicht gezählt.`,
  cables: 'Depeschen',
  moreCables: (n) => `und ${n.toLocaleString('de')} weitere`,
  newLabel: 'neu',
  risingLabel: (before) => `steigend (${before.toLocaleString('de')} in den 7 Tagen davor)`,
  trends: 'Neu und steigend',
  freshCables: 'Zum ersten Mal zitiert',
  risingCables: 'Steigend',
  risingFrom: (id, n, before) => `${id} (${n}, nach ${before} in den 7 Tagen davor)`,
  postsBefore: (n, before) => `${posts(n)}, nach ${before.toLocaleString('de')} in den 7 Tagen davor`,
  reading: 'Lesenswerte Beiträge',
  hours: 'Verweise nach Stunde',
  hour: 'Stunde',
  platforms: 'Beiträge nach Plattform',
  platform: 'Plattform',
  sites: 'Geteilte Links',
  site: 'Seite',
  unresolved: 'Verweise ohne sichere Depesche',
  candidates: 'Vielleicht',
  outcomes: 'Was geschah',
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
  allRead: 'den ganzen Tag gelesen',
  gapOfAll: 'Alle Quellen',
  gap: { failing: 'nicht lesbar', stopped: 'der Bot lief nicht', new: 'vorher nicht gelesen' },
  late: (n) => `${posts(n)} früherer Tage ${n === 1 ? 'kam' : 'kamen'} spät: siehe die Berichtigungen.`,
  corrections: 'Berichtigungen früherer Tage',
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
