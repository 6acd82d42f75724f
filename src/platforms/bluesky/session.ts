import { type AtpSessionData, CredentialSession } from '@atproto/api';
import { PermanentError, RetryLater, messageOf } from '../../core/errors.ts';
import type { SecretValue } from '../../core/secret.ts';
import type { Budgets } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { readStored, sessionFile, writeStored } from './session-file.ts';

export interface Login {
  readonly service: string;
  readonly identifier: string;
  readonly password: SecretValue;
}

/** A session that is kept over restarts, since logins are few. */
export interface Session extends AsyncDisposable {
  /** There is a session afterwards. Errors: RetryLater; PermanentError for a refused login. */
  ensure(): Promise<AtpSessionData>;
  /** A request with the session, refreshed once where it has run out. */
  fetch(path: string, init: RequestInit): Promise<Response>;
}

const timeoutMs = 20_000;
const retryMs = 60_000;
/** A wrong password that is tried again and again would use the day's logins up. */
const refusedMs = 15 * 60_000;
/** Logins that were refused in this process: until when, and why. */
const refused = new Map<string, { readonly until: number; readonly because: PermanentError }>();

export function openSession(login: Login, { clock, dataDir }: DriverContext, budgets: Budgets): Session {
  const file = sessionFile(dataDir, login.service, login.identifier);
  let saving: Promise<void> = Promise.resolve();
  let starting: Promise<AtpSessionData> | undefined;

  const save = (session: AtpSessionData | undefined) => {
    if (session === undefined) return;
    saving = saving.catch(() => {}).then(() => writeStored(file, { session: { ...session } }));
    // Whoever needs it on the disk awaits it.
    saving.catch(() => {});
  };
  const session = new CredentialSession(new URL(login.service), boundedFetch(timeoutMs), (_event, data) => save(data));

  /** The session of the file: of the last run, or one that another process has refreshed meanwhile. */
  async function resume(): Promise<AtpSessionData | undefined> {
    const stored = (await readStored(file)).session as AtpSessionData | undefined;
    if (stored === undefined) return undefined;
    try {
      await session.resumeSession(stored);
    } catch (error) {
      // Still there: it was not the session that failed.
      if (session.session !== undefined) {
        delete session.session;
        throw passing('resume the session', error);
      }
    }
    return session.session;
  }

  async function logIn(): Promise<AtpSessionData> {
    const now = clock.now();
    const { noLoginBefore = 0 } = await readStored(file);
    if (noLoginBefore > now) throw tooManyLogins(noLoginBefore - now);
    const known = refused.get(file);
    if (known !== undefined && known.until > now) throw known.because;
    try {
      await session.login({ identifier: login.identifier, password: login.password.reveal() });
    } catch (error) {
      throw await loginFailure(error);
    }
    if (session.session === undefined) throw new Error(`${login.service} gave no session`);
    return session.session;
  }

  async function loginFailure(error: unknown): Promise<Error> {
    const status = statusOf(error);
    if (status === 429) {
      const { delayMs } = budgets.refusal('login', headersOf(error));
      await writeStored(file, { noLoginBefore: clock.now() + delayMs });
      return tooManyLogins(delayMs);
    }
    if (status < 400 || status >= 500) return passing('log in', error);
    const because = new PermanentError(`${login.service} refuses the login of ${login.identifier}: ${codeOf(error)}`);
    refused.set(file, { until: clock.now() + refusedMs, because });
    return because;
  }

  const passing = (what: string, error: unknown) =>
    statusOf(error) === 429
      ? budgets.refusal('session', headersOf(error))
      : new RetryLater(`${login.service} could not ${what}: ${messageOf(error).slice(0, 200)}`, retryMs, {
          cause: error,
        });

  const tooManyLogins = (delayMs: number) =>
    new RetryLater(`${login.service} allows no more logins of ${login.identifier} for now`, delayMs, { account: true });

  async function start(): Promise<AtpSessionData> {
    const started = (await resume()) ?? (await logIn());
    await saving;
    return started;
  }

  return {
    async ensure() {
      if (session.session !== undefined) return session.session;
      starting ??= start().finally(() => (starting = undefined));
      return await starting;
    },
    fetch: (path, init) => session.fetchHandler(path, init),
    [Symbol.asyncDispose]: async () => {
      await saving;
    },
  };
}

/** Of the library's error; 1 and 2 stand for no answer and an unreadable one. */
function statusOf(error: unknown): number {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 0;
}

function headersOf(error: unknown): Readonly<Record<string, unknown>> {
  const found = error instanceof Error && 'headers' in error ? error.headers : undefined;
  return typeof found === 'object' && found !== null ? { ...found } : {};
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'error' in error ? error.error : undefined;
  return typeof code === 'string' ? code.slice(0, 100) : String(statusOf(error));
}
