import { PermanentError, RetryLater, messageOf } from '../../core/errors.ts';
import { onLine } from '../../core/text/strangers.ts';
import type { Fetched } from '../../net/guarded-fetch.ts';
import { retryAfterMs } from '../../net/rate-limits.ts';
import type { Driver, DriverContext, Publisher } from '../platform.ts';
import { beforeSending, sending } from '../shared/answers.ts';
import { limits, type WebmentionPublisher } from './config.ts';
import { type Endpoint, endpointOf } from './discover.ts';

export const driver: Driver<never, WebmentionPublisher> = {
  openPublisher: async (config, context) => openPublisher(config, context),
};

const bounds = { maxBytes: 5_000_000, timeoutMs: 20_000 };
/** A page that a proxy keeps is a minute old at most. */
const retryMs = 60_000;

type Net = Pick<DriverContext, 'fetch' | 'clock'>;

function openPublisher({ sites }: WebmentionPublisher, net: Net): Publisher & AsyncDisposable {
  return {
    limits,
    // A site has one Webmention from a page, and says so of a second Trackback.
    repeat: 'harmless',
    async publish({ text, card, replyTo, pages = [], alone }, signal) {
      const target = replyTo.url;
      if (alone) throw new PermanentError('a Webmention needs a page that cites a cable');
      if (target === null || !sites.some((site) => isBelow(target, site)))
        throw new PermanentError('the page is not below one of the `sites` of this publisher');
      if (pages.length === 0)
        throw new PermanentError('there is no public cable page: set `web.cables: public` and `web.publicUrl`');
      const endpoint = await beforeSending(signal, async () => {
        for (const page of pages) if (!(await lists(page, target, net, signal))) throw notYet(page, 'does not list');
        return await discover(target, net, signal);
      });
      if (endpoint === undefined) throw new PermanentError('the page takes neither Webmentions nor Trackbacks');
      const words = { title: card?.title ?? '', excerpt: text };
      for (const page of pages) await sending(() => notify(endpoint, { page, target, words }, net, signal));
      return { id: [endpoint.kind, target, ...pages].join(' '), url: target };
    },
    // Nothing can be asked of a site.
    find: () => Promise.resolve('cannot-tell'),
    withdraw: ({ id }, signal) => withdraw(id, net, signal),
    [Symbol.asyncDispose]: async () => {},
  };
}

function isBelow(url: string, site: string): boolean {
  const [{ origin = '', pathname = '' }, top] = [URL.parse(url) ?? {}, new URL(site)];
  return origin === top.origin && `${pathname}/`.startsWith(`${top.pathname.replace(/\/$/, '')}/`);
}

/** True if the cable page links to the target: sites look, and drop what does not. */
async function lists(page: string, target: string, { fetch }: Net, signal: AbortSignal): Promise<boolean> {
  try {
    const { status, body } = await fetch(page, { ...bounds, signal });
    const href = target.replaceAll('&', '&amp;').replaceAll("'", '&#39;');
    return status === 200 && new TextDecoder().decode(body).includes(`href="${href}"`);
  } catch (error) {
    signal.throwIfAborted();
    // Also where the guard refuses it: the operator can permit that.
    throw new RetryLater(`the cable page cannot be read: ${messageOf(error)}`, retryMs, { cause: error });
  }
}

function notYet(page: string, what: string): RetryLater {
  return new RetryLater(`${page} ${what} the page that cites the cable`, retryMs);
}

/** Undefined: the page takes nothing, or is gone. Errors: those of the guard; RetryLater. */
async function discover(target: string, { fetch, clock }: Net, signal: AbortSignal): Promise<Endpoint | undefined> {
  const headers = { accept: 'text/html, application/xhtml+xml' };
  const page = await fetch(target, { ...bounds, headers, signal });
  if (page.status === 404 || page.status === 410) return undefined;
  if (page.status < 200 || page.status > 299)
    throw new RetryLater(`the page answered ${page.status}`, retryAfterMs(page.headers, clock.now()) ?? retryMs);
  const isHtml = /^(text\/html|application\/xhtml\+xml)\b/i.test(page.headers.get('content-type') ?? '');
  return endpointOf({ ...page, html: isHtml ? new TextDecoder().decode(page.body) : '' }, target);
}

interface Notification {
  readonly page: string;
  readonly target: string;
  /** For Trackbacks, which show them. */
  readonly words: { readonly title: string; readonly excerpt: string };
}

/** Errors: PermanentError and RetryLater if the site refuses it; any other: the outcome is unknown. */
async function notify(
  { kind, url }: Endpoint,
  { page, target, words }: Notification,
  net: Net,
  signal: AbortSignal,
): Promise<void> {
  const { host } = new URL(page);
  const trackback = { title: words.title || host, excerpt: words.excerpt, url: page, blog_name: host };
  const answer = await post(url, kind === 'webmention' ? { source: page, target } : trackback, net, signal);
  const fault = kind === 'webmention' ? webmentionFault(answer) : trackbackFault(answer);
  if (fault === undefined) return;
  const reason = onLine(fault, 200);
  const message = `${new URL(url).host} refuses the ${kind}: it answered ${answer.status}${reason && `: ${reason}`}`;
  if (/too (?:quickly|fast)|slow down/i.test(reason)) throw new RetryLater(message, retryMs, { answered: true });
  throw new PermanentError(message, { answered: true });
}

/** Errors: RetryLater for 429; an Error for what leaves the outcome unknown; those of the guard. */
async function post(
  url: string,
  fields: Readonly<Record<string, string>>,
  { fetch, clock }: Net,
  signal: AbortSignal,
): Promise<Fetched> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(fields).toString();
  const answer = await fetch(url, { ...bounds, method: 'POST', headers, body, signal });
  const { status } = answer;
  if (status === 429)
    throw new RetryLater(
      `${new URL(url).host} answered 429`,
      retryAfterMs(answer.headers, clock.now()) ?? 60 * retryMs,
      { answered: true },
    );
  if (status >= 500 || status === 408) throw new Error(`${new URL(url).host} answered ${status}`);
  return answer;
}

/** Undefined: it was taken. */
function webmentionFault(answer: Fetched): string | undefined {
  return answer.status < 300 ? undefined : textOf(answer);
}

/** Undefined: it was taken, now or before. Only the body says so: WordPress has been seen to answer 200 to what it refuses, and 404 to what it takes. */
function trackbackFault(answer: Fetched): string | undefined {
  const text = textOf(answer);
  if (/<error>\s*0\s*<\/error>/.test(text)) return undefined;
  const message = /<message>([^<]*)/.exec(text)?.[1] ?? 'no answer of a Trackback';
  return /already/i.test(message) ? undefined : message;
}

function textOf({ body }: Fetched): string {
  return new TextDecoder().decode(body.subarray(0, 10_000));
}

/** Asks a site to look again, once the cable page no longer links to its page: https://www.w3.org/TR/webmention/#sending-webmentions-for-deleted-posts */
async function withdraw(id: string, net: Net, signal: AbortSignal): Promise<void> {
  const [kind, target = '', ...pages] = id.split(' ');
  if (kind === 'trackback') throw new PermanentError('a Trackback stays until the owner of the site deletes it');
  for (const page of pages) if (await lists(page, target, net, signal)) throw notYet(page, 'still lists');
  const endpoint = await discover(target, net, signal);
  if (endpoint?.kind !== 'webmention') return;
  // Whatever it says: that there is no link is what it is to find.
  for (const page of pages) await post(endpoint.url, { source: page, target }, net, signal);
}
