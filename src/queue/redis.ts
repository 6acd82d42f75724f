import { Redis, type RedisOptions } from 'ioredis';
import { within } from '../core/async.ts';
import { messageOf, UsageError } from '../core/errors.ts';

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

/** A fault in the setup of a Redis, with its remedy. */
export interface RedisFault {
  /** `true`: refuse to start; `false`: warn. */
  readonly fatal: boolean;
  readonly message: string;
}

const checkMs = 3000;
const minVersion = [6, 2] as const;

/** Checks version and settings. Errors: no connection within 3 s. */
export async function redisFaults(url: string): Promise<RedisFault[]> {
  let last: Error | undefined;
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 0 };
  const connections = openRedisConnections(url, options, (error) => (last = error));
  try {
    if ((await within(checkMs, connections.connected)) === 'late')
      throw new Error(`Redis cannot be reached: ${messageOf(last ?? 'it does not answer')}`, { cause: last });
    const { client } = connections;
    const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown';
    return [...versionFaults(version), ...(await settingFaults(client))];
  } finally {
    connections.disconnect();
  }
}

function versionFaults(version: string): RedisFault[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > minVersion[0] || (major === minVersion[0] && minor >= minVersion[1])) return [];
  return [{ fatal: true, message: `Redis ${version} is too old: BullMQ needs ${minVersion.join('.')} or newer` }];
}

/** Managed servers forbid CONFIG. */
async function settingFaults(client: Redis): Promise<RedisFault[]> {
  try {
    const faults: RedisFault[] = [];
    const [, appendOnly] = await client.config('GET', 'appendonly');
    const [, policy = 'noeviction'] = await client.config('GET', 'maxmemory-policy');
    if (appendOnly === 'no') {
      const message =
        'a crash loses its queues (`appendonly no`); no work is lost, but due work waits for the sweep. Start it with `redis-server --appendonly yes`';
      faults.push({ fatal: false, message });
    }
    if (policy !== 'noeviction') {
      const message = `it may evict keys when its memory is full (\`maxmemory-policy ${policy}\`), which breaks BullMQ. Start it with \`redis-server --maxmemory-policy noeviction\``;
      faults.push({ fatal: true, message });
    }
    return faults;
  } catch (error) {
    const message = `its settings cannot be read (${messageOf(error)}): check \`appendonly yes\` and \`maxmemory-policy noeviction\` yourself`;
    return [{ fatal: false, message }];
  }
}
