import { allMigrations } from '../../src/ledger/db/migrations.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { testClock } from './clock.ts';

// Upgrades the ledger that it is given, and is killed when the last migration has done its work and nothing is committed yet.
const file = process.argv[2]!;
const last = Object.values(allMigrations).at(-1)!;
const usual = { ...last };
last.up = async (db) => {
  await usual.up(db);
  process.kill(process.pid, 'SIGKILL');
};
await openSqliteLedger({ file, clock: testClock() });
