import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { need } from './need.ts';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const source = '/usr/share/wordpress';

/** For `describe.skipIf(!wordpressIsHere)`. */
export const wordpressIsHere = need(
  'WordPress',
  existsSync(`${source}/wp-load.php`) &&
    [
      ['php', '-v'],
      ['mariadbd', '--version'],
    ].every(([program = '', flag = '']) => !spawnSync(program, [flag]).error),
  'apt install --no-install-recommends wordpress php-cli php-mysql php-curl mariadb-server (Debian’s own daemons are not needed)',
);

/** Somebody who may log in with an application password. */
export interface WordpressUser {
  readonly id: number;
  readonly username: string;
  readonly password: string;
}

/** A real WordPress on a free port of 127.0.0.1, with a database of its own. Its administrator writes posts. */
export interface WordpressServer extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  /** For `allowPrivate`. */
  readonly allow: string;
  readonly port: number;
  /** Runs PHP within WordPress; what it echoes is returned. */
  php(code: string): Promise<string>;
  addUser(username: string, role: 'subscriber' | 'author' | 'editor'): Promise<WordpressUser>;
  /** Publishes a post and returns its id. */
  post(post: {
    title: string;
    slug?: string;
    content?: string;
    tags?: readonly string[];
    type?: 'post' | 'page';
  }): Promise<number>;
  /** Contents of the comments of a post that are neither spam nor in the trash. */
  comments(post: number): Promise<{ id: number; content: string; parent: number; user: number }[]>;
  /** The web server ends; the database stays. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startWordpress(): Promise<WordpressServer> {
  const dir = await mkdtemp(join(tmpdir(), 'pilcrow-wp-'));
  const database = await startMariadb(dir);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const site = join(dir, 'site');
  // Copied with what its links lead to: WordPress looks for its configuration beside its files.
  await run('cp', ['-rL', source, site]);
  await writeFile(join(site, 'wp-config.php'), configuration(database.socket, url));
  const php = async (code: string) => {
    const loaded = `<?php ${code === installation ? "define('WP_INSTALLING', true);" : ''} require '${site}/wp-load.php'; ${code}`;
    const file = join(dir, `run-${crypto.randomUUID()}.php`);
    await writeFile(file, loaded);
    return (await run('php', [file])).stdout;
  };
  await php(installation);
  // In a process of its own: the rules of addresses come with what is registered at the start.
  await php('flush_rewrite_rules(true);');
  let server: ChildProcess | undefined;
  const start = async () => {
    server = spawn('php', ['-S', `127.0.0.1:${port}`, '-t', site], {
      env: { ...process.env, PHP_CLI_SERVER_WORKERS: '4' },
      stdio: 'ignore',
      // A group of its own: its workers end with it.
      detached: true,
    });
    guard(server, (pid) => process.kill(-pid, 'SIGKILL'));
    await until(server, async () => (await fetch(`${url}/?rest_route=/`)).ok);
  };
  const stop = async () => {
    await end(server);
    server = undefined;
  };
  await start();
  return {
    url,
    allow: `127.0.0.1:${port}`,
    port,
    php,
    start,
    stop,
    async addUser(username, role) {
      const code = `
        $id = wp_insert_user(['user_login' => '${username}', 'user_pass' => wp_generate_password(), 'role' => '${role}',
          'user_email' => '${username}@example.org', 'display_name' => '${username}']);
        [$password] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'pilcrow']);
        echo json_encode(['id' => $id, 'username' => '${username}', 'password' => $password]);`;
      return JSON.parse(await php(code)) as WordpressUser;
    },
    async post({ title, slug = title, content = '', tags = [], type = 'post' }) {
      const post = { post_title: title, post_name: slug, post_content: content, tags_input: tags, post_type: type };
      // As the editor does it: a draft is given its guid, ?p=ID, and published later.
      const code = `$id = wp_insert_post(json_decode(${quoted(post)}, true) + ['post_status' => 'draft', 'post_author' => 1, 'comment_status' => 'open']);
        wp_update_post(['ID' => $id, 'post_status' => 'publish']); echo $id;`;
      return Number(await php(code));
    },
    async comments(post) {
      const columns = `'id', comment_ID, 'content', comment_content, 'parent', comment_parent, 'user', user_id`;
      const rows = `from wp_comments where comment_post_ID = ${post} and comment_approved in ('0', '1')`;
      const json = await database.ask(`select coalesce(json_arrayagg(json_object(${columns})), '[]') ${rows}`);
      return JSON.parse(json) as Awaited<ReturnType<WordpressServer['comments']>>;
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await database[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** JSON as a PHP string. */
function quoted(value: unknown): string {
  return `base64_decode('${Buffer.from(JSON.stringify(value)).toString('base64')}')`;
}

function configuration(socket: string, url: string): string {
  return `<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost:${socket}');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
// As it is called: a proxy before it stands for it.
define('WP_HOME', isset($_SERVER['HTTP_HOST']) ? 'http://' . $_SERVER['HTTP_HOST'] : '${url}'); define('WP_SITEURL', WP_HOME);
// Application passwords over http, which only a local site has.
define('WP_ENVIRONMENT_TYPE', 'local');
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true);
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT'] as $name)
  define($name, hash('sha256', $name . '${crypto.randomUUID()}'));
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
`;
}

/** Comments of those who log in are shown at once; addresses of posts are words. */
const installation = `
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('A blog', 'admin', 'admin@example.org', true, '', 'not-used');
update_option('comment_previously_approved', 0);
update_option('comment_max_links', 0);
update_option('permalink_structure', '/%postname%/');
`;

async function startMariadb(dir: string) {
  const data = join(dir, 'data');
  const socket = join(dir, 'mariadb.sock');
  const asRoot = process.getuid?.() === 0;
  if (asRoot) await chown(dir, Number(execFileSync('id', ['-u', 'mysql'])), -1 >>> 0);
  const user = asRoot ? ['--user=mysql'] : [];
  await run('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    // Two servers that begin at the same time would remove each other's temporary tables.
    `--tmpdir=${dir}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...user,
  ]);
  const flags = ['--no-defaults', `--datadir=${data}`, `--socket=${socket}`, '--skip-networking', ...user];
  const tuning = [
    '--innodb-buffer-pool-size=32M',
    '--innodb-flush-log-at-trx-commit=0',
    `--pid-file=${dir}/mariadb.pid`,
  ];
  const server = spawn('mariadbd', [...flags, ...tuning], { stdio: 'ignore' });
  guard(server, (pid) => process.kill(pid, 'SIGKILL'));
  const client = [
    '--no-defaults',
    `--socket=${socket}`,
    '-u',
    'root',
    '--raw',
    '-N',
    '--default-character-set=utf8mb4',
  ];
  const sql = async (...words: string[]) => (await run('mariadb', [...client, ...words])).stdout;
  await until(server, async () => {
    await sql('-e', 'create database wordpress character set utf8mb4');
    return true;
  });
  return {
    socket,
    ask: (question: string) => sql('wordpress', '-e', question),
    [Symbol.asyncDispose]: () => end(server),
  };
}

const kills = new Map<ChildProcess, () => void>();
process.once('exit', () => {
  for (const kill of kills.values()) kill();
});

/** No server outlives the tests, however they end. */
function guard(server: ChildProcess, kill: (pid: number) => void): void {
  kills.set(server, () => server.pid !== undefined && kill(server.pid));
  server.once('exit', () => kills.delete(server));
}

/** Waits for what a server that was just started can do at last. */
async function until(server: ChildProcess, works: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`${server.spawnfile} ends at its start with ${server.exitCode}`);
    try {
      if (await works()) return;
    } catch {
      // Not yet.
    }
    await delay(50);
  }
}

async function end(server: ChildProcess | undefined): Promise<void> {
  if (server === undefined) return;
  const kill = kills.get(server);
  if (kill === undefined) return;
  const ended = once(server, 'exit');
  kill();
  await ended;
}
