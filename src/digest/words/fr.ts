import { counting } from './counting.ts';
import type { Words } from './en.ts';

const { number, isOne, count } = counting('fr-FR');
const posts = (n: number) => count(n, 'publication', 'publications');
const cables = (n: number) => count(n, 'câble', 'câbles');

export const fr: Words = {
  locale: 'fr-FR',
  subject: 'Les câbles dans les publications',
  title: (when) => `Les câbles dans les publications : ${when}`,
  summary: (p, c, trends, named) => {
    if (c === 0) return `${posts(p)} ${isOne(p) ? 'n’a cité' : 'n’ont cité'} aucun câble certain.`;
    return `${posts(p)} ${isOne(p) ? 'a cité' : 'ont cité'} ${cables(c)}${trends}${named}.`;
  },
  summaryTrends: (fresh, rising) => {
    const parts = [
      ...(fresh > 0 ? [count(fresh, 'nouveau', 'nouveaux')] : []),
      ...(rising > 0 ? [`${number(rising)} en hausse`] : []),
    ];
    return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  },
  mostOften: (id, n) => `, le plus souvent ${id} (${number(n)} fois)`,
  only: (id) => ` : ${id}`,
  nothing: 'Aucun câble n’a été cité.',
  unfinished: (until) => `Pour l’instant : état au ${until}.`,
  notPublic: (n) =>
    isOne(n)
      ? `${posts(n)} avec citations n’est pas publique et n’est pas comptée ici.`
      : `${posts(n)} avec citations ne sont pas publiques et ne sont pas comptées ici.`,
  cables: 'Câbles',
  moreCables: (n) => (isOne(n) ? `et ${number(n)} autre câble` : `et ${number(n)} autres câbles`),
  before: { day: 'pendant les 7 jours précédents', week: 'pendant les 4 semaines précédentes' },
  newLabel: 'nouveau',
  risingLabel: (before, when) => `en hausse (${number(before)} ${when})`,
  trends: 'Nouveaux et en hausse',
  freshCables: 'Cités pour la première fois',
  risingCables: 'En hausse',
  risingFrom: (id, n, before) => `${id} (${number(n)}, contre ${before})`,
  postsBefore: (n, before) => `${posts(n)}, contre ${before}`,
  reading: 'Publications à lire',
  days: 'Citations par jour',
  hours: 'Citations par heure',
  hour: 'Heure',
  platforms: 'Publications par plateforme',
  platform: 'Plateforme',
  sites: 'Liens partagés',
  site: 'Site',
  unresolved: 'Citations sans câble certain',
  candidates: 'Câbles possibles',
  outcomes: 'Ce qui a été fait',
  result: 'Résultat',
  outcome: {
    answered: 'réponse envoyée par',
    waiting: 'pas encore de réponse',
    unclear: 'réponse peut-être envoyée : non confirmée',
    held: 'en attente de relecture',
    refused: 'sans réponse : refusée',
    rejected: 'sans réponse : écartée à la relecture',
    givenUp: 'sans réponse : abandon',
    withdrawn: 'réponse envoyée, puis supprimée',
    logged: 'réponse seulement consignée (essai à blanc)',
    notLoggedYet: 'réponse pas encore consignée (essai à blanc)',
    loggedWithdrawn: 'réponse consignée (essai à blanc), puis retirée',
    recorded: 'seulement enregistrée',
    counted: 'seulement comptée',
    ignored: 'ignorée',
    failed: 'recherche impossible',
  },
  why: 'Raison',
  coverage: 'Couverture',
  feed: 'Source',
  gaps: 'Non lu',
  allRead: 'sans interruption',
  gapOfAll: 'Toutes les sources',
  gap: { failing: 'lecture impossible', stopped: 'le bot ne fonctionnait pas', new: 'pas encore configurée' },
  late: (n) =>
    isOne(n)
      ? `${posts(n)} d’éditions précédentes est arrivée en retard : voir les corrections.`
      : `${posts(n)} d’éditions précédentes sont arrivées en retard : voir les corrections.`,
  corrections: 'Corrections des éditions précédentes',
  week: 'Semaine du',
  day: 'Jour',
  change: 'Changement',
  reference: 'Citation',
  references: 'Citations',
  referenceCount: (n) => count(n, 'citation', 'citations'),
  posts: 'Publications',
  cable: 'Câble',
  origin: 'Origine',
  created: 'Date',
  classification: 'Classification',
  paragraphs: 'Les plus cités',
  otherParagraphs: 'Aussi cités',
  kinds: { description: 'une description', quotation: 'un passage cité', url: 'un lien' },
  note: 'On compte les citations, jamais les personnes. Les publications qui ne sont pas publiques et celles des personnes qui s’y opposent ne figurent pas ici.',
};
