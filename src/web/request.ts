import type { Context as HonoContext } from 'hono';
import { html } from 'hono/html';
import { personOf } from './identity.ts';
import { type Context, HttpError, may, type Page, type PageRequest, type Person } from './page.ts';
import { isToken, openSession, type Session } from './session.ts';
import type { SiteOrigin } from './site-origin.ts';

/** A request to a page that is the same for everybody. Errors: HttpError. */
export async function anonymousRequest(c: HonoContext, page: Page, context: Context): Promise<PageRequest> {
  return { ...(await parsed(c, page)), context, person: undefined, token: html`` };
}

/**
 * A request that passed the checks of its page: login, role, origin and CSRF token. A `Response` sends the visitor to the login.
 * Errors: HttpError.
 */
export async function checkedRequest(
  c: HonoContext,
  page: Page,
  { context, origin }: { context: Context; origin: SiteOrigin },
): Promise<PageRequest | Response> {
  const session = openSession(c, origin);
  const person = page.crossOrigin ? undefined : await personOf(c, session, context);
  const request = await parsed(c, page);
  if (page.method === 'POST' && page.crossOrigin !== true) refuseForgery(c, { form: request.form, session, origin });
  if (page.audience !== 'anyone' && !may(person, page.audience)) return unauthorized(c, page, { person, context });
  const token = html`<input type="hidden" name="token" value="${session.token}" />`;
  return { ...request, context, person, token };
}

type Parsed = Omit<PageRequest, 'context' | 'person' | 'token'>;

async function parsed(c: HonoContext, { method }: Page): Promise<Parsed> {
  const form = method === 'POST' ? await formOf(c) : new URLSearchParams();
  const param = (name: string) => {
    const value = c.req.param(name);
    if (value === undefined) throw new HttpError(404, 'There is no such page.');
    return value;
  };
  return { url: new URL(c.req.url), param, form, c };
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
  { form, session, origin }: { form: URLSearchParams; session: Session; origin: SiteOrigin },
): void {
  const site = c.req.header('sec-fetch-site');
  const from = c.req.header('origin');
  const isOurs = from === undefined ? site === 'same-origin' : origin.knowsOrigin(from);
  const isForeign = site !== undefined && site !== 'same-origin';
  if (!isOurs || isForeign) throw new HttpError(403, 'This request came from another site. Nothing was done.');
  if (!isToken(form.get('token') ?? '', session))
    throw new HttpError(403, 'This form has expired. Nothing was done. Go back, reload the page and try again.');
}

function unauthorized(
  c: HonoContext,
  { method, audience }: Page,
  { person, context }: { person: Person | undefined; context: Context },
): Response {
  if (person !== undefined) throw new HttpError(403, `This needs the role ${audience}; your role is ${person.role}.`);
  if (method !== 'GET' || context.config.web.users.length === 0) throw new HttpError(401, 'You are not logged in.');
  const { pathname, search } = new URL(c.req.url);
  return c.redirect(`/login?next=${encodeURIComponent(`${pathname}${search}`)}`, 303);
}
