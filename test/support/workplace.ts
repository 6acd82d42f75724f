import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;

/** A configuration of its own in a folder of its own: one file of posts in, the log out. */
export function writeWorkplace(dir: string, posts: readonly object[], feed = 'every: 1s'): string {
  writeFileSync(join(dir, 'posts.jsonl'), posts.map((post) => `${JSON.stringify(post)}\n`).join(''));
  const config = join(dir, 'pilcrow.yaml');
  const source = `  - name: posts
    platform: file
    ${feed}
    maxAge: null
    paths: [posts.jsonl]`;
  writeFileSync(config, configuration([source]));
  return config;
}

/** Gives a workplace rules of its own, those of config/rules.yaml at first, so that it may change them. Returns their file. */
export function ownRules(dir: string): string {
  const [config, rules] = [join(dir, 'pilcrow.yaml'), join(dir, 'rules.yaml')];
  copyFileSync(join(root, 'config/rules.yaml'), rules);
  writeFileSync(config, readFileSync(config, 'utf8').replace(/^rules: .*$/m, 'rules: rules.yaml'));
  return rules;
}

/** A configuration that reads these feeds and writes to the log; `more` stands at its end. */
export function configuration(feeds: readonly string[], more = ''): string {
  return `data: data
feeds:
${feeds.join('\n')}
publishers:
  - name: log
    platform: log
rules: ${root}config/rules.yaml
templates: ${root}config/templates
corpus: [${root}config/sample]
${more.includes('web:') ? '' : 'web: { listen: null }\n'}${more}`;
}

const running = new Map<ChildProcess, Promise<unknown>>();

/** Kills all bots that still run. */
export async function endBots(): Promise<void> {
  const ended = [...running.values()];
  for (const child of running.keys()) child.kill('SIGKILL');
  await Promise.all(ended);
}

/** The bot as a user starts it, from the checkout or by another `program`. `stdout`: a file that its standard output goes to. In tests it ends with its test. */
export function pilcrow(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; stdout?: string; program?: string } = {},
) {
  const redirect = `exec "$0" "$@"${options.stdout === undefined ? '' : ` >${options.stdout}`}`;
  const { program = join(root, 'bin/pilcrow.js') } = options;
  const child = spawn('sh', ['-c', redirect, process.execPath, program, ...args], {
    cwd: options.cwd ?? root,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  running.set(child, exited);
  void exited.then(() => running.delete(child));
  return {
    child,
    exited,
    get out() {
      return out;
    },
    get err() {
      return err;
    },
  };
}

/** Runs a command to its end; `input` is its standard input. */
export async function pilcrowOnce(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; program?: string; input?: string } = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const run = pilcrow(args, options);
  run.child.stdin.end(options.input ?? '');
  const code = await run.exited;
  return { code, out: run.out, err: run.err };
}
