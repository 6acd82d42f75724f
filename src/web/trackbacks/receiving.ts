import { lookUp } from '../../operations/look-up-cable.ts';
import { cableIn, nameIn } from '../../operations/source-page.ts';
import { ownPath } from '../../cables/links/cable-links.ts';
import { noteTrackback, type Told, trackbackRow } from '../../ledger/links/trackback-rows.ts';
import { originOf } from '../cables/answer.ts';
import { peerOf } from '../identity.ts';
import type { Request } from '../page.ts';
import { openTurns } from './turns.ts';

/** What is wrong with what we were told, for whoever sent it. */
interface Fault {
  readonly status: 400 | 429;
  readonly fault: string;
}

const longestUrl = 2000;

/** Takes what other sites tell; the page is looked at later, so they need not wait. */
export function openReceiver() {
  const turns = openTurns(() => performance.now());

  async function take(
    request: Request,
    told: Pick<Told, 'kind'> & Record<'source' | 'target', string>,
  ): Promise<{ id: string } | Fault> {
    if (!turns.take(peerOf(request.c))) return tooMany;
    const read = await heard(request, told);
    if ('fault' in read) return read;
    const { ledger, nudge } = request.context;
    const now = await ledger.now();
    const noted = await ledger.transact((tx) => noteTrackback(tx, read, now));
    if (noted === 'full') return tooMany;
    nudge();
    return noted;
  }

  return {
    /** W3C Webmention: 202, with an address where what became of it is told. */
    async webmention(request: Request): Promise<Response> {
      const field = (name: string) => request.form.get(name)?.trim() ?? '';
      const taken = await take(request, { kind: 'webmention', source: field('source'), target: field('target') });
      if ('fault' in taken) return words(taken.status, taken.fault);
      return words(202, 'Thank you. The page is looked at, then a person decides.', {
        Location: `${originOf(request)}/webmention/${taken.id}`,
      });
    },
    /** Six Apart's Trackback: answers are XML, with status 200 as its programs expect. */
    async trackback(request: Request): Promise<Response> {
      const target = `${originOf(request)}/cable/${encodeURIComponent(request.param('id'))}`;
      const taken = await take(request, { kind: 'trackback', source: request.form.get('url')?.trim() ?? '', target });
      return xml('fault' in taken ? taken.fault : undefined);
    },
    async status(request: Request): Promise<Response> {
      const row = await trackbackRow(request.context.ledger.db, request.param('id').slice(0, 100));
      return row === undefined ? words(404, 'Nothing is known of this.') : words(200, states[row.state]);
    },
  };
}

const tooMany: Fault = { status: 429, fault: 'Too many at a time. Try again in an hour.' };

const states = {
  new: 'The page is to be looked at.',
  pending: 'The page links here. A person decides whether it is shown.',
  approved: 'It is shown.',
  rejected: 'It is not shown.',
  refused: 'The page could not be read.',
  removed: 'The page does not link here, or is not there.',
} as const;

/** Checks what can be checked without a look at the page. */
async function heard(
  request: Request,
  { kind, source, target }: Pick<Told, 'kind'> & Record<'source' | 'target', string>,
): Promise<Told | Fault> {
  const wrong = (fault: string): Fault => ({ status: 400, fault });
  const [from, to] = [webUrl(source), webUrl(target)];
  if (from === undefined) return wrong('The source is no address of a page: http or https, at most 2000 characters.');
  if (to === undefined) return wrong('The target is no address of a page.');
  const ours = [originOf(request), request.url.origin];
  if (ours.includes(from.origin)) return wrong('The source is a page of this site.');
  const id = ours.includes(to.origin) ? cableIn(to) : undefined;
  const found = id === undefined ? undefined : await lookUp(id, request.context.cables);
  const cable = found?.resolution.status === 'unknown-cable' ? undefined : found?.resolution.referenceId;
  if (cable === undefined || cable === null) return wrong('The target is not the page of a cable here.');
  const field = (name: string) => (kind === 'trackback' ? nameIn(request.form.get(name) ?? '') : '');
  return {
    kind,
    source: from.href,
    host: from.host,
    cable,
    page: `${to.origin}${ownPath(cable)}`,
    paragraph: paragraphIn(to),
    title: field('title'),
    site: field('blog_name'),
    excerpt: field('excerpt'),
  };
}

function webUrl(written: string): URL | undefined {
  const url = written.length > longestUrl ? null : URL.parse(written);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : undefined;
}

function paragraphIn({ hash }: URL): number | null {
  const number = /^#par([1-9]\d{0,3})$/.exec(hash)?.[1];
  return number === undefined ? null : Number(number);
}

function words(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${text}\n`, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers } });
}

function xml(fault: string | undefined): Response {
  const message = fault === undefined ? '' : `\n<message>${fault}</message>`;
  const body = `<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>${fault === undefined ? 0 : 1}</error>${message}\n</response>\n`;
  return new Response(body, { headers: { 'Content-Type': 'text/xml; charset=utf-8' } });
}
