import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { seeded } from '../make-posts.ts';
import { childEnv } from '../child-env.ts';
import { writeDump } from './dump.ts';
import { madeCorpus } from './generate.ts';

/** Cables of a commit and bytes of a piece: both few, so that a kill comes between two of them. */
const sizes = ['5', '20000'];

export interface ImportKills {
  /** Kills that met an import at work. */
  readonly fired: number;
  /** Runs that went on with what an earlier one had left. */
  readonly resumed: number;
  /** Tables in which the corpus differs from that of an import that nobody killed. */
  readonly differing: readonly string[];
  readonly cables: number;
  readonly rejects: number;
}

/**
 * Kills an import of a dump and a folder with SIGKILL at seeded moments, from its first millisecond to its last, starts it again each
 * time, lets the last one finish, and compares every table with what an import without a kill wrote.
 */
export async function importKills(plan: {
  dir: string;
  cables: number;
  kills: number;
  seed: number;
}): Promise<ImportKills> {
  const { dir, cables, kills, seed } = plan;
  const paths = await writeSources(dir, cables, seed);
  const [whole, killed] = [join(dir, 'whole.db'), join(dir, 'killed.db')];
  const items = (await run([whole, ...sizes, ...paths])).dots;
  const random = seeded(seed);
  let [fired, resumed] = [0, 0];
  for (let i = 0; i < kills; i += 1) {
    // Some die while they start or end; those in between get on by a share of the items.
    const dots = random() < 0.2 ? 0 : Math.ceil((random() * 2 * items) / kills);
    const child = await run([killed, ...sizes, ...paths], { dots, laterMs: random() * (dots === 0 ? 400 : 8) });
    if (child.killed) fired += 1;
    if (child.result?.resumed === true) resumed += 1;
  }
  const last = await run([killed, ...sizes, ...paths]);
  if (last.result?.resumed === true) resumed += 1;
  const [expected, got] = [contentOf(whole), contentOf(killed)];
  const differing = Object.keys(expected).filter((table) => expected[table] !== got[table]);
  return { fired, resumed, differing, cables: rowsIn(killed), rejects: last.result?.rejects ?? -1 };
}

/** Two dumps of which the second has some cables of the first again, and a folder with a text that is cut short and one that is none. */
async function writeSources(dir: string, cables: number, seed: number): Promise<string[]> {
  const corpus = madeCorpus({ count: cables, seed });
  const folder = join(dir, 'pages');
  mkdirSync(folder);
  copyFileSync(new URL('../../../config/sample/07ASTANA2244.txt', import.meta.url), join(folder, '07ASTANA2244.txt'));
  writeFileSync(join(folder, 'empty.txt'), '');
  for (let at = 0; at < Math.min(60, cables); at += 1) {
    const { id, header, body } = corpus.cable(at);
    writeFileSync(join(folder, `${id}.txt`), `${header}\n\n${body.slice(0, body.length / 2)}`);
  }
  const half = Math.floor(cables / 2);
  await writeDump(join(dir, 'one.csv'), corpus, 0, half);
  await writeDump(join(dir, 'two.csv'), corpus, Math.floor(half / 2));
  return [folder, join(dir, 'one.csv'), join(dir, 'two.csv')];
}

interface Ran {
  readonly dots: number;
  readonly killed: boolean;
  readonly result: { readonly resumed: boolean; readonly rejects: number } | undefined;
}

/** Kills it when it has written so many dots, and that much later. */
async function run(args: readonly string[], kill?: { dots: number; laterMs: number }): Promise<Ran> {
  const child = spawn(process.execPath, [new URL('import-child.ts', import.meta.url).pathname, ...args], {
    env: childEnv,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'close');
  const failpoint = Promise.withResolvers<void>();
  let out = '';
  const dots = (): number => /^\.*/.exec(out)?.[0].length ?? 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (kill !== undefined && dots() >= kill.dots) failpoint.resolve();
  });
  if (kill?.dots === 0) failpoint.resolve();
  if (kill !== undefined) {
    await Promise.race([failpoint.promise, exited]);
    await delay(kill.laterMs);
    child.kill('SIGKILL');
  }
  await exited;
  const line = out.split('\n')[1] ?? '';
  const result = line === '' ? undefined : (JSON.parse(line) as Ran['result']);
  return { dots: dots(), killed: child.signalCode === 'SIGKILL', result };
}

const tables = {
  cables: 'select * from cables',
  documents: 'select number, hex(packed) from documents',
  mentions: 'select * from mentions',
  sources: 'select * from sources',
  copies: 'select * from copies',
  frequencies: 'select * from frequencies',
  rejects: 'select * from rejects',
  next: "select value from facts where name = 'next'",
  words: 'select term, doc from temp.terms',
} as const;

/** All that a corpus says, table by table, as texts that can be compared. */
export function contentOf(file: string): Record<string, string> {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    db.exec("create virtual table temp.terms using fts5vocab('main', 'words', 'instance')");
    return Object.fromEntries(
      Object.entries(tables).map(([name, query]) => [name, JSON.stringify(db.prepare(query).all())]),
    );
  } finally {
    db.close();
  }
}

function rowsIn(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = Number(db.prepare('select count(*) as n from cables').get()?.['n']);
  db.close();
  return rows;
}
