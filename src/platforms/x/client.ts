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
import { RetryLater } from '../../core/errors.ts';
import { openBudgets } from '../../net/rate-limits.ts';
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

/** X's API for one account, with its rate limits. Errors of each: see `faultOf`; the signal's reason when it was aborted. */
export interface Client {
  get<T extends z.ZodType>(call: Call, schema: T, signal: AbortSignal): Promise<Answer<z.output<T>>>;
  post<T extends z.ZodType>(call: Call, schema: T, signal: AbortSignal): Promise<Answer<z.output<T>>>;
  delete(call: Call, signal: AbortSignal): Promise<void>;
}

const timeoutMs = 30_000;
const maxBytes = 10_000_000;

/**
 * Opens a connection for each call. X may close an idle connection just as a post goes through it, which leaves the outcome unknown; the
 * library also leaks listeners on kept connections.
 */
const defaultAgent = () => new Agent({ keepAlive: false });

export function openClient(
  keys: Keys,
  { clock, limits, agent = defaultAgent }: Pick<DriverContext, 'clock' | 'limits'> & Transport,
): Client {
  const budgets = openBudgets(clock, { emit: limits });
  const httpAgent = agent();

  async function send(call: Call, method: 'get' | 'post' | 'delete', signal: AbortSignal) {
    signal.throwIfAborted();
    budgets.check(call.name);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    // No compression: the library hangs or crashes on a truncated or damaged compressed answer.
    const settings = { plugins: [bounded(limit)], httpAgent, compression: 'identity' as const };
    const api = (typeof keys === 'string' ? new TwitterApi(keys, settings) : new TwitterApi(keys, settings)).v2;
    try {
      const response = await request[method](api, call);
      budgets.note(call.name, response.headers);
      return response;
    } catch (error) {
      // An abort takes precedence over what the library makes of it.
      signal.throwIfAborted();
      if (limit.aborted)
        throw new Error(`X did not answer ${call.name} within ${timeoutMs / 1000} s`, { cause: error });
      throw faultOf(error, call.name, budgets);
    }
  }

  async function read<T extends z.ZodType>(call: Call, method: 'get' | 'post', schema: T, signal: AbortSignal) {
    const { data, headers } = await send(call, method, signal);
    const parsed = schema.safeParse(jsonOf(data, call.name));
    if (parsed.success) return { body: parsed.data, headers };
    throw new Error(`X answered ${call.name} unexpectedly: ${issueOf(parsed.error)}`);
  }

  return {
    get: (call, schema, signal) => read(call, 'get', schema, signal),
    post: (call, schema, signal) => read(call, 'post', schema, signal),
    async delete(call, signal) {
      await send(call, 'delete', signal);
    },
  };
}

/** As text: the library fails on JSON that it does not expect. */
const options = { fullResponse: true, forceParseMode: 'text' } as const;

type Request = (api: TwitterApiv2, call: Call) => Promise<TwitterResponse<string>>;

const request: Record<'get' | 'post' | 'delete', Request> = {
  get: (api, { path, query }) => api.get(path, query, options),
  post: (api, { path, body }) => api.post(path, body, options),
  delete: (api, { path }) => api.delete(path, undefined, options),
};

/** Adds a signal and a size limit, which the library lacks, through the request options that a plug-in may change. */
function bounded(signal: AbortSignal): ITwitterApiClientPlugin {
  return {
    onBeforeRequestConfig({ params }) {
      params.requestEventDebugHandler = (event, data?: { res: IncomingMessage }) => {
        if (event === 'response' && data !== undefined) cutOff(data.res);
      };
    },
    async onBeforeRequest({ requestOptions }) {
      await Promise.resolve();
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

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`X answered ${name} with invalid JSON`);
  }
}

function issueOf({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`;
}

/** Errors: RetryLater once the signal is aborted. Call it before anything is sent. */
export function throwIfStopping(signal: AbortSignal): void {
  if (signal.aborted) throw new RetryLater('stopped before it was sent', 0, { cause: signal.reason });
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
