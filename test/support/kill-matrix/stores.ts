import { postgresIsHere, type PostgresServer, startPostgres } from '../../servers/postgres.ts';
import { openRedis, redisIsHere, type RedisServer } from '../../servers/redis.ts';

/** Where a bot keeps its ledger and its queue. */
export interface Store {
  readonly name: string;
  /** An empty one for one run. Errors: whatever keeps it from being there. */
  prepare(): Promise<PreparedStore>;
}

export interface PreparedStore extends AsyncDisposable {
  /** Lines of the configuration file. */
  readonly config: string;
  /** Variables that these lines name. */
  readonly env: Readonly<Record<string, string>>;
}

const nothingToEnd = { [Symbol.asyncDispose]: () => Promise.resolve() };

const embedded: Store = {
  name: 'SQLite + in-process',
  prepare: () => Promise.resolve({ config: '', env: {}, ...nothingToEnd }),
};

/** Servers for all runs of this process: a database for each run, and keys of its own. */
let postgres: Promise<PostgresServer> | undefined;
let redis: Promise<RedisServer> | undefined;
let runs = 0;

/** Ends what the stores started. */
export async function closeStores(): Promise<void> {
  await (await postgres)?.[Symbol.asyncDispose]();
  await (await redis)?.[Symbol.asyncDispose]();
  postgres = undefined;
  redis = undefined;
}

const variables = { ledger: 'PILCROW_TEST_LEDGER', queue: 'PILCROW_TEST_QUEUE' };
const ledgerLine = `ledger: { postgres: { url: { env: ${variables.ledger} } } }\n`;

async function sharedLedger() {
  // A database for each run: a server that vacuums them all does little else.
  postgres ??= startPostgres({ autovacuum: 'off' });
  return { [variables.ledger]: await (await postgres).database() };
}

const shared: Store = {
  name: 'PostgreSQL + in-process',
  prepare: async () => ({ config: ledgerLine, env: await sharedLedger(), ...nothingToEnd }),
};

const distributed: Store = {
  name: 'PostgreSQL + BullMQ',
  async prepare() {
    redis ??= openRedis();
    runs += 1;
    return {
      config: `${ledgerLine}queue: { redis: { url: { env: ${variables.queue} }, prefix: run-${process.pid}-${runs} } }\n`,
      env: { ...(await sharedLedger()), [variables.queue]: (await redis).url },
      ...nothingToEnd,
    };
  },
};

/** Redis is configured, and nobody answers at its address: every process finds its own work. */
export const withoutRedis: Store = {
  name: 'PostgreSQL + BullMQ without its Redis',
  prepare: async () => ({
    config: `${ledgerLine}queue: { redis: { url: { env: ${variables.queue} } } }\n`,
    // The port of discarded packets; nobody listens there.
    env: { ...(await sharedLedger()), [variables.queue]: 'redis://127.0.0.1:9' },
    ...nothingToEnd,
  }),
};

/** Every store that the promise holds for and whose servers are here. */
export const stores: readonly Store[] = [
  embedded,
  ...(postgresIsHere ? [shared] : []),
  ...(postgresIsHere && redisIsHere ? [distributed] : []),
];
