import { html } from 'hono/html';
import { recordAudit } from '../ledger/operators/audit-log.ts';
import { endSession, purgeSessions, startSession } from '../ledger/operators/sessions.ts';
import { auditEntryOf } from '../operations/audit-entry.ts';
import { openAttempts } from './attempts.ts';
import { peerOf, proofOf, sessionSpan } from './identity.ts';
import { type Context, HttpError, type Page, type PageRequest, type PageResult, type View } from './page.ts';
import { isPassword } from './password.ts';
import type { SiteOrigin } from './site-origin.ts';
import { openSession, renewSession } from './session.ts';

/** Login and logout; no pages without configured users. */
export function loginPages(context: Context, origin: SiteOrigin): Page[] {
  if (context.config.web.users.length === 0) return [];
  const attempts = openAttempts(() => performance.now());
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  /** One check at a time: each takes 32 MB and a core for some 60 ms. */
  async function verify(password: string, hash: string | undefined): Promise<boolean> {
    if (waiting >= mostWaiting) throw new HttpError(429, 'Too many people are logging in. Try again in a moment.');
    waiting += 1;
    const result = last.then(() => isPassword(password, hash));
    last = result.catch(() => {});
    return await result.finally(() => (waiting -= 1));
  }

  async function login(request: PageRequest): Promise<PageResult> {
    const { form, c } = request;
    const name = (form.get('name') ?? '').slice(0, 100);
    const keys = [`address ${peerOf(c)}`, `name ${name}`] as const;
    const waitMs = attempts.waitMs(...keys);
    if (waitMs > 0)
      return await refused(request, {
        status: 429,
        message: `Too many attempts. Try again in ${Math.ceil(waitMs / 1000)} seconds.`,
      });
    attempts.begin(...keys);
    const user = context.config.web.users.find((one) => one.name === name);
    const right = await verify((form.get('password') ?? '').slice(0, 1000), user?.passwordHash.reveal());
    if (!right || user === undefined)
      return await refused(request, { status: 401, message: 'Name or password is wrong.' });
    attempts.clear(...keys);
    const { id } = renewSession(c, origin);
    const now = await context.ledger.now();
    await context.ledger.transact(async (tx) => {
      await purgeSessions(tx, { now, ...sessionSpan });
      await startSession(tx, { id, name, proof: proofOf(user), startedAt: now, seenAt: now });
      await recordAudit(tx, auditEntryOf('login', name, now, '', name));
    });
    return { location: ownPath(form.get('next')) };
  }

  async function logout({ c, person }: PageRequest): Promise<PageResult> {
    const { id } = openSession(c, origin);
    const now = await context.ledger.now();
    await context.ledger.transact(async (tx) => {
      await endSession(tx, id);
      if (person !== undefined) await recordAudit(tx, auditEntryOf('logout', person.name, now, '', person.name));
    });
    renewSession(c, origin);
    return { location: '/login', flash: 'You are logged out.' };
  }

  return [
    {
      method: 'GET',
      path: '/login',
      audience: 'anyone',
      handle: (request) => (request.person ? { location: '/' } : view(request)),
    },
    { method: 'POST', path: '/login', audience: 'anyone', maxBytes: 4096, handle: login },
    { method: 'POST', path: '/logout', audience: 'anyone', maxBytes: 4096, handle: logout },
  ];
}

const mostWaiting = 20;

async function refused(
  request: PageRequest,
  { status, message }: { status: 401 | 429; message: string },
): Promise<View> {
  return { ...view(request, message), status };
}

function view({ form, url, token }: PageRequest, message?: string): View {
  const next = ownPath(form.get('next') ?? url.searchParams.get('next'));
  const fault = html`<p class="fault" id="fault" role="alert">${message}</p>`;
  return {
    title: 'Log in',
    body: html`<form class="card narrow" method="post" action="/login">
      ${token} ${message !== undefined && fault}
      <input type="hidden" name="next" value="${next}" />
      <label
        >Name <input name="name" autocomplete="username" required maxlength="100" value="${form.get('name') ?? ''}"
      /></label>
      <label
        >Password <input name="password" type="password" autocomplete="current-password" required maxlength="1000"
      /></label>
      <button type="submit">Log in</button>
    </form>`,
  };
}

/** The page to show after the login; any address of another site becomes `/`. */
function ownPath(next: string | null): string {
  if (next === null || !URL.canParse(next, base)) return '/';
  const { origin, pathname, search } = new URL(next, base);
  return origin === base && !pathname.startsWith('//') ? `${pathname}${search}` : '/';
}

const base = 'http://page.invalid';
