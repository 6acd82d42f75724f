import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { unlessAborted } from '../../core/async.ts';
import { backoffMs } from '../../core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import { StatusError } from '../shared/answers.ts';
import { jsonIn } from '../shared/parse-json.ts';
import type { SecretValue } from '../../core/secret.ts';
import { type Answered, type ConfiguredRequest, fetchConfigured } from '../../net/configured-fetch.ts';
import type { Budgets } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import { refusalIn, tolerant } from './wire.ts';

export interface Login {
  readonly service: string;
  readonly identifier: string;
  readonly password: SecretValue;
}

const retryMs = 60_000;
/** Servers allow some 300 logins a day, failed ones included: a wrong password or a failing server must not use them up. */
const afterFailure = { firstMs: 60_000, maxMs: 15 * 60_000 };
const bounds = { maxBytes: 10_000_000, timeoutMs: 20_000 };

/** A login session that survives restarts, since servers allow few logins. */
export class Session implements AsyncDisposable {
  readonly #login: Login;
  readonly #clock: DriverContext['clock'];
  readonly #budgets: Budgets;
  readonly #file: string;
  #tokens: Tokens | undefined;
  #starting: Promise<Tokens> | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(login: Login, { clock, dataDir }: DriverContext, budgets: Budgets) {
    this.#login = login;
    this.#clock = clock;
    this.#budgets = budgets;
    this.#file = sessionFile(dataDir, login);
  }

  /** Resumes a session or logs in. Errors: RetryLater; PermanentError for a refused login; the signal's reason when aborted. */
  async ensure(signal?: AbortSignal): Promise<Tokens> {
    if (this.#tokens !== undefined) return this.#tokens;
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined));
    // Several calls may wait for one login: an abort ends only one wait.
    return signal ? await unlessAborted(this.#starting, signal) : await this.#starting;
  }

  /** A request with the session, which is renewed once if it has expired. Errors: those of `ensure` and of `fetchConfigured`. */
  async request(path: string, request: ConfiguredRequest): Promise<Answered> {
    const used = await this.ensure(request.signal);
    const answer = await this.#send(path, request, used);
    if (!hasExpired(answer)) return answer;
    if (this.#tokens === used) this.#tokens = undefined;
    return await this.#send(path, request, await this.ensure(request.signal));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#saving;
  }

  #send(path: string, request: ConfiguredRequest, { accessJwt, server }: Tokens): Promise<Answered> {
    const headers = { ...request.headers, authorization: `Bearer ${accessJwt}` };
    return fetchConfigured(new URL(path, server ?? this.#login.service), { ...request, headers }, bounds);
  }

  async #start(): Promise<Tokens> {
    const tokens = (await this.#resume()) ?? (await this.#logIn());
    this.#tokens = tokens;
    this.#saving = writeStored(this.#file, { session: tokens });
    await this.#saving;
    return tokens;
  }

  /** Refreshes the session of the file: of the last run, of this one, or of another process. Undefined: the server does not accept it. */
  async #resume(): Promise<Tokens | undefined> {
    const { session } = await readStored(this.#file);
    if (session === undefined) return undefined;
    const headers = { authorization: `Bearer ${session.refreshJwt}` };
    const answer = await this.#call('refreshSession', { headers });
    const { status, error, tokens } = answer;
    if (tokens?.did === session.did) return { ...tokens, server: tokens.server ?? session.server };
    if (tokens !== undefined || status === 401 || isTokenError(error)) return undefined;
    throw this.#passingFailure('resume the session', answer);
  }

  async #logIn(): Promise<Tokens> {
    const { identifier } = this.#login;
    const password = this.#login.password.reveal();
    const fingerprint = hashOf(`pilcrow ${password}`).slice(0, 6);
    const stored = await readStored(this.#file);
    // Failures of another password do not count.
    const failed = stored.failed?.fingerprint === fingerprint ? stored.failed : undefined;
    const waitMs = stored.failed === undefined || failed ? (stored.noLoginBefore ?? 0) - this.#clock.now() : 0;
    if (waitMs > 0 && failed?.refused !== undefined) throw loginRefused(failed.refused);
    if (waitMs > 0 && failed === undefined) throw this.#tooManyLogins(waitMs);
    if (waitMs > 0)
      throw new RetryLater(`no login of ${identifier} is tried so soon after one that failed`, waitMs, {
        account: true,
      });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ identifier, password });
    const answer = await this.#call('createSession', { headers, body });
    if (answer.tokens !== undefined) return answer.tokens;
    throw await this.#loginFailure(answer, { count: (failed?.count ?? 0) + 1, fingerprint });
  }

  async #call(method: string, request: ConfiguredRequest): Promise<SessionAnswer> {
    const url = new URL(`/xrpc/com.atproto.server.${method}`, this.#login.service);
    try {
      const { status, headers, text } = await fetchConfigured(url, { ...request, method: 'POST' }, bounds);
      const tokens = status === 200 ? SessionBody.safeParse(jsonIn(text)).data : undefined;
      return { status, headers, ...refusalIn(text), tokens };
    } catch (error) {
      return { status: 0, headers: new Headers(), error: '', message: messageOf(error), tokens: undefined };
    }
  }

  /** Stores the failure for all processes that share the account, and for the next run. */
  async #loginFailure(answer: SessionAnswer, failed: NonNullable<Stored['failed']>): Promise<Error> {
    const { service, identifier } = this.#login;
    const { status, headers, error } = answer;
    if (status === 429) {
      const { delayMs } = this.#budgets.refusal('login', headers);
      await writeStored(this.#file, { noLoginBefore: this.#clock.now() + delayMs });
      return this.#tooManyLogins(delayMs);
    }
    const noLoginBefore = this.#clock.now() + backoffMs(failed.count - 1, afterFailure);
    // Without the server's own error, a proxy may have answered.
    if (status < 400 || status >= 500 || (status !== 401 && error === '')) {
      await writeStored(this.#file, { noLoginBefore, failed });
      return this.#passingFailure('log in', answer);
    }
    const refused = `${service} refuses the login of ${identifier}: ${error || status}`;
    await writeStored(this.#file, { noLoginBefore, failed: { ...failed, refused } });
    return loginRefused(refused);
  }

  #passingFailure(what: string, { status, headers, error, message }: SessionAnswer): RetryLater {
    if (status === 429) return this.#budgets.refusal('session', headers);
    const reason = (message || error || `it answered ${status}`).slice(0, 200);
    return new RetryLater(`${this.#login.service} could not ${what}: ${reason}`, retryMs);
  }

  #tooManyLogins(delayMs: number): RetryLater {
    const { service, identifier } = this.#login;
    return new RetryLater(`${service} allows no more logins of ${identifier} for now`, delayMs, { account: true });
  }
}

/** Whatever the status was, it is about the login. */
function loginRefused(message: string): PermanentError {
  return new PermanentError(message, { cause: new StatusError(message, 401, message) });
}

export function isTokenError(error: string): boolean {
  return error === 'ExpiredToken' || error === 'InvalidToken';
}

function hasExpired({ status, text }: Answered): boolean {
  return status === 401 || (status === 400 && refusalIn(text).error === 'ExpiredToken');
}

interface SessionAnswer extends ReturnType<typeof refusalIn> {
  /** 0: no answer. */
  readonly status: number;
  readonly headers: Headers;
  readonly tokens: Tokens | undefined;
}

const Tokens = z.object({
  accessJwt: z.string(),
  refreshJwt: z.string(),
  did: z.string(),
  /** URL of the account's own server; left out: the login service. */
  server: z.string().optional(),
});
type Tokens = z.infer<typeof Tokens>;

/** In the account's DID document: its own server, which the login service may not be. */
const OwnServer = z.object({
  id: z.string().endsWith('#atproto_pds'),
  type: z.literal('AtprotoPersonalDataServer'),
  serviceEndpoint: z.url({ protocol: /^https?$/ }),
});

/** Of `com.atproto.server.createSession` and `refreshSession`. */
const SessionBody = Tokens.omit({ server: true })
  .extend({
    didDoc: z
      .object({ service: tolerant(OwnServer) })
      .optional()
      .catch(undefined),
  })
  .transform(({ didDoc, ...session }): Tokens => ({ ...session, server: didDoc?.service[0]?.serviceEndpoint }));

const Stored = z.object({
  session: Tokens.optional().catch(undefined),
  /** No login before this time, in milliseconds since the epoch. */
  noLoginBefore: z.number().optional().catch(undefined),
  /** Consecutive failed logins: their number, the reason if refused, and a fingerprint that distinguishes passwords without revealing anything of them. */
  failed: z
    .object({ count: z.number(), fingerprint: z.string(), refused: z.string().optional() })
    .optional()
    .catch(undefined),
});
type Stored = z.infer<typeof Stored>;

/** The session file of one account, so that two bots in one folder do not share a session. */
export function sessionFile(dataDir: string, { service, identifier }: Login): string {
  const hash = hashOf(`${URL.parse(service)?.href} ${identifier.toLowerCase()}`);
  return join(dataDir, `bluesky-session-${hash.slice(0, 16)}.json`);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A missing or damaged file is an empty store: the account logs in again. */
async function readStored(file: string): Promise<Stored> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return Stored.safeParse(jsonIn(text)).data ?? {};
}

/** Writes atomically; only the owner may read the file. */
async function writeStored(file: string, stored: Stored): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, JSON.stringify(stored), { mode: 0o600, flag: 'wx', flush: true });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
