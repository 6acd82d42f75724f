import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { seeded } from './make-posts.ts';
import { pilcrow, writeWorkplace } from './workplace.ts';

export interface KillRun {
  /** Kills that met a bot at work, with work left. */
  readonly fired: number;
  /** Cited posts without a reply in the log. */
  readonly lost: number;
  /** Replies in the log beyond the first for their post. */
  readonly doubled: number;
  /** Replies in the ledger by state, at the end. */
  readonly states: Record<string, number>;
}

/**
 * Kills `run` with SIGKILL at seeded moments, spread over its work on a file of cited posts, starts it again each time, and
 * lets the last one finish. The verdict is read from the log of replies and the input, not from the bot's own word.
 */
export async function killRun(plan: { dir: string; posts: number; kills: number; seed: number }): Promise<KillRun> {
  const { dir, posts, kills, seed } = plan;
  const config = writeWorkplace(
    dir,
    Array.from({ length: posts }, (_, i) => citedPost(i)),
  );
  const log = join(dir, 'data/replies.jsonl');
  const ledger = join(dir, 'data/ledger.db');
  const random = seeded(seed);
  let fired = 0;
  for (let i = 0; i < kills; i += 1) {
    const bot = pilcrow(['run', '--quiet', '--config', config]);
    await untilLines(log, Math.floor(((i + random()) / kills) * posts * spread), bot.exited);
    await delay(random() * 10);
    const unfinished = countLines(log) < posts;
    if (bot.child.exitCode === null && bot.child.kill('SIGKILL') && unfinished) fired += 1;
    await bot.exited;
  }
  const last = pilcrow(['run', '--quiet', '--config', config]);
  await untilSettled(ledger, posts);
  last.child.kill('SIGTERM');
  await last.exited;
  const replied = readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { key: string }).key);
  const keys = new Set(replied);
  const cited = Array.from({ length: posts }, (_, i) => `file:p${i}`);
  return {
    fired,
    lost: cited.filter((key) => !keys.has(key)).length,
    doubled: replied.length - keys.size,
    states: states(ledger),
  };
}

/** The last kill must find work left: while a busy machine lets us look, the bot answers hundreds of posts. */
const spread = 0.6;

function citedPost(i: number): object {
  const text = `#cablegate #07ASTANA2244 ¶${(i % 24) + 1}`;
  return { id: `p${i}`, author: `user${i % 50}`, createdAt: '2026-11-23T10:00:00Z', text };
}

async function untilLines(file: string, count: number, exited: Promise<unknown>): Promise<void> {
  const bot = { gone: false };
  void exited.then(() => (bot.gone = true));
  while (!bot.gone && countLines(file) < count) await delay(2);
}

/** How long nothing may happen: replies that were under way at a kill are looked up after a while. */
const patienceMs = 120_000;

/** Waits until all is sent, or nothing more happens: the run has failed then. */
async function untilSettled(ledger: string, posts: number): Promise<void> {
  let progress = { sent: 0, at: Date.now() };
  while (progress.sent !== posts && Date.now() - progress.at < patienceMs) {
    await delay(50);
    const { sent = 0 } = states(ledger);
    if (sent !== progress.sent) progress = { sent, at: Date.now() };
  }
}

const counted = new Map<string, { size: number; lines: number }>();

/** Counts only what was appended since the last look. */
function countLines(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const before = counted.get(file);
  if (before?.size === size) return before.lines;
  const lines = size === 0 ? 0 : readFileSync(file, 'latin1').split('\n').length - 1;
  counted.set(file, { size, lines });
  return lines;
}

function states(file: string): Record<string, number> {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    const rows = db.prepare('select state, count(*) as n from replies group by state').all();
    return Object.fromEntries(rows.map((row) => [String(row['state']), Number(row['n'])]));
  } finally {
    db.close();
  }
}
