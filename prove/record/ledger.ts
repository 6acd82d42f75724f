import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { type PostgresServer, startPostgres } from '../../test/servers/postgres.ts';
import { type Item, readable } from './item.ts';
import type { Program } from './program.ts';

/** What `once` leaves in either ledger, and what is shown of it. */
export async function* afterOnce(program: Program): AsyncIterable<Item> {
  yield { name: 'once.sqlite.txt', text: program.run(['once']) };
  yield* sqliteDump(join(program.folder, 'data/ledger.db'));
  yield* explanations(program);
  yield* digests(program);
  yield { name: 'metrics.txt', text: await metrics(program) };
  await using server = await startPostgres();
  const url = await server.database();
  const config = program.configure('postgres.yaml', '\nledger:\n  postgres:\n    url: { env: LEDGER_URL }\n');
  Object.assign(program.env, { LEDGER_URL: url, PILCROW_DATA: join(program.folder, 'data-beside-postgres') });
  const text = program.run(['--config', config, 'once', '--log', 'json']);
  yield { name: 'once.postgres.txt', text };
  yield* postgresDump(server, new URL(url).pathname.slice(1));
}

function* sqliteDump(file: string): Iterable<Item> {
  using database = new DatabaseSync(file, { readOnly: true });
  const ask = (sql: string, ...values: string[]) => database.prepare(sql).all(...values);
  for (const { name } of ask(`select name from sqlite_schema where type = 'table' order by name`)) {
    const parts = ask('select sql from sqlite_schema where tbl_name = ? and sql is not null', String(name));
    const definition = parts.map(({ sql }) => String(sql).replaceAll(', "', ',\n  "'));
    yield dumped('sqlite', String(name), definition, ask(`select * from "${String(name)}"`));
  }
}

async function* postgresDump(server: PostgresServer, database: string): AsyncIterable<Item> {
  const ask = (sql: string) => server.query(sql, database);
  for (const { name } of await ask(`select relname as name from pg_class where relkind = 'r' and
      relnamespace = 'public'::regnamespace order by relname collate "C"`)) {
    const table = `'"${String(name)}"'::regclass`;
    const columns = await ask(`select concat_ws(' ', quote_ident(attname), format_type(atttypid, atttypmod),
        case when attnotnull then 'not null' end, 'default ' || pg_get_expr(adbin, adrelid)) as line
      from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attrelid = ${table} and attnum > 0 and not attisdropped order by attnum`);
    const others = await ask(`select concat(conname, ' ', pg_get_constraintdef(oid)) as line from pg_constraint where
        conrelid = ${table} union all select pg_get_indexdef(indexrelid) from pg_index where indrelid = ${table}`);
    const definition = [columns.map(({ line }) => String(line)).join('\n'), ...others.map(({ line }) => String(line))];
    yield dumped('postgres', String(name), definition, await ask(`select * from "${String(name)}"`));
  }
}

function dumped(kind: string, table: string, definition: readonly string[], rows: Record<string, unknown>[]): Item {
  const blocks = rows.map((row) =>
    Object.entries(row).map(
      ([column, value]) => `${column}: ${readable(String(value)).trim().replaceAll('\n', '\n    ')}`,
    ),
  );
  const text = [...definition, ...blocks.map((lines) => `row\n  ${lines.join('\n  ')}`)].join('\n\n');
  return { name: `ledger/${kind}/${table}.txt`, text };
}

function* explanations(program: Program): Iterable<Item> {
  const posts = readFileSync(join(program.folder, 'config/sample/posts.jsonl'), 'utf8').trim().split('\n');
  for (const [index] of posts.entries()) {
    const key = `file:${index + 1}`;
    yield { name: `explain/post-${index + 1}.txt`, text: program.run(['explain', '--json', key]) };
  }
  yield { name: 'explain/post-1.people.txt', text: program.run(['explain', 'file:1']) };
}

/** That of the sample's day, in each format that the help names. */
function* digests(program: Program): Iterable<Item> {
  const [, choices = ''] = /--format <format>[^(]*\(choices:([^)]*)\)/.exec(program.run(['digest', '--help'])) ?? [];
  for (const [, format = ''] of choices.matchAll(/"(\w+)"/g)) {
    const text = program.run(['digest', '--date', '2026-11-02', '--preview', '--format', format]);
    yield { name: `digest/${format}.txt`, text };
  }
}

/** The page once it stays as it is: names, help, types and labels, and values that do not measure this process or time. */
async function metrics(program: Program): Promise<string> {
  const config = program.configure('metrics.yaml', '\nobserve:\n  listen: 127.0.0.1:0\n');
  const address = /http:\/\/[\d.:]+\/metrics/;
  return await program.serve(['--config', config, 'run', '--no-web'], address, async (url) => {
    for (let before = ''; ; await delay(1000)) {
      const page = steady(await (await fetch(url)).text());
      if (page === before) return page;
      before = page;
    }
  });
}

function steady(page: string): string {
  return page
    .split('\n')
    .filter((line) => !/^(?:process|nodejs)_/.test(line))
    .map((line) => line.replace(/^(\w+_seconds(?:\{.*\})?) .*/, '$1 <N>'))
    .join('\n');
}
