import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import {
  type ITwitterApiClientPlugin,
  TwitterApi,
  type TwitterApiTokens,
  type TwitterApiv2,
  type TwitterResponse,
} from 'twitter-api-v2';
import type { z } from 'zod';
import { answerIn, StatusError } from '../shared/answers.ts';
import { faultIn, jsonIn } from '../shared/parse-json.ts';
import { type Budgets, openBudgets } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import type { XFeed, XPublisher } from './config.ts';
import { faultOf } from './refusals.ts';
import { inNewWords, refusesFields } from './wire.ts';

/** An app's bearer token, or the OAuth 1.0a tokens of a user. */
export type Keys = string | Required<TwitterApiTokens>;

/** How to reach X; tests pass an agent that leads to their own server. */
export interface Transport {
  readonly agent?: () => Agent;
  /** How long the stream may be silent: X sends a keep-alive every 20 seconds. */
  readonly silenceMs?: number;
}

export interface Call {
  /** Names the rate limit and appears in messages: `search`. */
  readonly name: string;
  readonly path: string;
  readonly query?: Record<string, string | number>;
  readonly body?: Record<string, unknown>;
}

interface Answer<T> {
  readonly body: T;
  readonly headers: IncomingHttpHeaders;
}

const timeoutMs = 30_000;
const maxBytes = 10_000_000;

/**
 * Opens a connection for each call. X may close an idle connection just as a post goes through it, which leaves the outcome unknown; the
 * library also leaks listeners on kept connections.
 */
const defaultAgent = () => new Agent({ keepAlive: false });

/** X's API for one account, with its rate limits. Errors of each call: see `faultOf`; the signal's reason when it was aborted. */
export class Client {
  readonly #keys: Keys;
  readonly #budgets: Budgets;
  readonly #httpAgent: Agent;
  /** Names of the calls for which X has refused the names that fields had before August 2026. */
  readonly #newWords = new Set<string>();

  constructor(keys: Keys, { clock, limits }: DriverContext, { agent = defaultAgent }: Transport) {
    this.#keys = keys;
    this.#budgets = openBudgets(clock, { emit: limits });
    this.#httpAgent = agent();
  }

  async get<T>(call: Call, schema: z.ZodType<T>, signal: AbortSignal): Promise<Answer<T>> {
    const renamed = inNewWords(call.query ?? {});
    const newer = renamed && { ...call, query: renamed };
    if (newer !== undefined && this.#newWords.has(call.name))
      return read(schema, newer, await this.#send('get', newer, signal));
    try {
      return read(schema, call, await this.#send('get', call, signal));
    } catch (error) {
      const { status = 0, error: words = '' } = answerIn(error) ?? {};
      if (newer === undefined || !refusesFields(status, words)) throw error;
    }
    const answer = read(schema, newer, await this.#send('get', newer, signal));
    this.#newWords.add(call.name);
    return answer;
  }

  async post<T>(call: Call, schema: z.ZodType<T>, signal: AbortSignal): Promise<Answer<T>> {
    return read(schema, call, await this.#send('post', call, signal));
  }

  async delete(call: Call, signal: AbortSignal): Promise<void> {
    await this.#send('delete', call, signal);
  }

  async #send(method: keyof typeof request, call: Call, signal: AbortSignal): Promise<TwitterResponse<string>> {
    signal.throwIfAborted();
    this.#budgets.check(call.name);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    let cause: Error | undefined;
    let status = 0;
    const watching = { onStatus: (code = 0) => (status = code), onNetworkError: (error: Error) => (cause = error) };
    const plugins = [bounded(limit, watching)];
    // No compression: the library hangs or crashes on a truncated or damaged compressed answer.
    const settings = { plugins, httpAgent: this.#httpAgent, compression: 'identity' as const };
    const keys = this.#keys;
    const api = typeof keys === 'string' ? new TwitterApi(keys, settings) : new TwitterApi(keys, settings);
    try {
      const response = await request[method](api.v2, call);
      this.#budgets.note(call.name, response.headers);
      // The library takes a redirect for a success.
      if (status >= 300) throw new StatusError(`X answered ${call.name} with ${status}`, status, undefined);
      return response;
    } catch (error) {
      // An abort takes precedence over what the library makes of it.
      signal.throwIfAborted();
      if (error instanceof StatusError) throw error;
      if (limit.aborted)
        throw new Error(`X did not answer ${call.name} within ${timeoutMs / 1000} s`, { cause: error });
      throw faultOf(error, call.name, this.#budgets, cause);
    }
  }
}

function read<T>(schema: z.ZodType<T>, { name }: Call, { data, headers }: TwitterResponse<string>): Answer<T> {
  const json = jsonIn(data);
  if (json === undefined) throw new Error(`X answered ${name} with invalid JSON`);
  const parsed = schema.safeParse(json);
  if (parsed.success) return { body: parsed.data, headers };
  throw new Error(`X answered ${name} unexpectedly: ${faultIn(parsed.error)}`);
}

/** As text: the library fails on JSON that it does not expect. */
const options = { fullResponse: true, forceParseMode: 'text' } as const;

const request = {
  get: (api: TwitterApiv2, { path, query }: Call) => api.get<string>(path, query, options),
  post: (api: TwitterApiv2, { path, body }: Call) => api.post<string>(path, body, options),
  delete: (api: TwitterApiv2, { path }: Call) => api.delete<string>(path, undefined, options),
};

/** Receives what the library hides. */
interface Watching {
  readonly onStatus: (code: number | undefined) => void;
  readonly onNetworkError: (error: Error) => void;
}

/** Adds a signal and a size limit, which the library lacks. */
function bounded(signal: AbortSignal, { onStatus, onNetworkError }: Watching): ITwitterApiClientPlugin {
  return {
    onBeforeRequestConfig({ params }) {
      params.requestEventDebugHandler = (_event, data?: { res?: IncomingMessage; requestError?: Error }) => {
        if (data?.res) {
          onStatus(data.res.statusCode);
          cutOff(data.res);
        }
        if (data?.requestError) onNetworkError(data.requestError);
      };
    },
    onBeforeRequest({ requestOptions }) {
      Object.assign(requestOptions, { signal });
    },
  };
}

function cutOff(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) response.destroy();
  });
}

/** The tokens that sign for the bot's account. */
export function keysOf({
  appKey,
  appSecret,
  accessToken,
  accessSecret,
}: Pick<XPublisher, 'appKey' | 'appSecret' | 'accessToken' | 'accessSecret'>) {
  return {
    appKey: appKey.reveal(),
    appSecret: appSecret.reveal(),
    accessToken: accessToken.reveal(),
    accessSecret: accessSecret.reveal(),
  };
}

/** The same for a feed that has them. */
export function ownKeysOf({ appKey, appSecret, accessToken, accessSecret }: XFeed): Keys | undefined {
  if (!appKey || !appSecret || !accessToken || !accessSecret) return undefined;
  return keysOf({ appKey, appSecret, accessToken, accessSecret });
}
