import type { HttpBindings } from '@hono/node-server';
import { type Context as HonoContext, Hono, type Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { BoundedMap } from '../core/async.ts';
import { trustedProxiesOf } from '../config/sections/web-section.ts';
import { ConfigError, messageOf, UsageError } from '../core/errors.ts';
import { type WaitingWork, waitingWork } from '../ledger/operators/waiting-work.ts';
import { assets } from './assets.ts';
import { isApi, problem } from './cables/api.ts';
import { cablePages } from './cables/pages.ts';
import { eventPages } from './events.ts';
import { withHeaders } from './headers.ts';
import { peerOf, personOf } from './identity.ts';
import { renderPage } from './layout.ts';
import { isIn } from '../net/trusted-proxies.ts';
import { openLogin } from './login.ts';
import { auditPages } from './operator/audit.ts';
import { consentPages } from './operator/consent-page.ts';
import { deadLetterPages } from './operator/dead-letters.ts';
import { digestPages } from './operator/digests.ts';
import { explanationPages } from './operator/explanation.ts';
import { mentionPages } from './operator/mentions/mentions.ts';
import { overviewPages } from './operator/overview.ts';
import { pausePages } from './operator/pause.ts';
import { withdrawPages } from './operator/withdraw.ts';
import type { Board } from './operator/queues.ts';
import { reviewPages } from './operator/review.ts';
import { rejectPages } from './operator/rejects.ts';
import { rulesPages } from './operator/rules.ts';
import { type Context, type Html, HttpError, may, type NavEntry, type Page, type Person, type View } from './page.ts';
import { errorView } from './parts.ts';
import { anonymousRequest, checkedRequest } from './request.ts';
import { knownSession, openSession } from './session.ts';
import type { SiteOrigin } from './site-origin.ts';
import { trackbackPages } from './trackbacks/pages.ts';
import { webhookPages } from './webhooks/endpoint.ts';

const defaultMaxBytes = 64 * 1024;

/** The whole site: all pages behind all checks. */
export function openSite(context: Context, origin: SiteOrigin, board?: Board): Hono {
  const app = new Hono({ strict: false });
  const login = openLogin(context, origin);
  const pages = [...login.pages, ...pagesOf(context)];
  const entries = board === undefined ? pages : [...pages, queueEntry(board)];
  const flashes = openFlashes(origin);
  const render: Render = async (c, view, person, token) =>
    c.html(
      await renderPage(view, {
        context,
        entries,
        person,
        token,
        path: c.req.path,
        flash: flashes.take(c),
        waiting: person && (await waitingOrNothing(context)),
      }),
      view.status ?? 200,
    );
  app.use(withHeaders(origin));
  app.use(refuseOtherHosts(origin));
  app.use(refuseOtherProxies(context));
  // What is public may be read by scripts of other sites too; they send no cookies. Not a bot that only this machine reaches.
  if (context.config.web.publicUrl !== undefined)
    app.use('/api/*', cors({ origin: '*', allowMethods: ['GET', 'POST'], exposeHeaders: ['Retry-After'] }));
  for (const [path, { type, body }] of assets) {
    app.get(path, (c) =>
      c.body(body, 200, { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' }),
    );
  }
  app.get('/', async (c, next) => (await login.byToken(c)) ?? (await next()));
  for (const page of pages) {
    const serve = (c: HonoContext) => servePage(c, page, { context, origin, render, flashes });
    const limit = bodyLimit({ maxSize: page.maxBytes ?? defaultMaxBytes, onError: () => tooLarge(page) });
    app.on(page.method, page.path, limit, serve);
  }
  if (board !== undefined) {
    app.use(`${board.path}/*`, forOperators(context, origin));
    app.route(board.path, board.app);
  }
  app.notFound(async (c) => {
    if (isApi(c.req.path)) return notInApi(c.req.path, pages);
    return await render(c, errorView(404, 'There is no such page.'), await personIn(c, context, origin));
  });
  app.onError(async (error, c) => {
    const { status, message, details } = faultOf(error, context);
    if (isApi(c.req.path)) return problem(status, message);
    return await render(c, errorView(status, message, details), await personOnError(c, context, origin));
  });
  return app;
}

/** The pages that this configuration enables, in the order of the navigation. */
function pagesOf(context: Context): readonly Page[] {
  return [
    ...overviewPages,
    ...mentionPages,
    ...explanationPages,
    ...reviewPages,
    ...rulesPages,
    ...digestPages,
    ...deadLetterPages,
    ...rejectPages,
    ...withdrawPages,
    ...pausePages,
    ...consentPages,
    ...auditPages,
    ...cablePages(context),
    ...trackbackPages(context),
    ...webhookPages(context),
    ...eventPages(context),
  ];
}

/** An address of the API that is there answers another method by 405. */
function notInApi(path: string, pages: readonly Page[]): Response {
  const methods = pages.filter((page) => page.path === path).map(({ method }) => method);
  if (methods.length === 0) return problem(404, 'There is no such address.');
  return problem(405, `Use ${methods.join(' or ')}.`, { Allow: methods.join(', ') });
}

function queueEntry({ path }: Board): NavEntry {
  return { path, audience: 'operator', nav: 'Queue' };
}

function forOperators(context: Context, origin: SiteOrigin) {
  return async (c: HonoContext, next: Next): Promise<void> => {
    if (!may(await personIn(c, context, origin), 'operator')) throw new HttpError(403, 'This page is for operators.');
    await next();
  };
}

/** Protects against DNS rebinding: requests for an unknown host name are refused. */
function refuseOtherHosts(origin: SiteOrigin) {
  return async (c: HonoContext, next: Next): Promise<Response | undefined> => {
    const isKnown = [c.req.header('host'), ...authorityOf(c)].every((host) => origin.knowsHost(host));
    if (!isKnown) return c.text(`Wrong host name; the address is ${origin.url}\n`, 421);
    await next();
    return undefined;
  };
}

/** A request may name the host in its first line as well: `GET http://evil.example/ HTTP/1.1`. */
function authorityOf(c: HonoContext): string[] {
  const { url = '' } = (c.env as HttpBindings).incoming;
  return url.startsWith('/') ? [] : [URL.parse(url)?.host ?? ''];
}

const proxyHeaders = /^(?:forwarded|via|x-real-ip|x-forwarded-.+)$/;

/** What a proxy that nobody named lets in may come from anywhere, and would be counted as one client. */
function refuseOtherProxies({ config: { web } }: Context) {
  const trusted = trustedProxiesOf(web);
  return async (c: HonoContext, next: Next): Promise<Response | undefined> => {
    const added = [...c.req.raw.headers.keys()].find((name) => proxyHeaders.test(name));
    if (added !== undefined && !isIn(peerOf(c), trusted)) return c.text(proxyAdvice(added), 421);
    await next();
    return undefined;
  };
}

function proxyAdvice(header: string): string {
  return `This request passed a proxy that the bot does not trust: it has the header \`${header}\`. If the proxy is yours, set \`web.trustedProxies\` in the bot’s configuration to the proxy’s address, and \`web.publicUrl\` to the address that people type: docs/hardening.md.\n`;
}

function tooLarge({ maxBytes = defaultMaxBytes }: Page): Promise<Response> {
  throw new HttpError(413, `Request too large (limit ${Math.floor(maxBytes / 1024)} KB).`);
}

type Render = (c: HonoContext, view: View, person?: Person, token?: Html) => Promise<Response>;

interface Serving {
  readonly context: Context;
  readonly origin: SiteOrigin;
  readonly render: Render;
  readonly flashes: Flashes;
}

async function servePage(c: HonoContext, page: Page, { render, flashes, ...site }: Serving): Promise<Response> {
  const request = page.cacheable === true ? await anonymousRequest(c, page, site) : await checkedRequest(c, page, site);
  if (request instanceof Response) return request;
  const result = await page.handle(request);
  if (result instanceof Response) return result;
  if (!('location' in result)) return await render(c, result, request.person, request.token);
  if (result.flash !== undefined) flashes.leave(c, [result.flash, ...(result.warnings ?? [])]);
  return c.redirect(result.location, 303);
}

type Flashes = ReturnType<typeof openFlashes>;

/** Keep the flash message over a redirect, by session. A cookie would show whatever another host has put into it. */
function openFlashes(origin: SiteOrigin) {
  const messages = new BoundedMap<string, readonly string[]>(1000);
  return {
    leave(c: HonoContext, message: readonly string[]): void {
      messages.set(openSession(c, origin).id, message);
    },
    take(c: HonoContext): readonly string[] {
      const { id = '' } = knownSession(c, origin) ?? {};
      const message = messages.get(id);
      messages.delete(id);
      return message ?? [];
    },
  };
}

async function personIn(c: HonoContext, context: Context, origin: SiteOrigin): Promise<Person | undefined> {
  return await personOf(c, knownSession(c, origin), context);
}

/** After an error the lookup of the person may fail too. */
async function personOnError(c: HonoContext, context: Context, origin: SiteOrigin): Promise<Person | undefined> {
  try {
    return await personIn(c, context, origin);
  } catch {
    return undefined;
  }
}

/** A ledger that does not answer keeps nobody from seeing the error. */
async function waitingOrNothing({ ledger }: Context): Promise<WaitingWork | undefined> {
  try {
    return await waitingWork(ledger.db);
  } catch {
    return undefined;
  }
}

interface Fault {
  readonly status: HttpError['status'];
  readonly message: string;
  readonly details?: readonly string[];
}

function faultOf(error: unknown, { emit }: Context): Fault {
  if (error instanceof HttpError) return error;
  if (error instanceof UsageError) return { status: 404, message: capitalized(error.message) };
  if (error instanceof ConfigError)
    return { status: 422, message: 'The configuration or the rules on disk are invalid.', details: error.findings };
  emit({ kind: 'error', what: 'web', message: messageOf(error) });
  return { status: 500, message: 'Internal error. The log of the bot has the details.' };
}

function capitalized(message: string): string {
  return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`;
}
