import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../src/core/clock.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import type { PostgresServer } from '../../test/servers/postgres.ts';
import { pilcrowOnce, writeWorkplace } from '../../test/support/workplace.ts';
import { makeLedger, postsADay } from './make-ledger.ts';
import { addYears } from './more-years.ts';

/** Made by the bot's statements; a ledger of more posts is made of copies of one of so many, whose days are whole. */
const statedPosts = 73 * postsADay;

/** A folder with a ledger of about so many posts, made unless it is there, and the configuration of its bot. Returns that file. */
export async function workplaceOf(folder: string, posts: number): Promise<string> {
  const dir = join(folder, String(posts));
  const file = join(dir, 'data/ledger.db');
  mkdirSync(join(dir, 'data'), { recursive: true });
  const config = writeWorkplace(dir, []);
  const more =
    'digests: [{ name: daily, timezone: UTC }]\nretention: { texts: null }\nweb: { listen: "127.0.0.1:18197", cables: public }\n';
  writeFileSync(config, `${readFileSync(config, 'utf8').replace(/^web: .*$/m, '')}${more}`);
  if (existsSync(file)) return config;
  if (posts <= statedPosts) {
    await using ledger = await openSqliteLedger({ file, clock: systemClock });
    await makeLedger(ledger, { posts, seed: 2026, end: Date.now() });
  } else {
    const part = await workplaceOf(folder, statedPosts);
    copyFileSync(join(part, '../data/ledger.db'), file);
    addYears(file, { copies: Math.round(posts / statedPosts), days: 73 });
  }
  return config;
}

/** The day of the latest edition in that bot's ledger. */
export function latestEdition(config: string): string {
  using ledger = new DatabaseSync(join(config, '../data/ledger.db'), { readOnly: true });
  return String(ledger.prepare('select max(date) as date from editions').get()?.['date']);
}

/** The same bot with a copy of its ledger in PostgreSQL. Returns the configuration. */
export async function copyInPostgres(config: string, server: PostgresServer): Promise<string> {
  process.env['YEARS_URL'] = await server.database();
  const copy = config.replace(/\.yaml$/, '-postgres.yaml');
  writeFileSync(copy, `${readFileSync(config, 'utf8')}ledger: { postgres: { url: { env: YEARS_URL } } }\n`);
  const { code, err } = await pilcrowOnce(['ledger', 'copy', '--config', copy]);
  if (code !== 0) throw new Error(err);
  await server.query('vacuum analyze', new URL(process.env['YEARS_URL']).pathname.slice(1));
  return copy;
}
