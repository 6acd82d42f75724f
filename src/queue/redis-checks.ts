import { within } from '../core/async.ts';
import { messageOf } from '../core/errors.ts';
import { openRedisConnections } from './redis.ts';

/** A fault in the setup of a Redis, with its remedy. */
export interface RedisFault {
  /** `true`: refuse to start; `false`: warn. */
  readonly fatal: boolean;
  readonly message: string;
}

const timeoutMs = 3000;
const minVersion = [6, 2] as const;

/** Checks version and settings. Errors: no connection within 3 s. */
export async function redisFaults(url: string): Promise<RedisFault[]> {
  let last: Error | undefined;
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 0 };
  const connections = openRedisConnections(url, options, (error) => (last = error));
  try {
    if ((await within(timeoutMs, connections.connected)) === 'late')
      throw new Error(`Redis cannot be reached: ${messageOf(last ?? 'it does not answer')}`, { cause: last });
    const { client } = connections;
    const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown';
    return [...versionFaults(version), ...(await settingFaults((name) => setting(client, name)))];
  } finally {
    connections.disconnect();
  }
}

function versionFaults(version: string): RedisFault[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > minVersion[0] || (major === minVersion[0] && minor >= minVersion[1])) return [];
  return [{ fatal: true, message: `Redis ${version} is too old: BullMQ needs ${minVersion.join('.')} or newer` }];
}

/** Errors: managed servers forbid CONFIG. */
async function setting(client: { config(get: 'GET', name: string): Promise<unknown> }, name: string) {
  const found = await client.config('GET', name);
  return Array.isArray(found) ? String(found[1]) : undefined;
}

async function settingFaults(read: (name: string) => Promise<string | undefined>): Promise<RedisFault[]> {
  try {
    const faults: RedisFault[] = [];
    if ((await read('appendonly')) === 'no')
      faults.push({
        fatal: false,
        message:
          'a crash loses its queues (`appendonly no`); no work is lost, but due work waits for the sweep. Start it with `redis-server --appendonly yes`',
      });
    const policy = await read('maxmemory-policy');
    if (policy !== undefined && policy !== 'noeviction')
      faults.push({
        fatal: true,
        message: `it may evict keys when its memory is full (\`maxmemory-policy ${policy}\`), which breaks BullMQ. Start it with \`redis-server --maxmemory-policy noeviction\``,
      });
    return faults;
  } catch (error) {
    const message = `its settings cannot be read (${messageOf(error)}): check \`appendonly yes\` and \`maxmemory-policy noeviction\` yourself`;
    return [{ fatal: false, message }];
  }
}
