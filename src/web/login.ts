import { html } from 'hono/html';
import { openSemaphore } from '../core/async.ts';
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
  const login = { origin, attempts, verify: openVerifier() };
  const form = { audience: 'anyone', maxBytes: 4096 } as const;
  return [
    {
      method: 'GET',
      path: '/login',
      audience: 'anyone',
      handle: (request) => (request.person ? { location: '/' } : view(request)),
    },
    { method: 'POST', path: '/login', ...form, handle: (request) => logIn(request, login) },
    { method: 'POST', path: '/logout', ...form, handle: (request) => logOut(request, origin) },
  ];
}

interface Login {
  readonly origin: SiteOrigin;
  readonly attempts: ReturnType<typeof openAttempts>;
  readonly verify: typeof isPassword;
}

const maxWaiting = 20;

/** Checks one password at a time: each takes 32 MB and a core for some 60 ms. Errors: HttpError if too many wait. */
function openVerifier(): typeof isPassword {
  const oneByOne = openSemaphore(1);
  let waiting = 0;
  return async (password, hash) => {
    if (waiting >= maxWaiting) throw new HttpError(429, 'Too many people are logging in. Try again in a moment.');
    waiting += 1;
    return await oneByOne(() => isPassword(password, hash)).finally(() => (waiting -= 1));
  };
}

async function logIn(request: PageRequest, { origin, attempts, verify }: Login): Promise<PageResult> {
  const { context, form, c } = request;
  const name = (form.get('name') ?? '').slice(0, 100);
  const keys = [`address ${peerOf(c)}`, `name ${name}`] as const;
  const waitMs = attempts.waitMs(...keys);
  if (waitMs > 0) {
    const message = `Too many attempts. Try again in ${Math.ceil(waitMs / 1000)} seconds.`;
    return { ...view(request, message), status: 429 };
  }
  attempts.begin(...keys);
  const user = context.config.web.users.find((one) => one.name === name);
  const isCorrect = await verify((form.get('password') ?? '').slice(0, 1000), user?.passwordHash.reveal());
  if (!isCorrect || user === undefined) return { ...view(request, 'Name or password is wrong.'), status: 401 };
  attempts.clear(...keys);
  const { id } = renewSession(c, origin);
  const now = await context.ledger.now();
  await context.ledger.transact(async (tx) => {
    await purgeSessions(tx, { now, ...sessionSpan });
    await startSession(tx, { id, name, proof: proofOf(user), started_at: now, seen_at: now });
    await recordAudit(tx, auditEntryOf('login', name, now, '', name));
  });
  return { location: ownPath(form.get('next')) };
}

async function logOut({ context, c, person }: PageRequest, origin: SiteOrigin): Promise<PageResult> {
  const { id } = openSession(c, origin);
  const now = await context.ledger.now();
  await context.ledger.transact(async (tx) => {
    await endSession(tx, id);
    if (person !== undefined) await recordAudit(tx, auditEntryOf('logout', person.name, now, '', person.name));
  });
  renewSession(c, origin);
  return { location: '/login', flash: 'You are logged out.' };
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
