// npx -c 'node prove/store-ledger.ts': stores a small ledger of this version in test/data/ledgers, as a SQLite file and as a dump of PostgreSQL.
// Every later version must open it (test/e2e/stored-ledgers.test.ts). All posts in it are invented.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../src/core/clock.ts';
import { copyLedger } from '../src/ledger/db/copy.ts';
import { violations } from '../src/ledger/db/ledger-check.ts';
import { openPostgresLedger } from '../src/ledger/db/postgres.ts';
import { openSqliteLedger } from '../src/ledger/db/sqlite.ts';
import { startPostgres } from '../test/servers/postgres.ts';
import { fillEveryTable } from '../test/support/full-ledger.ts';
import { pilcrowOnce, writeWorkplace } from '../test/support/workplace.ts';

const root = new URL('..', import.meta.url).pathname;
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const target = join(root, 'test/data/ledgers', version);

const dir = mkdtempSync(join(tmpdir(), 'pilcrow-'));
try {
  const file = await filledBy(dir);
  await storeDump(file);
  storeFile(file);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

/** The ledger of a bot that ran `once`, and whose every table has rows besides. */
async function filledBy(folder: string): Promise<string> {
  const posts = [
    { id: 'answered', author: 'ada', text: 'Have you read #07ASTANA2244 ¶5?' },
    { id: 'unread', text: 7 },
    { id: 'off topic', author: 'ada', text: 'Good morning' },
  ];
  const config = writeWorkplace(folder, posts);
  writeFileSync(config, `${readFileSync(config, 'utf8')}digests: [{ name: daily, timezone: UTC }]\n`);
  const { code, err } = await pilcrowOnce(['once', '--config', config]);
  if (code !== 0) throw new Error(err);
  const file = join(folder, 'data/ledger.db');
  await using ledger = await openSqliteLedger({ file, clock: systemClock });
  await fillEveryTable(ledger);
  for await (const { message } of violations(ledger.db)) throw new Error(message);
  return file;
}

/** SQL that makes the same ledger in an empty database of any version of PostgreSQL. */
async function storeDump(file: string): Promise<void> {
  await using server = await startPostgres();
  const url = await server.database();
  {
    await using from = await openSqliteLedger({ file, clock: systemClock });
    await using to = await openPostgresLedger({ url });
    await copyLedger(from, to, () => {});
  }
  // Without commands of psql, and settings that only the dumping version knows.
  const lines = server.dump(url).split('\n');
  writeFileSync(`${target}.sql`, lines.filter((line) => !/^(?:\\|SET |--|$)/.test(line)).join('\n'));
}

function storeFile(file: string): void {
  rmSync(`${target}.db`, { force: true });
  using database = new DatabaseSync(file);
  // Small pages, because most tables have few rows.
  database.exec('pragma journal_mode = delete; pragma page_size = 512; vacuum');
  database.prepare('vacuum into ?').run(`${target}.db`);
}
