import type { Redis } from 'ioredis';
import { within } from '../core/async.ts';
import { messageOf } from '../core/errors.ts';
import { tryWakeUp } from './bullmq.ts';
import { openRedisConnections } from './redis.ts';
import { refusalOf } from './store-state.ts';

/** A fault in the setup of a Redis, with its remedy. */
export interface RedisFault {
  /** `true`: refuse to start; `false`: warn, because the bot works without Redis as well. */
  readonly fatal: boolean;
  readonly message: string;
}

const checkMs = 3000;
const minVersion = [6, 2] as const;
const meanwhile = 'meanwhile each process finds its own due work in the ledger';

/** Checks version and settings where its user may read them, then sends a wake-up through it. Errors: UsageError, for its URL. */
export async function redisFaults({ url, prefix }: { url: string; prefix: string }): Promise<RedisFault[]> {
  let last: Error | undefined;
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 0 };
  const connections = openRedisConnections(url, options, (error) => (last = error));
  try {
    if ((await within(checkMs, connections.connected)) === 'late') {
      const why = refusalOf(last ?? 'it does not answer');
      return [{ fatal: false, message: `Redis cannot be reached: ${why}; ${meanwhile}` }];
    }
    const { client } = connections;
    const faults = [...(await versionFaults(client)), ...(await settingFaults(client))];
    return [...faults, ...(await wakeUpFaults({ url, prefix }))];
  } finally {
    connections.disconnect();
  }
}

/** Its role, a cluster, full memory and missing permissions all show here, and in the words of Redis. */
async function wakeUpFaults(where: { url: string; prefix: string }): Promise<RedisFault[]> {
  try {
    await tryWakeUp(where, checkMs);
    return [];
  } catch (error) {
    return [{ fatal: false, message: `it passes on no wake-up: ${refusalOf(error)}; ${meanwhile}` }];
  }
}

/** A user without INFO is none of the bot's business. */
async function versionFaults(client: Redis): Promise<RedisFault[]> {
  const info = await client.info('server').catch(() => '');
  const [version, major, minor] = /(?<=redis_version:)(\d+)\.(\d+)\S*/.exec(info) ?? [];
  if (version === undefined || Number(major) > minVersion[0]) return [];
  if (Number(major) === minVersion[0] && Number(minor) >= minVersion[1]) return [];
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
