import { accessSync, constants, statfsSync } from 'node:fs';
import { Command } from 'commander';
import { type App, openApp, readConfig } from '../app.ts';
import { workerIsRunning } from '../app/embedded.ts';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../core/errors.ts';
import { feedRows } from '../ledger/feeds.ts';
import { quickCheck } from '../ledger/notes.ts';
import { countPosts } from '../ledger/posts.ts';
import { countReplies } from '../ledger/replies.ts';
import { publicList } from './catalogue.ts';
import type { Output } from './output.ts';
import { version } from './version.ts';

interface Check {
  readonly name: string;
  readonly state: 'ok' | 'note' | 'fail';
  readonly message: string;
}

export function doctorCommand(output: Output): Command {
  return new Command('doctor')
    .description('check configuration, folders, ledger, cables, feeds and publishers; works beside a running bot')
    .option('--json', 'one JSON object per check and line')
    .option(
      '--running',
      'only: does a bot work on this ledger, and was it alive within the last two minutes? (health checks)',
    )
    .addHelpText(
      'after',
      '\nExit code 1 when something fails, 2 when the configuration is wrong (every fault is listed).',
    )
    .action(async (options: { json?: true; running?: true }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      for await (const check of options.running === true ? aliveCheck(config) : allChecks(config)) {
        if (check.state === 'fail') output.exitCode = 1;
        if (options.json === true) output.json(check);
        else output.line(`${mark(check, output)} ${check.name.padEnd(14)} ${check.message}`);
      }
    });
}

async function* allChecks(config: Config): AsyncIterable<Check> {
  yield { name: 'versions', state: 'ok', message: `pilcrow ${version}, Node ${process.versions.node}` };
  yield { name: 'configuration', state: 'ok', message: config.file };
  yield dataFolder(config);
  const troubles: string[] = [];
  const never = new AbortController().signal;
  await using app = await openApp(config, {
    tell: (event) => {
      if (event.kind === 'trouble') troubles.push(`${event.what}: ${event.message}`);
    },
    stopping: never,
    hurry: never,
    bell: 'none',
  });
  yield { name: 'rules', state: 'ok', message: `${config.rules}, version ${app.rulesVersion}` };
  yield cables(app);
  for (const message of troubles) yield { name: 'documents', state: 'note', message };
  yield* ledgerChecks(app);
  yield* aliveCheck(config, 'note');
  yield* feedChecks(app);
  yield* publisherChecks(app);
}

function dataFolder(config: Config): Check {
  const name = 'data folder';
  try {
    accessSync(config.dataDir, constants.W_OK);
    const { bavail, bsize } = statfsSync(config.dataDir);
    const freeMb = Math.floor((bavail * bsize) / 1e6);
    const message = `${config.dataDir}, ${freeMb.toLocaleString('en')} MB free`;
    return { name, state: freeMb < 200 ? 'fail' : 'ok', message };
  } catch (error) {
    return { name, state: 'fail', message: `${config.dataDir} cannot be written: ${messageOf(error)}` };
  }
}

function cables(app: App): Check {
  if (app.cables.catalogue !== undefined) return { name: 'cables', state: 'ok', message: app.cables.summary };
  return {
    name: 'cables',
    state: 'note',
    message: `${app.cables.summary}; without a list of all cables, IDs stay "unverified": pilcrow catalogue import FILE; ${publicList}`,
  };
}

async function* ledgerChecks(app: App): AsyncIterable<Check> {
  const { ledger } = app;
  const found = await quickCheck(ledger.db);
  yield {
    name: 'ledger',
    state: found === 'ok' ? 'ok' : 'fail',
    message: found === 'ok' ? ledger.place : `${ledger.place}: ${found}`,
  };
  const posts = await countPosts(ledger.db);
  const failed = posts['failed'] ?? 0;
  yield { name: 'posts', state: failed > 0 ? 'note' : 'ok', message: counted(posts) };
  const replies = await countReplies(ledger.db);
  const open = (replies['unknown'] ?? 0) + (replies['refused'] ?? 0) + (replies['abandoned'] ?? 0);
  yield { name: 'replies', state: open > 0 ? 'note' : 'ok', message: counted(replies) };
}

async function* aliveCheck(config: Config, absent: 'note' | 'fail' = 'fail'): AsyncIterable<Check> {
  const running = await workerIsRunning(config);
  yield running.alive
    ? { name: 'bot', state: 'ok', message: running.message }
    : { name: 'bot', state: absent, message: running.message };
}

async function* feedChecks(app: App): AsyncIterable<Check> {
  const rows = new Map((await feedRows(app.ledger.db)).map((row) => [row.name, row]));
  for (const source of app.feeds.values()) {
    const name = `feed ${source.name}`;
    const row = rows.get(source.name);
    if (row === undefined) yield { name, state: 'note', message: 'was not read yet' };
    else if (row.last_error !== null) {
      yield { name, state: 'fail', message: `${row.last_error}; rests until ${new Date(row.due_at).toISOString()}` };
    } else {
      const rejected = row.rejected > 0 ? `, ${row.rejected} could not be read` : '';
      yield { name, state: 'ok', message: `${row.seen} posts seen, ${row.kept} kept${rejected}` };
    }
  }
}

async function* publisherChecks(app: App): AsyncIterable<Check> {
  for (const { name, platform } of app.config.publishers) {
    try {
      await app.publisher(name);
      yield { name: `publisher ${name}`, state: 'ok', message: platform };
    } catch (error) {
      yield { name: `publisher ${name}`, state: 'fail', message: messageOf(error) };
    }
  }
}

function counted(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  return parts.length > 0 ? parts.join(', ') : 'none yet';
}

function mark({ state }: Check, { paint }: Output): string {
  if (state === 'ok') return paint.green('ok  ');
  return state === 'note' ? paint.yellow('note') : paint.red('FAIL');
}
