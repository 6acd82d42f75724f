import type { IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import {
  type ITwitterApiClientPlugin,
  TwitterApi,
  type TwitterApiTokens,
  type TwitterApiv2,
  type TwitterResponse,
} from 'twitter-api-v2';
import type { z } from 'zod';
import { faultIn, jsonIn } from '../shared/parse-json.ts';
import { type Budgets, openBudgets } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import type { XPublisher } from './config.ts';
import { faultOf } from './faults.ts';

/** An app's bearer token, or the OAuth 1.0a tokens of a user. */
export type Keys = string | Required<TwitterApiTokens>;

/** How to reach X; tests pass an agent that leads to their own server. */
export interface Transport {
  readonly agent?: () => Agent;
  /** How long the stream may be silent: X sends a keep-alive every 20 seconds. */
  readonly silenceMs?: number;
}

interface Call {
  /** Names the rate limit and appears in messages: `search`. */
  readonly name: string;
  readonly path: string;
  readonly query?: Record<string, string | number>;
  readonly body?: Record<string, unknown>;
}

export interface Answer<T> {
  readonly body: T;
  readonly headers: IncomingMessage['headers'];
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

  constructor(keys: Keys, { clock, limits }: DriverContext, { agent = defaultAgent }: Transport) {
    this.#keys = keys;
    this.#budgets = openBudgets(clock, { emit: limits });
    this.#httpAgent = agent();
  }

  get<T extends z.ZodType>(call: Call, schema: T, signal: AbortSignal): Promise<Answer<z.output<T>>> {
    return this.#read('get', call, schema, signal);
  }

  post<T extends z.ZodType>(call: Call, schema: T, signal: AbortSignal): Promise<Answer<z.output<T>>> {
    return this.#read('post', call, schema, signal);
  }

  async delete(call: Call, signal: AbortSignal): Promise<void> {
    await this.#send('delete', call, signal);
  }

  async #read<T extends z.ZodType>(method: 'get' | 'post', call: Call, schema: T, signal: AbortSignal) {
    const { data, headers } = await this.#send(method, call, signal);
    const json = jsonIn(data);
    if (json === undefined) throw new Error(`X answered ${call.name} with invalid JSON`);
    const parsed = schema.safeParse(json);
    if (parsed.success) return { body: parsed.data, headers };
    throw new Error(`X answered ${call.name} unexpectedly: ${faultIn(parsed.error)}`);
  }

  async #send(method: keyof typeof request, call: Call, signal: AbortSignal): Promise<TwitterResponse<string>> {
    signal.throwIfAborted();
    this.#budgets.check(call.name);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    let cause: Error | undefined;
    const plugins = [bounded(limit, (error) => (cause = error))];
    // No compression: the library hangs or crashes on a truncated or damaged compressed answer.
    const settings = { plugins, httpAgent: this.#httpAgent, compression: 'identity' as const };
    const keys = this.#keys;
    const api = typeof keys === 'string' ? new TwitterApi(keys, settings) : new TwitterApi(keys, settings);
    try {
      const response = await request[method](api.v2, call);
      this.#budgets.note(call.name, response.headers);
      return response;
    } catch (error) {
      // An abort takes precedence over what the library makes of it.
      signal.throwIfAborted();
      if (limit.aborted)
        throw new Error(`X did not answer ${call.name} within ${timeoutMs / 1000} s`, { cause: error });
      throw faultOf(error, call.name, this.#budgets, cause);
    }
  }
}

/** As text: the library fails on JSON that it does not expect. */
const options = { fullResponse: true, forceParseMode: 'text' } as const;

type Request = (api: TwitterApiv2, call: Call) => Promise<TwitterResponse<string>>;

const request: Record<'get' | 'post' | 'delete', Request> = {
  get: (api, { path, query }) => api.get(path, query, options),
  post: (api, { path, body }) => api.post(path, body, options),
  delete: (api, { path }) => api.delete(path, undefined, options),
};

/** Adds a signal and a size limit, which the library lacks, and passes on an error of the network, which the library hides. */
function bounded(signal: AbortSignal, onNetworkError: (error: Error) => void): ITwitterApiClientPlugin {
  return {
    onBeforeRequestConfig({ params }) {
      params.requestEventDebugHandler = (_event, data?: { res?: IncomingMessage; requestError?: Error }) => {
        if (data?.res) cutOff(data.res);
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
export function keysOf({ appKey, appSecret, accessToken, accessSecret }: XPublisher) {
  return {
    appKey: appKey.reveal(),
    appSecret: appSecret.reveal(),
    accessToken: accessToken.reveal(),
    accessSecret: accessSecret.reveal(),
  };
}
