import { lookUp } from '../../operations/look-up-cable.ts';
import { cableIn, nameIn } from '../../operations/source-page.ts';
import { ownPath } from '../../cables/links/cable-links.ts';
import { receiveTrackback, type Trackback, trackbackRow } from '../../ledger/links/trackback-rows.ts';
import { publicOrigin } from '../cables/response.ts';
import type { PageRequest } from '../page.ts';
import { openRateLimit } from '../rate-limit.ts';

/** Why a submission is refused; the sender sees it. */
interface Fault {
  readonly status: 400 | 429;
  readonly fault: string;
}

const longestUrl = 2000;

/** Accepts Webmentions and Trackbacks. The source page is fetched later, so senders need not wait. */
export function openReceiver() {
  const rateLimit = openRateLimit({ burst: 60, refillMs: 10_000 });

  async function receive(
    request: PageRequest,
    submission: Pick<Trackback, 'kind'> & Record<'source' | 'target', string>,
  ): Promise<{ id: string } | Fault> {
    if (rateLimit.take(request.client) > 0) return tooMany;
    const read = await validated(request, submission);
    if ('fault' in read) return read;
    const { ledger, nudge } = request.context;
    const now = await ledger.now();
    const recorded = await ledger.transact((tx) => receiveTrackback(tx, read, now));
    if (recorded === 'full') return tooMany;
    nudge();
    return recorded;
  }

  return {
    /** W3C Webmention: 202 with the address of a status page. */
    async webmention(request: PageRequest): Promise<Response> {
      const field = (name: string) => request.form.get(name)?.trim() ?? '';
      const received = await receive(request, { kind: 'webmention', source: field('source'), target: field('target') });
      if ('fault' in received) return text(received.status, received.fault);
      return text(202, 'Thank you. The bot fetches the page, then a person decides.', {
        Location: `${publicOrigin(request)}/webmention/${received.id}`,
      });
    },
    /** Six Apart's Trackback: the response is XML with status 200, as its clients expect. */
    async trackback(request: PageRequest): Promise<Response> {
      const target = `${publicOrigin(request)}/cable/${encodeURIComponent(request.param('id'))}`;
      const received = await receive(request, {
        kind: 'trackback',
        source: request.form.get('url')?.trim() ?? '',
        target,
      });
      return xml('fault' in received ? received.fault : undefined);
    },
  };
}

/** What became of a Webmention. */
export async function submissionStatus(request: PageRequest): Promise<Response> {
  const row = await trackbackRow(request.context.ledger.db, request.param('id').slice(0, 100));
  return row === undefined ? text(404, 'Unknown.') : text(200, states[row.state]);
}

const tooMany: Fault = { status: 429, fault: 'Too many requests. Try again in an hour.' };

/** One word for all that is not shown: why a page cannot be read would tell strangers about the network of the bot. */
const notShown = 'Received. It is not shown.';

const states = {
  new: notShown,
  pending: 'The page links here. A person decides whether to show it.',
  approved: 'It is shown.',
  rejected: notShown,
  refused: notShown,
  removed: notShown,
} as const;

/** Checks a submission without fetching its source. */
async function validated(
  request: PageRequest,
  { kind, source, target }: Pick<Trackback, 'kind'> & Record<'source' | 'target', string>,
): Promise<Trackback | Fault> {
  const wrong = (fault: string): Fault => ({ status: 400, fault });
  const [from, to] = [webUrl(source), webUrl(target)];
  if (from === undefined) return wrong('The source is not a URL of a page (http or https, at most 2000 characters).');
  if (to === undefined) return wrong('The target is not a URL of a page.');
  const ours = publicOrigin(request);
  if (from.origin === ours) return wrong('The source is a page of this site.');
  const id = to.origin === ours ? cableIn(to) : undefined;
  const found = id === undefined ? undefined : await lookUp(id, request.context.cables);
  const cable = found?.resolution.status === 'unknown-cable' ? undefined : found?.resolution.referenceId;
  if (cable === undefined || cable === null) return wrong('The target is not a cable page of this site.');
  const field = (name: string) => (kind === 'trackback' ? nameIn(request.form.get(name) ?? '') : '');
  return {
    kind,
    source: from.href,
    host: from.host,
    domain: await siteOf(from),
    cable,
    page: `${to.origin}${ownPath(cable)}`,
    paragraph: paragraphIn(to),
    title: field('title'),
    site: field('blog_name'),
    excerpt: field('excerpt'),
  };
}

/** The registrable domain, so that subdomains and ports count together: by the public suffix list with the names that hosting services give. */
async function siteOf({ hostname }: URL): Promise<string> {
  // A list of a megabyte, which most bots never need.
  const { getDomain } = await import('tldts');
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}

function webUrl(written: string): URL | undefined {
  const url = written.length > longestUrl ? null : URL.parse(written);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : undefined;
}

function paragraphIn({ hash }: URL): number | null {
  const number = /^#par([1-9]\d{0,3})$/.exec(hash)?.[1];
  return number === undefined ? null : Number(number);
}

function text(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${message}\n`, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers } });
}

function xml(fault: string | undefined): Response {
  const message = fault === undefined ? '' : `\n<message>${fault}</message>`;
  const body = `<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>${fault === undefined ? 0 : 1}</error>${message}\n</response>\n`;
  return new Response(body, { headers: { 'Content-Type': 'text/xml; charset=utf-8' } });
}
