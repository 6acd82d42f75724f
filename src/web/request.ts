import type { Context as HonoContext } from 'hono';
import { html } from 'hono/html';
import { clientOf, personOf } from './identity.ts';
import { type Context, HttpError, may, type Page, type PageRequest, type Person } from './page.ts';
import { demandsToken, tokenAdvice } from './access-token.ts';
import { isSame, knownSession, openSession, type Session } from './session.ts';
import type { SiteOrigin } from './site-origin.ts';

interface Site {
  readonly context: Context;
  readonly origin: SiteOrigin;
}

/** A request to a page that is the same for everybody. Errors: HttpError. */
export async function anonymousRequest(c: HonoContext, page: Page, site: Site): Promise<PageRequest> {
  return { ...(await parsed(c, page, site)), context: site.context, person: undefined, token: html`` };
}

/**
 * A request that passed the checks of its page: login, role, origin and CSRF token. A `Response` sends the visitor to the login.
 * Errors: HttpError.
 */
export async function checkedRequest(c: HonoContext, page: Page, site: Site): Promise<PageRequest | Response> {
  const { context, origin } = site;
  const session = knownSession(c, origin);
  const person = page.crossOrigin ? undefined : await personOf(c, session, context);
  const request = await parsed(c, page, site);
  if (page.method === 'POST' && page.crossOrigin !== true) refuseForgery(c, { form: request.form, session, origin });
  if (page.audience !== 'anyone' && !may(person, page.audience)) return unauthorized(c, page, { person, context });
  // A browser gets a session with its first form.
  const { token } = openSession(c, origin);
  return { ...request, context, person, token: html`<input type="hidden" name="token" value="${token}" />` };
}

type Parsed = Omit<PageRequest, 'context' | 'person' | 'token'>;

async function parsed(c: HonoContext, { method, body }: Page, { context, origin }: Site): Promise<Parsed> {
  const form = method === 'POST' && body !== 'text' ? await formOf(c) : new URLSearchParams();
  const param = (name: string) => {
    const value = c.req.param(name);
    if (value === undefined) throw new HttpError(404, 'There is no such page.');
    return value;
  };
  const { pathname, search } = new URL(c.req.url);
  const url = new URL(origin.url);
  url.pathname = pathname;
  url.search = search;
  return { url, client: clientOf(c, context.config.web), param, form, c };
}

/** Only form bodies are accepted, so that nothing can be smuggled in as another content type. */
async function formOf(c: HonoContext): Promise<URLSearchParams> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) throw new HttpError(400, 'Only forms are accepted here.');
  return new URLSearchParams(await c.req.text());
}

/** CSRF protection: the request must come from this origin, and its form must hold the session's token. */
function refuseForgery(
  c: HonoContext,
  { form, session, origin }: { form: URLSearchParams; session: Session | undefined; origin: SiteOrigin },
): void {
  const site = c.req.header('sec-fetch-site');
  const from = c.req.header('origin');
  const isOurs = from === undefined ? site === 'same-origin' : origin.knowsOrigin(from);
  const isForeign = site !== undefined && site !== 'same-origin';
  if (!isOurs || isForeign) throw new HttpError(403, 'This request came from another site. Nothing was done.');
  if (session === undefined || !isSame(form.get('token') ?? '', session.token))
    throw new HttpError(403, 'This form has expired. Nothing was done. Go back, reload the page and try again.');
}

function unauthorized(
  c: HonoContext,
  { method, audience }: Page,
  { person, context }: { person: Person | undefined; context: Context },
): Response {
  if (person !== undefined) throw new HttpError(403, `This needs the role ${audience}; your role is ${person.role}.`);
  if (demandsToken(context.config.web)) throw new HttpError(401, tokenAdvice);
  if (method !== 'GET' || context.config.web.users.length === 0) throw new HttpError(401, 'You are not logged in.');
  const { pathname, search } = new URL(c.req.url);
  return c.redirect(`/login?next=${encodeURIComponent(`${pathname}${search}`)}`, 303);
}
