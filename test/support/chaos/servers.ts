import { type PostgresServer, startPostgres } from '../../servers/postgres.ts';
import { openRedis, type RedisServer } from '../../servers/redis.ts';
import { startProxy } from '../proxy.ts';
import { type Disk, openDisk } from './disk.ts';

type Proxy = Awaited<ReturnType<typeof startProxy>>;

/** One PostgreSQL and one Redis on one small disk, each behind a proxy that can disturb its network. */
export interface ChaosServers extends AsyncDisposable {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  readonly toPostgres: Proxy;
  readonly toRedis: Proxy;
  /** Undefined: this user may not mount one, so that it cannot be filled. */
  readonly disk: Disk | undefined;
  /** Of the ledger, not through the network. */
  readonly ledgerUrl: string;
  /** Lines of the configuration, and the variables that they name. */
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
}

const diskMegabytes = 640;
const smallWal = { max_wal_size: '96MB', min_wal_size: '32MB' };

export async function openServers(dir: string): Promise<ChaosServers> {
  await using opened = new AsyncDisposableStack();
  const disk = openDisk(dir, diskMegabytes);
  if (disk !== undefined) opened.use(disk);
  const postgres = opened.use(await startPostgres(smallWal, disk?.path));
  const redis = opened.use(await openRedis(disk === undefined ? {} : { folder: disk.path }));
  const toPostgres = opened.use(await startProxy(postgres.port));
  const toRedis = opened.use(await startProxy(redis.port));
  const ledgerUrl = await postgres.database();
  const throughNetwork = new URL(ledgerUrl);
  throughNetwork.port = String(toPostgres.port);
  const all = opened.move();
  return {
    postgres,
    redis,
    toPostgres,
    toRedis,
    disk,
    ledgerUrl,
    config: `ledger: { postgres: { url: { env: CHAOS_LEDGER } } }
queue: { redis: { url: { env: CHAOS_QUEUE } } }
`,
    env: { CHAOS_LEDGER: throughNetwork.href, CHAOS_QUEUE: `redis://127.0.0.1:${toRedis.port}` },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
