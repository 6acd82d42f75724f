import { postgresIsHere, type PostgresServer, startPostgres } from '../../servers/postgres.ts';

/** Where a bot keeps its ledger and how its bells ring. */
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

const embedded: Store = {
  name: 'SQLite + in-process',
  prepare: () => Promise.resolve({ config: '', env: {}, [Symbol.asyncDispose]: () => Promise.resolve() }),
};

/** One PostgreSQL server for all runs of this process, a database for each. */
let server: Promise<PostgresServer> | undefined;

/** Ends what the stores started. */
export async function closeStores(): Promise<void> {
  await (await server)?.[Symbol.asyncDispose]();
  server = undefined;
}

const ledgerUrl = 'PILCROW_TEST_LEDGER';

const shared: Store = {
  name: 'PostgreSQL + in-process',
  async prepare() {
    server ??= startPostgres();
    return {
      config: `ledger: { postgres: { url: { env: ${ledgerUrl} } } }\n`,
      env: { [ledgerUrl]: await (await server).database() },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

/** Every store that the promise holds for and whose servers are here. */
export const stores: readonly Store[] = [embedded, ...(postgresIsHere ? [shared] : [])];
