import { type Context as HonoContext, Hono, type Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { ConfigError, messageOf, UsageError } from '../core/errors.ts';
import { assets } from './assets.ts';
import { withHeaders } from './headers.ts';
import { personOf } from './identity.ts';
import { framed } from './layout.ts';
import { loginPages } from './login.ts';
import {
  type Answer,
  type Entry,
  may,
  type Page,
  type Person,
  Refusal,
  type View,
  type Request,
  type Context,
} from './page.ts';
import { pagesOf } from './all-pages.ts';
import { problem } from './parts.ts';
import type { Board } from './operator/queues.ts';
import { boardPath } from './operator/board-path.ts';
import type { SiteOrigin } from './site-origin.ts';
import { isToken, type Session, openSession } from './session.ts';

const mostBytes = 64 * 1024;

/** All pages behind all checks. */
export function openSite(context: Context, origin: SiteOrigin, board?: Board): Hono {
  const app = new Hono({ strict: false });
  const pages = [...loginPages(context, origin), ...pagesOf(context)];
  const entries = board === undefined ? pages : [...pages, boardEntry];
  const shown = async (c: HonoContext, view: View, person?: Person, token?: Html) =>
    c.html(
      await framed(view, { context, entries, person, token, path: c.req.path, flash: flashOf(c) }),
      view.status ?? 200,
    );
  app.use(withHeaders(origin));
  app.use(refuseOtherHosts(origin));
  for (const [path, { type, body }] of assets) {
    app.get(path, (c) =>
      c.body(body, 200, { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' }),
    );
  }
  for (const page of pages) {
    const serve = (c: HonoContext) => answerWith(c, page, { context, origin, shown });
    const limit = bodyLimit({ maxSize: page.mostBytes ?? mostBytes, onError: () => tooLarge() });
    app.on(page.method, page.path, limit, serve);
  }
  if (board !== undefined) {
    app.use(`${boardPath}/*`, forOperators(context, origin));
    app.route(boardPath, board.app);
  }
  app.notFound(async (c) => await shown(c, problem(404, 'There is no such page.'), await known(c, context, origin)));
  app.onError(async (error, c) => await shown(c, faultOf(error, context), await personOnError(c, context, origin)));
  return app;
}

type Html = Request['token'];

const boardEntry: Entry = { path: boardPath, audience: 'operator', nav: 'Queue' };

function forOperators(context: Context, origin: SiteOrigin) {
  return async (c: HonoContext, next: Next): Promise<void> => {
    if (!may(await known(c, context, origin), 'operator')) throw new Refusal(403, 'This is for operators.');
    await next();
  };
}

interface Serving {
  readonly context: Context;
  readonly origin: SiteOrigin;
  readonly shown: (c: HonoContext, view: View, person?: Person, token?: Html) => Promise<Response>;
}

async function known(c: HonoContext, context: Context, origin: SiteOrigin): Promise<Person | undefined> {
  return await personOf(c, openSession(c, origin), context);
}

/** Where something went wrong already, who asks may be past finding out as well. */
async function personOnError(c: HonoContext, context: Context, origin: SiteOrigin): Promise<Person | undefined> {
  try {
    return await known(c, context, origin);
  } catch {
    return undefined;
  }
}

/** A name that somebody else turned to this machine (DNS rebinding) leads nowhere. */
function refuseOtherHosts(origin: SiteOrigin) {
  return async (c: HonoContext, next: Next): Promise<Response | undefined> => {
    if (!origin.knowsHost(c.req.header('host')))
      return c.text(`This is not the address of the page: it is ${origin.url}\n`, 421);
    await next();
    return undefined;
  };
}

function tooLarge(): Promise<Response> {
  throw new Refusal(413, 'That is more than this page takes.');
}

async function answerWith(c: HonoContext, page: Page, { context, origin, shown }: Serving): Promise<Response> {
  if (page.sameForAll === true)
    return await sent(c, await page.answer(await anonymousRequest(c, page, context)), (view) => shown(c, view));
  const session = openSession(c, origin);
  const person = page.fromElsewhere ? undefined : await personOf(c, session, context);
  const form = page.method === 'POST' ? await formOf(c) : new URLSearchParams();
  if (page.method === 'POST' && page.fromElsewhere !== true) refuseForgery(c, { form, session, origin });
  if (page.audience !== 'anyone' && !may(person, page.audience)) {
    if (person !== undefined)
      throw new Refusal(403, `This is for those with the role ${page.audience}; yours is ${person.role}.`);
    if (page.method === 'GET' && context.config.web.users.length > 0)
      return c.redirect(`/login?next=${encodeURIComponent(pathOf(c))}`, 303);
    throw new Refusal(401, 'Nobody is logged in.');
  }
  const token = html`<input type="hidden" name="token" value="${session.token}" />`;
  const request: Request = { context, person, url: new URL(c.req.url), param: paramOf(c), form, token, c: c };
  return await sent(c, await page.answer(request), (view) => shown(c, view, person, token));
}

/** Of anybody, who is not asked who they are. */
async function anonymousRequest(c: HonoContext, { method }: Page, context: Context): Promise<Request> {
  const form = method === 'POST' ? await formOf(c) : new URLSearchParams();
  return { context, person: undefined, url: new URL(c.req.url), param: paramOf(c), form, token: html``, c: c };
}

function paramOf(c: HonoContext): Request['param'] {
  return (name) => {
    const value = c.req.param(name);
    if (value === undefined) throw new Refusal(404, 'There is no such page.');
    return value;
  };
}

async function sent(c: HonoContext, answer: Answer, show: (view: View) => Promise<Response>): Promise<Response> {
  if (answer instanceof Response) return answer;
  if (!('location' in answer)) return await show(answer);
  if (answer.flash !== undefined)
    setCookie(c, flash, answer.flash.slice(0, 300), { httpOnly: true, sameSite: 'Lax', path: '/' });
  return c.redirect(answer.location, 303);
}

/** Carries what was done to the page that is seen next. */
const flash = 'pilcrow-flash';

function flashOf(c: HonoContext): string | undefined {
  const words = getCookie(c, flash);
  if (words !== undefined) setCookie(c, flash, '', { path: '/', maxAge: 0 });
  return words;
}

/** Only forms are taken: what another kind of body could smuggle in is not even read. */
async function formOf(c: HonoContext): Promise<URLSearchParams> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) throw new Refusal(400, 'Only a form can be sent here.');
  return new URLSearchParams(await c.req.text());
}

/** What changes something comes from a form of ours: the browser says from where, and the form holds what no other site can know. */
function refuseForgery(
  c: HonoContext,
  { form, session, origin }: { form: URLSearchParams; session: Session; origin: SiteOrigin },
): void {
  const site = c.req.header('sec-fetch-site');
  const from = c.req.header('origin');
  const ours = from === undefined ? site === 'same-origin' : origin.knowsOrigin(from);
  const elsewhere = site !== undefined && site !== 'same-origin';
  if (!ours || elsewhere) throw new Refusal(403, 'This came from another site, so nothing was done.');
  if (!isToken(form.get('token') ?? '', session))
    throw new Refusal(
      403,
      'This form is of an earlier visit, so nothing was done. Go back, load the page again and repeat it.',
    );
}

function faultOf(error: unknown, { emit }: Context): View {
  if (error instanceof Refusal) return problem(error.status, error.message);
  if (error instanceof UsageError) return problem(404, sentence(error.message));
  if (error instanceof ConfigError)
    return problem(422, 'The configuration or the rules on disk cannot be used now.', error.findings);
  emit({ kind: 'error', what: 'web', message: messageOf(error) });
  return problem(500, 'That went wrong. The log of the bot says why.');
}

function sentence(message: string): string {
  return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`;
}

function pathOf(c: HonoContext): string {
  const { pathname, search } = new URL(c.req.url);
  return `${pathname}${search}`;
}
