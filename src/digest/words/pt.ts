import { counting } from './counting.ts';
import type { Words } from './en.ts';

const { number, isOne, count } = counting('pt-BR');
const posts = (n: number) => count(n, 'publicação', 'publicações');
const cables = (n: number) => count(n, 'telegrama', 'telegramas');

export const pt: Words = {
  locale: 'pt-BR',
  subject: 'Telegramas em publicações',
  title: (when) => `Telegramas em publicações: ${when}`,
  summary: (p, c, trends, named) => {
    const cited = isOne(p) ? 'citou' : 'citaram';
    if (c === 0) return `${posts(p)} não ${cited} nenhum telegrama com certeza.`;
    return `${posts(p)} ${cited} ${cables(c)}${trends}${named}.`;
  },
  summaryTrends: (fresh, rising) => {
    const parts = [
      ...(fresh > 0 ? [count(fresh, 'novo', 'novos')] : []),
      ...(rising > 0 ? [`${number(rising)} em alta`] : []),
    ];
    return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  },
  mostOften: (id, n) => `; o mais citado, ${id} (${count(n, 'vez', 'vezes')})`,
  only: (id) => `: ${id}`,
  nothing: 'Nenhum telegrama foi citado.',
  unfinished: (until) => `Por enquanto: dados até ${until}.`,
  notPublic: (n) =>
    isOne(n)
      ? `${posts(n)} com citações não é pública e não é contada aqui.`
      : `${posts(n)} com citações não são públicas e não são contadas aqui.`,
  cables: 'Telegramas',
  moreCables: (n) => (isOne(n) ? `e mais ${number(n)} telegrama` : `e mais ${number(n)} telegramas`),
  before: { day: 'nos 7 dias anteriores', week: 'nas 4 semanas anteriores' },
  newLabel: 'novo',
  risingLabel: (before, when) => `em alta (${number(before)} ${when})`,
  trends: 'Novos e em alta',
  freshCables: 'Citados pela primeira vez',
  risingCables: 'Em alta',
  risingFrom: (id, n, before) => `${id} (${number(n)}, contra ${before})`,
  postsBefore: (n, before) => `${posts(n)}, contra ${before}`,
  reading: 'Publicações que vale a pena ler',
  days: 'Citações por dia',
  hours: 'Citações por hora',
  hour: 'Hora',
  platforms: 'Publicações por plataforma',
  platform: 'Plataforma',
  sites: 'Links compartilhados',
  site: 'Site',
  unresolved: 'Citações sem telegrama certo',
  candidates: 'Telegramas possíveis',
  outcomes: 'O que foi feito',
  result: 'Resultado',
  outcome: {
    answered: 'respondidas por meio de',
    waiting: 'ainda sem resposta',
    unclear: 'talvez respondidas: sem confirmação',
    held: 'aguardam revisão',
    refused: 'sem resposta: recusada',
    rejected: 'sem resposta: descartada na revisão',
    givenUp: 'sem resposta: desistência',
    withdrawn: 'respondidas, resposta apagada',
    logged: 'resposta apenas anotada no registro (teste)',
    notLoggedYet: 'ainda por anotar no registro (teste)',
    loggedWithdrawn: 'resposta anotada no registro (teste), depois retirada',
    recorded: 'apenas registradas',
    counted: 'apenas contadas',
    ignored: 'ignoradas',
    failed: 'não puderam ser consultadas',
  },
  why: 'Motivo',
  coverage: 'Cobertura',
  feed: 'Fonte',
  gaps: 'Não lido',
  allRead: 'sem lacunas',
  gapOfAll: 'Todas as fontes',
  gap: { failing: 'não pôde ser lida', stopped: 'o bot não estava em execução', new: 'ainda não configurada' },
  late: (n) =>
    isOne(n)
      ? `${posts(n)} de edições anteriores chegou tarde: veja as correções.`
      : `${posts(n)} de edições anteriores chegaram tarde: veja as correções.`,
  corrections: 'Correções de edições anteriores',
  week: 'Semana de',
  day: 'Dia',
  change: 'Mudança',
  reference: 'Citação',
  references: 'Citações',
  referenceCount: (n) => count(n, 'citação', 'citações'),
  posts: 'Publicações',
  cable: 'Telegrama',
  origin: 'Origem',
  created: 'Data',
  classification: 'Classificação',
  paragraphs: 'Os mais citados',
  otherParagraphs: 'Também citados',
  kinds: { description: 'uma descrição', quotation: 'um trecho citado', url: 'um link' },
  note: 'Contam-se citações, nunca pessoas. Publicações que não são públicas e as de quem pediu para ficar de fora não aparecem.',
};
