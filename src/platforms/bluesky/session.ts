import { type AtpSessionData, CredentialSession } from '@atproto/api';
import { unlessAborted } from '../../core/async.ts';
import type { Clock } from '../../core/clock.ts';
import { backoffMs } from '../../core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { SecretValue } from '../../core/secret.ts';
import { TooLarge } from '../../net/body.ts';
import type { Budgets } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import { fingerprintOf, readStored, sessionFile, type Stored, writeStored } from './session-file.ts';

export interface Login {
  readonly service: string;
  readonly identifier: string;
  readonly password: SecretValue;
}

/** A login session that survives restarts, since servers allow few logins. */
export interface Session extends AsyncDisposable {
  /** Resumes a session or logs in. Errors: RetryLater; PermanentError for a refused login; the signal's reason when aborted. */
  ensure(signal?: AbortSignal | null): Promise<AtpSessionData>;
  /** A request with the session, which is refreshed once if it has expired. */
  fetch(path: string, init: RequestInit): Promise<Response>;
}

export function openSession(login: Login, context: DriverContext, budgets: Budgets): Session {
  return new StoredSession(login, context, budgets);
}

const timeoutMs = 20_000;
const retryMs = 60_000;
/** Servers allow some 300 logins a day, failed ones included: a wrong password or a failing server must not use them up. */
const afterFailure = { firstMs: 60_000, maxMs: 15 * 60_000 };

type FailedLogin = NonNullable<Stored['failed']>;

class StoredSession implements Session {
  readonly #login: Login;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #budgets: Budgets;
  readonly #file: string;
  readonly #credentials: CredentialSession;
  #saving: Promise<void> = Promise.resolve();
  #starting: Promise<AtpSessionData> | undefined;

  constructor(login: Login, { clock, dataDir }: DriverContext, budgets: Budgets) {
    this.#login = login;
    this.#clock = clock;
    this.#budgets = budgets;
    this.#file = sessionFile(dataDir, login.service, login.identifier);
    const service = new URL(login.service);
    this.#credentials = new CredentialSession(service, boundedFetch(), (_event, session) => this.#save(session));
  }

  async ensure(signal?: AbortSignal | null): Promise<AtpSessionData> {
    if (this.#credentials.session !== undefined) return this.#credentials.session;
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined));
    // Several calls may wait for one login: an abort ends only one wait.
    return signal ? await unlessAborted(this.#starting, signal) : await this.#starting;
  }

  fetch(path: string, init: RequestInit): Promise<Response> {
    return this.#credentials.fetchHandler(path, init);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#saving;
  }

  #save(session: AtpSessionData | undefined): void {
    if (session === undefined) return;
    this.#saving = this.#saving.catch(() => {}).then(() => writeStored(this.#file, { session: { ...session } }));
    // Callers that need it on the disk await it.
    this.#saving.catch(() => {});
  }

  async #start(): Promise<AtpSessionData> {
    const started = (await this.#resume()) ?? (await this.#logIn());
    await this.#saving;
    return started;
  }

  /** The session of the file: of the last run, or refreshed by another process meanwhile. */
  async #resume(): Promise<AtpSessionData | undefined> {
    const credentials = this.#credentials;
    const stored = (await readStored(this.#file)).session as AtpSessionData | undefined;
    if (stored === undefined) return undefined;
    try {
      await credentials.resumeSession(stored);
    } catch (error) {
      // If the library kept the session, the server failed, not the session.
      if (credentials.session !== undefined) {
        delete credentials.session;
        throw this.#passingFailure('resume the session', error);
      }
    }
    return credentials.session;
  }

  async #logIn(): Promise<AtpSessionData> {
    const { service, identifier, password } = this.#login;
    const fingerprint = fingerprintOf(password.reveal());
    const stored = await readStored(this.#file);
    // Failures of another password do not count.
    const failed = stored.failed?.fingerprint === fingerprint ? stored.failed : undefined;
    const waitMs = stored.failed === undefined || failed ? (stored.noLoginBefore ?? 0) - this.#clock.now() : 0;
    if (waitMs > 0 && failed?.refused !== undefined) throw new PermanentError(failed.refused);
    if (waitMs > 0) throw failed === undefined ? this.#tooManyLogins(waitMs) : this.#tooSoon(waitMs);
    try {
      await this.#credentials.login({ identifier, password: password.reveal() });
    } catch (error) {
      throw await this.#loginFailure(error, { count: (failed?.count ?? 0) + 1, fingerprint });
    }
    if (this.#credentials.session === undefined) throw new Error(`${service} gave no session`);
    return this.#credentials.session;
  }

  /** Stores the failure for all processes that share the account, and for the next run. */
  async #loginFailure(error: unknown, failed: FailedLogin): Promise<Error> {
    const { service, identifier } = this.#login;
    const status = statusOf(error);
    if (status === 429) {
      const { delayMs } = this.#budgets.refusal('login', headersOf(error));
      await writeStored(this.#file, { noLoginBefore: this.#clock.now() + delayMs });
      return this.#tooManyLogins(delayMs);
    }
    const noLoginBefore = this.#clock.now() + backoffMs(failed.count - 1, afterFailure);
    if (status < 400 || status >= 500) {
      await writeStored(this.#file, { noLoginBefore, failed });
      return this.#passingFailure('log in', error);
    }
    const refused = `${service} refuses the login of ${identifier}: ${codeOf(error)}`;
    await writeStored(this.#file, { noLoginBefore, failed: { ...failed, refused } });
    return new PermanentError(refused);
  }

  #passingFailure(what: string, cause: unknown): RetryLater {
    if (statusOf(cause) === 429) return this.#budgets.refusal('session', headersOf(cause));
    const message = `${this.#login.service} could not ${what}: ${messageOf(cause).slice(0, 200)}`;
    return new RetryLater(message, retryMs, { cause });
  }

  #tooManyLogins(delayMs: number): RetryLater {
    const { service, identifier } = this.#login;
    return new RetryLater(`${service} allows no more logins of ${identifier} for now`, delayMs, { account: true });
  }

  #tooSoon(delayMs: number): RetryLater {
    const message = `no login of ${this.#login.identifier} is tried so soon after one that failed`;
    return new RetryLater(message, delayMs, { account: true });
  }
}

/** Status in the library's error; 1: no response, 2: an unreadable one; 0: another error. */
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
/** Statuses whose responses have no body. */
const bodiless = new Set([204, 205, 304]);

/** `fetch` for the account's own server, limited in time and size. It follows no redirects, which could take the session elsewhere. */
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
    if (size > maxBytes) throw new TooLarge(`the response is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
