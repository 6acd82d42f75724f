import { Redis, type RedisOptions } from 'ioredis';
import { UsageError } from '../core/errors.ts';

/** Connections to one Redis: a client, and the copies that BullMQ makes of it. */
export interface Wires {
  readonly client: Redis;
  /** Resolves at the first connection, however many attempts fail before. */
  readonly connected: Promise<void>;
  /** Ends all of them now, also where nobody answers. What is under way on them fails. */
  cut(): void;
}

/** Connects and connects again for as long as it takes. `onError` hears every failed attempt. Errors: UsageError. */
export function openWires(url: string, options: RedisOptions, onError: (error: Error) => void): Wires {
  // ioredis takes anything else for the path of a socket, and its errors would print it, the password with it.
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError('the URL of the bell is none: expected redis://:PASSWORD@HOST:PORT or rediss://…');
  }
  const all: Redis[] = [];
  const watched = (wire: Redis): Redis => {
    wire.on('error', onError);
    all.push(wire);
    return wire;
  };
  const client = watched(new Redis(url, { ...timeouts, ...options, replyMapping: 'legacy' }));
  const duplicate = client.duplicate.bind(client);
  // BullMQ gives its copies no handle that works while they are not connected yet.
  client.duplicate = (override) => watched(duplicate(override));
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  client.once('ready', () => resolve());
  return {
    client,
    connected,
    cut() {
      for (const wire of all) wire.disconnect();
    },
  };
}

const timeouts: RedisOptions = {
  connectTimeout: 3000,
  // A socket on which nobody answers the end is destroyed after this.
  disconnectTimeout: 500,
  retryStrategy: (attempt) => Math.min(50 * attempt, 2000),
};
