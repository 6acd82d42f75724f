import { type Context, Hono, type Next } from 'hono';
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
  type Screen,
  type Visit,
  type World,
} from './page.ts';
import { pagesOf } from './pages.ts';
import { problem } from './parts.ts';
import type { Board } from './operator/queues.ts';
import { boardPath } from './operator/board-path.ts';
import type { Place } from './place.ts';
import { isToken, type Visitor, visitorOf } from './visitor.ts';

const mostBytes = 64 * 1024;

/** All pages behind all checks. */
export function openSite(world: World, place: Place, board?: Board): Hono {
  const app = new Hono({ strict: false });
  const pages = [...loginPages(world, place), ...pagesOf(world)];
  const entries = board === undefined ? pages : [...pages, boardEntry];
  const shown = async (c: Context, screen: Screen, person?: Person, token?: Html) =>
    c.html(
      await framed(screen, { world, entries, person, token, path: c.req.path, said: saidBefore(c) }),
      screen.status ?? 200,
    );
  app.use(withHeaders(place));
  app.use(refuseOtherHosts(place));
  for (const [path, { type, body }] of assets) {
    app.get(path, (c) =>
      c.body(body, 200, { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' }),
    );
  }
  for (const page of pages) {
    const serve = (c: Context) => answerWith(c, page, { world, place, shown });
    const limit = bodyLimit({ maxSize: page.mostBytes ?? mostBytes, onError: () => tooLarge() });
    app.on(page.method, page.path, limit, serve);
  }
  if (board !== undefined) {
    app.use(`${boardPath}/*`, forOperators(world, place));
    app.route(boardPath, board.app);
  }
  app.notFound(async (c) => await shown(c, problem(404, 'There is no such page.'), await known(c, world, place)));
  app.onError(async (error, c) => await shown(c, faultOf(error, world), await knownInTrouble(c, world, place)));
  return app;
}

type Html = Visit['token'];

const boardEntry: Entry = { path: boardPath, audience: 'operator', nav: 'Queue' };

function forOperators(world: World, place: Place) {
  return async (c: Context, next: Next): Promise<void> => {
    if (!may(await known(c, world, place), 'operator')) throw new Refusal(403, 'This is for operators.');
    await next();
  };
}

interface Serving {
  readonly world: World;
  readonly place: Place;
  readonly shown: (c: Context, screen: Screen, person?: Person, token?: Html) => Promise<Response>;
}

async function known(c: Context, world: World, place: Place): Promise<Person | undefined> {
  return await personOf(c, visitorOf(c, place), world);
}

/** Where something went wrong already, who asks may be past finding out as well. */
async function knownInTrouble(c: Context, world: World, place: Place): Promise<Person | undefined> {
  try {
    return await known(c, world, place);
  } catch {
    return undefined;
  }
}

/** A name that somebody else turned to this machine (DNS rebinding) leads nowhere. */
function refuseOtherHosts(place: Place) {
  return async (c: Context, next: Next): Promise<Response | undefined> => {
    if (!place.knowsHost(c.req.header('host')))
      return c.text(`This is not the address of the page: it is ${place.url}\n`, 421);
    await next();
    return undefined;
  };
}

function tooLarge(): Promise<Response> {
  throw new Refusal(413, 'That is more than this page takes.');
}

async function answerWith(c: Context, page: Page, { world, place, shown }: Serving): Promise<Response> {
  if (page.sameForAll === true)
    return await sent(c, await page.answer(await strangersVisit(c, page, world)), (screen) => shown(c, screen));
  const visitor = visitorOf(c, place);
  const person = page.fromElsewhere ? undefined : await personOf(c, visitor, world);
  const form = page.method === 'POST' ? await formOf(c) : new URLSearchParams();
  if (page.method === 'POST' && page.fromElsewhere !== true) refuseForgery(c, { form, visitor, place });
  if (page.audience !== 'anyone' && !may(person, page.audience)) {
    if (person !== undefined)
      throw new Refusal(403, `This is for those with the role ${page.audience}; yours is ${person.role}.`);
    if (page.method === 'GET' && world.config.web.users.length > 0)
      return c.redirect(`/login?next=${encodeURIComponent(pathOf(c))}`, 303);
    throw new Refusal(401, 'Nobody is logged in.');
  }
  const token = html`<input type="hidden" name="token" value="${visitor.token}" />`;
  const visit: Visit = { world, person, url: new URL(c.req.url), param: paramOf(c), form, token, context: c };
  return await sent(c, await page.answer(visit), (screen) => shown(c, screen, person, token));
}

/** Of anybody, who is not asked who they are. */
async function strangersVisit(c: Context, { method }: Page, world: World): Promise<Visit> {
  const form = method === 'POST' ? await formOf(c) : new URLSearchParams();
  return { world, person: undefined, url: new URL(c.req.url), param: paramOf(c), form, token: html``, context: c };
}

function paramOf(c: Context): Visit['param'] {
  return (name) => {
    const value = c.req.param(name);
    if (value === undefined) throw new Refusal(404, 'There is no such page.');
    return value;
  };
}

async function sent(c: Context, answer: Answer, show: (screen: Screen) => Promise<Response>): Promise<Response> {
  if (answer instanceof Response) return answer;
  if (!('goTo' in answer)) return await show(answer);
  if (answer.say !== undefined)
    setCookie(c, said, answer.say.slice(0, 300), { httpOnly: true, sameSite: 'Lax', path: '/' });
  return c.redirect(answer.goTo, 303);
}

/** Carries what was done to the page that is seen next. */
const said = 'pilcrow-said';

function saidBefore(c: Context): string | undefined {
  const words = getCookie(c, said);
  if (words !== undefined) setCookie(c, said, '', { path: '/', maxAge: 0 });
  return words;
}

/** Only forms are taken: what another kind of body could smuggle in is not even read. */
async function formOf(c: Context): Promise<URLSearchParams> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) throw new Refusal(400, 'Only a form can be sent here.');
  return new URLSearchParams(await c.req.text());
}

/** What changes something comes from a form of ours: the browser says from where, and the form holds what no other site can know. */
function refuseForgery(
  c: Context,
  { form, visitor, place }: { form: URLSearchParams; visitor: Visitor; place: Place },
): void {
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  const ours = origin === undefined ? site === 'same-origin' : place.knowsOrigin(origin);
  const elsewhere = site !== undefined && site !== 'same-origin';
  if (!ours || elsewhere) throw new Refusal(403, 'This came from another site, so nothing was done.');
  if (!isToken(form.get('token') ?? '', visitor))
    throw new Refusal(
      403,
      'This form is of an earlier visit, so nothing was done. Go back, load the page again and repeat it.',
    );
}

function faultOf(error: unknown, { emit }: World): Screen {
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

function pathOf(c: Context): string {
  const { pathname, search } = new URL(c.req.url);
  return `${pathname}${search}`;
}
