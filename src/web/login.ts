import type { Context as HonoContext } from 'hono';
import { html } from 'hono/html';
import { openSemaphore } from '../core/async.ts';
import { failedLogin, recordAudit } from '../ledger/operators/audit-log.ts';
import { endSession, purgeSessions, startSession } from '../ledger/operators/sessions.ts';
import { auditEntryOf } from '../operations/audit-entry.ts';
import { openAttempts } from './attempts.ts';
import { demandsToken, storedToken, tokenAdvice } from './access-token.ts';
import { accountsOf, clientOf, type PageAccount, sessionSpan } from './identity.ts';
import { type Context, HttpError, type Page, type PageRequest, type PageResult, type View } from './page.ts';
import { isPassword } from './password.ts';
import type { SiteOrigin } from './site-origin.ts';
import { openRateLimit } from './rate-limit.ts';
import { isSame, knownDevice, openSession, rememberDevice, renewSession } from './session.ts';

/** Login and logout. Without configured users nobody logs in by name, and without any login there is no logout. */
export function openLogin(context: Context, origin: SiteOrigin) {
  const attempts = openAttempts(() => performance.now());
  const login: Login = { context, origin, attempts, verify: openVerifier(), report: openReport(context) };
  return { pages: loginPages(login), byToken: (c: HonoContext) => logInByToken(c, login) };
}

function loginPages(login: Login): Page[] {
  const { web } = login.context.config;
  const form = { audience: 'anyone', maxBytes: 4096 } as const;
  const logout: Page = { method: 'POST', path: '/logout', ...form, handle: (request) => logOut(request, login) };
  if (web.users.length === 0) return demandsToken(web) ? [logout] : [];
  return [
    {
      method: 'GET',
      path: '/login',
      audience: 'anyone',
      handle: (request) => (request.person ? { location: '/' } : view(request)),
    },
    { method: 'POST', path: '/login', ...form, handle: (request) => logIn(request, login) },
    logout,
  ];
}

interface Login {
  readonly context: Context;
  readonly origin: SiteOrigin;
  readonly attempts: ReturnType<typeof openAttempts>;
  readonly verify: typeof isPassword;
  readonly report: ReturnType<typeof openReport>;
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

async function logIn(request: PageRequest, login: Login): Promise<PageResult> {
  const { context, form, c, client } = request;
  const { attempts, verify, report } = login;
  const name = (form.get('name') ?? '').slice(0, 100);
  const user = context.config.web.users.find((one) => one.name === name);
  const signer = user && { name, secret: user.passwordHash.reveal() };
  const device = signer && knownDevice(c, login.origin, signer);
  const keys =
    device === undefined ? ([`address ${client}`, `name ${name}`] as const) : ([`device ${device}`] as const);
  const waitMs = attempts.waitMs(...keys);
  if (waitMs > 0) {
    const message = `Too many attempts. Try again in ${Math.ceil(waitMs / 1000)} seconds.`;
    return { ...view(request, message), status: 429 };
  }
  attempts.begin(...keys);
  const isCorrect = await verify((form.get('password') ?? '').slice(0, 1000), signer?.secret);
  const account = accountsOf(context.config).find((one) => one.name === user?.name);
  if (!isCorrect || account === undefined || signer === undefined) {
    // What a stranger typed as a name may be a password.
    await report(user?.name ?? 'unknown name', client);
    return { ...view(request, 'Name or password is wrong.'), status: 401 };
  }
  attempts.clear(...keys);
  rememberDevice(c, login.origin, signer);
  await begin(c, account, login);
  return { location: ownPath(form.get('next')) };
}

/** Trades the token of the address for a session, and sends the browser to the address without it. Errors: HttpError for a wrong token. */
async function logInByToken(c: HonoContext, login: Login): Promise<Response | undefined> {
  const { config } = login.context;
  const token = c.req.query('token');
  if (token === undefined || !demandsToken(config.web)) return undefined;
  const secret = storedToken(config.dataDir);
  const [account] = accountsOf(config);
  if (secret !== undefined && account !== undefined && isSame(token, secret)) {
    await begin(c, account, login);
    return c.redirect('/', 303);
  }
  // Nobody guesses 256 bits, so that a wrong token is only reported, and the right one never waits.
  const key = `address ${clientOf(c, config.web)}` as const;
  if (login.attempts.waitMs(key) === 0) {
    login.attempts.begin(key);
    await login.report('token', clientOf(c, config.web));
  }
  throw new HttpError(401, `This token is not, or no longer, the bot’s. ${tokenAdvice}`);
}

async function begin(c: HonoContext, { name, proof }: PageAccount, { context, origin }: Login): Promise<void> {
  const { id } = renewSession(c, origin);
  const now = await context.ledger.now();
  await context.ledger.transact(async (tx) => {
    await purgeSessions(tx, { now, ...sessionSpan });
    await startSession(tx, { id, name, proof, started_at: now, seen_at: now });
    await recordAudit(tx, auditEntryOf('login', name, now, '', name));
  });
}

/** Reports failed logins: each in log and metrics, in the audit log a hundred at once and one a minute, so that nobody fills it. */
function openReport({ ledger, emit }: Context) {
  const rows = openRateLimit({ burst: 100, refillMs: 60_000 });
  return async (target: string, client: string): Promise<void> => {
    emit({ kind: 'info', what: 'web', message: `failed login (${target}) from ${client}`, failedLogin: true });
    if (rows.take('') > 0) return;
    const now = await ledger.now();
    await ledger.transact((tx) => recordAudit(tx, auditEntryOf(failedLogin, target, now, `from ${client}`, 'nobody')));
  };
}

async function logOut({ context, c, person }: PageRequest, { origin }: Login): Promise<PageResult> {
  const { id } = openSession(c, origin);
  const now = await context.ledger.now();
  await context.ledger.transact(async (tx) => {
    await endSession(tx, id);
    if (person !== undefined) await recordAudit(tx, auditEntryOf('logout', person.name, now, '', person.name));
  });
  renewSession(c, origin);
  return { location: demandsToken(context.config.web) ? '/' : '/login', flash: 'You are logged out.' };
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
