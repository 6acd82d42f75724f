import { messageOf } from '../core/errors.ts';
import { openWires } from './redis.ts';
import { within } from './within.ts';

/** What is wrong with a Redis, with the mend. */
export interface RedisFault {
  /** It cannot be used like this. Else it works, and loses something. */
  readonly fatal: boolean;
  readonly message: string;
}

const timeoutMs = 3000;
const oldest = [6, 2] as const;

/** Errors: it cannot be reached within 3 s. */
export async function redisFaults(url: string): Promise<RedisFault[]> {
  let last: Error | undefined;
  const wires = openWires(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0 }, (error) => (last = error));
  try {
    if ((await within(timeoutMs, wires.connected)) === 'late')
      throw new Error(`Redis cannot be reached: ${messageOf(last ?? 'it does not answer')}`, { cause: last });
    const version = /redis_version:(\S+)/.exec(await wires.client.info('server'))?.[1] ?? 'unknown';
    return [...oldVersion(version), ...(await settings((name) => setting(wires.client, name)))];
  } finally {
    wires.cut();
  }
}

function oldVersion(version: string): RedisFault[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return [];
  return [{ fatal: true, message: `Redis ${version} is too old: BullMQ needs ${oldest.join('.')} or newer` }];
}

/** Managed servers forbid CONFIG: then nobody can tell. */
async function setting(client: { config(get: 'GET', name: string): Promise<unknown> }, name: string) {
  const found = await client.config('GET', name);
  return Array.isArray(found) ? String(found[1]) : undefined;
}

async function settings(read: (name: string) => Promise<string | undefined>): Promise<RedisFault[]> {
  try {
    const faults: RedisFault[] = [];
    if ((await read('appendonly')) === 'no')
      faults.push({
        fatal: false,
        message:
          'it forgets what was rung when it dies (`appendonly no`); nothing is lost, but due work waits for the sweep. Start it with `redis-server --appendonly yes`',
      });
    const policy = await read('maxmemory-policy');
    if (policy !== undefined && policy !== 'noeviction')
      faults.push({
        fatal: true,
        message: `it may drop keys when its memory is full (\`maxmemory-policy ${policy}\`), which breaks BullMQ. Start it with \`redis-server --maxmemory-policy noeviction\``,
      });
    return faults;
  } catch (error) {
    const message = `its settings cannot be read (${messageOf(error)}): see to \`appendonly yes\` and \`maxmemory-policy noeviction\` yourself`;
    return [{ fatal: false, message }];
  }
}
