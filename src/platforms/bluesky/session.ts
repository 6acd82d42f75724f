import { type AtpSessionData, CredentialSession } from '@atproto/api';
import { backoffMs } from '../../core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { SecretValue } from '../../core/secret.ts';
import { TooLarge } from '../../net/body.ts';
import type { Budgets } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import { fingerprintOf, readStored, sessionFile, writeStored } from './session-file.ts';

export interface Login {
  readonly service: string;
  readonly identifier: string;
  readonly password: SecretValue;
}

/** A session that is kept over restarts, since logins are few. */
export interface Session extends AsyncDisposable {
  /** There is a session afterwards. Errors: RetryLater; PermanentError for a refused login; the signal's reason when aborted. */
  ensure(signal?: AbortSignal | null): Promise<AtpSessionData>;
  /** A request with the session, refreshed once where it has run out. */
  fetch(path: string, init: RequestInit): Promise<Response>;
}

const timeoutMs = 20_000;
const retryMs = 60_000;
/** Servers allow some 300 logins a day, however they end: a password that is wrong, or a server that fails, must not use them up. */
const afterFailure = { firstMs: 60_000, maxMs: 15 * 60_000 };

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
  const session = new CredentialSession(new URL(login.service), boundedFetch(), (_event, data) => save(data));

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
    const password = login.password.reveal();
    const fingerprint = fingerprintOf(password);
    const stored = await readStored(file);
    // What another password came to says nothing of this one.
    const failed = stored.failed?.fingerprint === fingerprint ? stored.failed : undefined;
    const waitMs = stored.failed === undefined || failed ? (stored.noLoginBefore ?? 0) - clock.now() : 0;
    if (waitMs > 0 && failed?.refused !== undefined) throw new PermanentError(failed.refused);
    if (waitMs > 0) throw failed === undefined ? tooManyLogins(waitMs) : noLoginNow(waitMs);
    try {
      await session.login({ identifier: login.identifier, password });
    } catch (error) {
      throw await loginFailure(error, { count: (failed?.count ?? 0) + 1, fingerprint });
    }
    if (session.session === undefined) throw new Error(`${login.service} gave no session`);
    return session.session;
  }

  /** It is noted for all who share the account, and for the next run. */
  async function loginFailure(error: unknown, failed: { count: number; fingerprint: string }): Promise<Error> {
    const status = statusOf(error);
    if (status === 429) {
      const { delayMs } = budgets.refusal('login', headersOf(error));
      await writeStored(file, { noLoginBefore: clock.now() + delayMs });
      return tooManyLogins(delayMs);
    }
    const noLoginBefore = clock.now() + backoffMs(failed.count - 1, afterFailure);
    if (status < 400 || status >= 500) {
      await writeStored(file, { noLoginBefore, failed });
      return passing('log in', error);
    }
    const refused = `${login.service} refuses the login of ${login.identifier}: ${codeOf(error)}`;
    await writeStored(file, { noLoginBefore, failed: { ...failed, refused } });
    return new PermanentError(refused);
  }

  const passing = (what: string, error: unknown) =>
    statusOf(error) === 429
      ? budgets.refusal('session', headersOf(error))
      : new RetryLater(`${login.service} could not ${what}: ${messageOf(error).slice(0, 200)}`, retryMs, {
          cause: error,
        });

  const tooManyLogins = (delayMs: number) =>
    new RetryLater(`${login.service} allows no more logins of ${login.identifier} for now`, delayMs, { account: true });

  const noLoginNow = (delayMs: number) =>
    new RetryLater(`no login of ${login.identifier} is tried so soon after one that failed`, delayMs, {
      account: true,
    });

  async function start(): Promise<AtpSessionData> {
    const started = (await resume()) ?? (await logIn());
    await saving;
    return started;
  }

  return {
    async ensure(signal) {
      if (session.session !== undefined) return session.session;
      starting ??= start().finally(() => (starting = undefined));
      return await unlessAborted(starting, signal);
    },
    fetch: (path, init) => session.fetchHandler(path, init),
    [Symbol.asyncDispose]: async () => {
      await saving;
    },
  };
}

/** Others may wait for the same: it goes on, and only this wait ends. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return await work;
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
    work.catch(() => {});
  }
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

const maxBytes = 10_000_000;
/** Bodies that must be absent. */
const bodiless = new Set([204, 205, 304]);

/** `fetch` to the account's own server, that ends: in time, in size, and without redirects, which could carry the session elsewhere. */
function boundedFetch(): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, { ...init, redirect: 'error' });
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(request, { signal });
    const body = bodiless.has(response.status) ? null : await readAll(response);
    return new Response(body, { status: response.status, headers: response.headers });
  };
}

async function readAll({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new TooLarge(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
