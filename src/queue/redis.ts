import { Redis, type RedisOptions } from 'ioredis';
import { UsageError } from '../core/errors.ts';

/** A client of one Redis, which reconnects for as long as it takes. `onError` gets every failed attempt. Errors: UsageError. */
export function openRedisConnections(url: string, options: RedisOptions, onError: (error: Error) => void) {
  // ioredis takes anything else for the path of a socket, and its errors would print the URL with its password.
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError('invalid URL of the queue: expected redis://:PASSWORD@HOST:PORT or rediss://…');
  }
  const all: Redis[] = [];
  const watched = (connection: Redis): Redis => {
    connection.on('error', onError);
    all.push(connection);
    return connection;
  };
  const client = watched(new Redis(url, { ...timeouts, ...options, replyMapping: 'legacy' }));
  const duplicate = client.duplicate.bind(client);
  // BullMQ offers no way to close its duplicates before they are connected.
  client.duplicate = (override) => watched(duplicate(override));
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  client.once('ready', () => resolve());
  return {
    client,
    /** Resolves at the first connection, however many attempts fail before. */
    connected,
    /** Closes it and the duplicates that BullMQ makes of it now, even if the server does not answer. Commands in flight fail. */
    disconnect(): void {
      for (const connection of all) connection.disconnect();
    },
  };
}

const timeouts: RedisOptions = {
  connectTimeout: 3000,
  // Destroys a socket whose peer does not answer the close.
  disconnectTimeout: 500,
  retryStrategy: (attempt) => Math.min(50 * attempt, 2000),
};
