import { counting } from './counting.ts';
import type { Words } from './en.ts';

const { number, isOne, count } = counting('es-ES');
const posts = (n: number) => count(n, 'publicación', 'publicaciones');
const cables = (n: number) => count(n, 'cable', 'cables');

export const es: Words = {
  locale: 'es-ES',
  subject: 'Cables en publicaciones',
  title: (when) => `Cables en publicaciones: ${when}`,
  summary: (p, c, trends, named) => {
    const cited = `${posts(p)} ${isOne(p) ? 'citó' : 'citaron'}`;
    if (c === 0)
      return isOne(p) ? `${posts(p)} no citó ningún cable seguro.` : `${posts(p)} no citaron ningún cable seguro.`;
    return `${cited} ${cables(c)}${trends}${named}.`;
  },
  summaryTrends: (fresh, rising) => {
    const parts = [
      ...(fresh > 0 ? [count(fresh, 'nuevo', 'nuevos')] : []),
      ...(rising > 0 ? [`${number(rising)} en alza`] : []),
    ];
    return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  },
  mostOften: (id, n) => `; el más citado, ${id} (${count(n, 'vez', 'veces')})`,
  only: (id) => `: ${id}`,
  nothing: 'No se citó ningún cable.',
  unfinished: (until) => `Por ahora: datos hasta el ${until}.`,
  notPublic: (n) =>
    isOne(n)
      ? `${posts(n)} con citas no es pública y no se cuenta aquí.`
      : `${posts(n)} con citas no son públicas y no se cuentan aquí.`,
  cables: 'Cables',
  moreCables: (n) => `y ${cables(n)} más`,
  before: { day: 'en los 7 días anteriores', week: 'en las 4 semanas anteriores' },
  newLabel: 'nuevo',
  risingLabel: (before, when) => `en alza (${number(before)} ${when})`,
  trends: 'Nuevos y en alza',
  freshCables: 'Citados por primera vez',
  risingCables: 'En alza',
  risingFrom: (id, n, before) => `${id} (${number(n)}, frente a ${before})`,
  postsBefore: (n, before) => `${posts(n)}, frente a ${before}`,
  reading: 'Publicaciones que vale la pena leer',
  days: 'Citas por día',
  hours: 'Citas por hora',
  hour: 'Hora',
  platforms: 'Publicaciones por plataforma',
  platform: 'Plataforma',
  sites: 'Enlaces compartidos',
  site: 'Sitio',
  unresolved: 'Citas sin cable seguro',
  candidates: 'Cables posibles',
  outcomes: 'Qué se hizo',
  result: 'Resultado',
  outcome: {
    answered: 'respondidas a través de',
    waiting: 'aún sin respuesta',
    unclear: 'quizá respondidas: sin confirmar',
    held: 'esperan revisión',
    refused: 'sin respuesta: rechazada',
    rejected: 'sin respuesta: descartada en la revisión',
    givenUp: 'sin respuesta: se desistió',
    withdrawn: 'respondidas, respuesta eliminada',
    logged: 'respuesta solo anotada en el registro (prueba)',
    notLoggedYet: 'aún sin anotar en el registro (prueba)',
    loggedWithdrawn: 'respuesta anotada en el registro (prueba), luego retirada',
    recorded: 'solo registradas',
    counted: 'solo contadas',
    ignored: 'ignoradas',
    failed: 'no se pudieron consultar',
  },
  why: 'Motivo',
  coverage: 'Cobertura',
  feed: 'Fuente',
  gaps: 'Sin leer',
  allRead: 'sin huecos',
  gapOfAll: 'Todas las fuentes',
  gap: { failing: 'no se pudo leer', stopped: 'el bot no estaba en marcha', new: 'aún no configurada' },
  late: (n) =>
    isOne(n)
      ? `${posts(n)} de ediciones anteriores llegó tarde: véanse las correcciones.`
      : `${posts(n)} de ediciones anteriores llegaron tarde: véanse las correcciones.`,
  corrections: 'Correcciones de ediciones anteriores',
  week: 'Semana del',
  day: 'Día',
  change: 'Cambio',
  reference: 'Cita',
  references: 'Citas',
  referenceCount: (n) => count(n, 'cita', 'citas'),
  posts: 'Publicaciones',
  cable: 'Cable',
  origin: 'Origen',
  created: 'Fecha',
  classification: 'Clasificación',
  paragraphs: 'Lo más citado',
  otherParagraphs: 'También citado',
  kinds: { description: 'una descripción', quotation: 'una cita textual', url: 'un enlace' },
  note: 'Se cuentan citas, nunca personas. No se incluyen las publicaciones que no son públicas ni las de quienes pidieron quedar fuera.',
};
