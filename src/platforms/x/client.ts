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

/** An app's bearer token, or what signs for a user. */
export type Keys = string | Required<TwitterApiTokens>;

/** How X is reached; tests bring an agent that leads to a server of their own. */
export interface Ways {
  readonly agent?: () => Agent;
  /** How long the stream may be silent: X sends a sign of life every 20 seconds. */
  readonly silenceMs?: number;
}

interface Call {
  /** What counts towards one rate limit, and what people read in messages: `search`. */
  readonly name: string;
  readonly path: string;
  readonly query?: Record<string, string | number>;
  readonly body?: Record<string, unknown>;
}

export interface Answer<T> {
  readonly body: T;
  readonly headers: IncomingMessage['headers'];
}

/** One account's way to X, with its rate limits. Errors of each: see `faultOf`; the signal's reason when it was aborted. */
export interface Client {
  get<T extends z.ZodType>(call: Call, schema: T, signal: AbortSignal): Promise<Answer<z.output<T>>>;
  post<T extends z.ZodType>(call: Call, schema: T, signal: AbortSignal): Promise<Answer<z.output<T>>>;
  delete(call: Call, signal: AbortSignal): Promise<void>;
}

const timeoutMs = 30_000;
const maxBytes = 10_000_000;

/**
 * A connection a call. One that was kept may be closed by X just when something is posted through it, and nobody would know whether that
 * is out; the library leaves listeners behind at those that are kept, too.
 */
const usualAgent = () => new Agent({ keepAlive: false });

export function openClient(
  keys: Keys,
  { clock, limits, agent = usualAgent }: Pick<DriverContext, 'clock' | 'limits'> & Ways,
): Client {
  const budgets = openBudgets(clock, { emit: limits });
  const httpAgent = agent();

  async function send(call: Call, method: 'get' | 'post' | 'delete', signal: AbortSignal) {
    signal.throwIfAborted();
    budgets.check(call.name);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    // Unpacked by the library, an answer that breaks off or is damaged would hang for ever or end the process.
    const settings = { plugins: [bounded(limit)], httpAgent, compression: 'identity' as const };
    const api = (typeof keys === 'string' ? new TwitterApi(keys, settings) : new TwitterApi(keys, settings)).v2;
    try {
      const response = await request[method](api, call);
      budgets.note(call.name, response.headers);
      return response;
    } catch (error) {
      // Who stops the bot hears that, whatever the library makes of it.
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
    throw new Error(`X answered ${call.name} with something else than expected: ${issueOf(parsed.error)}`);
  }

  return {
    get: (call, schema, signal) => read(call, 'get', schema, signal),
    post: (call, schema, signal) => read(call, 'post', schema, signal),
    async delete(call, signal) {
      await send(call, 'delete', signal);
    },
  };
}

/** As text: the library stumbles over JSON that is not as it expects. */
const options = { fullResponse: true, forceParseMode: 'text' } as const;

type Request = (api: TwitterApiv2, call: Call) => Promise<TwitterResponse<string>>;

const request: Record<'get' | 'post' | 'delete', Request> = {
  get: (api, { path, query }) => api.get(path, query, options),
  post: (api, { path, body }) => api.post(path, body, options),
  delete: (api, { path }) => api.delete(path, undefined, options),
};

/** The library knows neither signals nor limits, but lets a plug-in at the options of its request. */
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
    throw new Error(`X answered ${name} with something else than JSON`);
  }
}

function issueOf({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`;
}

/** Before anything is sent. */
export function unlessStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new RetryLater('stopped before it was sent', 0, { cause: signal.reason });
}

/** What signs as the bot's account. */
export function keysOf({ appKey, appSecret, accessToken, accessSecret }: XPublisher) {
  return {
    appKey: appKey.reveal(),
    appSecret: appSecret.reveal(),
    accessToken: accessToken.reveal(),
    accessSecret: accessSecret.reveal(),
  };
}
