import { mkdtempDisposable } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres } from '../../servers/postgres.ts';
import { openFakeMastodon } from '../fake-mastodon/fake-mastodon.ts';
import { seeded } from '../make-posts.ts';
import { pilcrow } from '../workplace.ts';

export interface StormOptions {
  /** How long connections are ended, by three at a time, every 20 to 500 ms. */
  readonly stormMs: number;
  /** Immediate restarts of the server after that. */
  readonly restarts: number;
  readonly processes: number;
  readonly perSecond: number;
  readonly seed: number;
  /** Once the weather is calm, the bots may pause this long between two replies. */
  readonly stallMs: number;
}

export interface StormResult {
  readonly posts: number;
  /** Connections that were ended, and restarts. */
  readonly ended: number;
  readonly restarts: number;
  /** Last words of processes that ended although nobody asked them to. */
  readonly falls: readonly string[];
  readonly unanswered: readonly string[];
  readonly doubled: readonly string[];
  /** Last words of the processes, if posts are unanswered. */
  readonly words: readonly string[];
  /** Exit codes on SIGTERM. */
  readonly exits: readonly (number | null)[];
}

const settings = `rules: ${new URL('../../../config/rules.yaml', import.meta.url).pathname}
templates: ${new URL('../../../config/templates', import.meta.url).pathname}
corpus: [${new URL('../../../config/sample', import.meta.url).pathname}]
web: { listen: null }
`;

/** The bot as its users start it, with the output that they see, while PostgreSQL ends its connections and restarts. */
export async function runStorm({
  stormMs,
  restarts,
  processes,
  perSecond,
  seed,
  stallMs,
}: StormOptions): Promise<StormResult> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pilcrow-storm-'));
  await using postgres = await startPostgres();
  await using mastodon = await openFakeMastodon({ limit: 1_000_000 });
  const bot = mastodon.join('bot');
  const config = join(folder.path, 'pilcrow.yaml');
  writeFileSync(config, configurationOf(mastodon));
  const env = { BOT_TOKEN: bot.token, LEDGER_URL: await postgres.database() };
  const bots = Array.from({ length: processes }, (_, at) =>
    pilcrow(['run', '--config', config], { env: { ...env, PILCROW_DATA: join(folder.path, `data-${at}`) } }),
  );
  const isUp = () => bots.every(({ child, out }) => child.exitCode !== null || out.includes('pilcrow 0.'));
  while (!isUp()) await delay(20);

  const written: string[] = [];
  const write = () => {
    // An author each: what one of them may ask for in a day is limited.
    const by = mastodon.join(`ada${written.length}`);
    written.push(mastodon.write(by, '@bot #cablegate #07ASTANA2244 ¶5').id);
  };
  const replies = () =>
    Map.groupBy(
      mastodon.statuses.filter(({ by }) => by === bot),
      (one) => one.inReplyToId ?? '',
    );
  // The first read of a feed takes the newest posts only: the weather begins after it.
  write();
  while (replies().size === 0 && bots.every(({ child }) => child.exitCode === null)) await delay(20);

  const over = new AbortController();
  const posting = (async () => {
    for (; !over.signal.aborted; await delay(1000 / perSecond)) write();
  })();
  const random = seeded(seed);
  let ended = 0;
  for (const end = performance.now() + stormMs; performance.now() < end; await delay(20 + random() * 480))
    ended += await postgres.query(endThree).then(([row]) => Number(row?.['ended'] ?? 0));
  for (let i = 0; i < restarts; i += 1) {
    await postgres.stop('SIGQUIT');
    await postgres.start();
    await delay(500 + random() * 1500);
  }
  over.abort();
  await posting;

  let [size, since] = [-1, 0];
  for (; replies().size < written.length; await delay(200)) {
    if (replies().size > size) [size, since] = [replies().size, performance.now()];
    if (performance.now() - since > stallMs) break;
  }
  const fallen = bots.filter(({ child }) => child.exitCode !== null || child.signalCode !== null);
  const falls = fallen.map(({ child, err }) => `exit ${child.exitCode ?? child.signalCode}: ${err.slice(-500)}`);
  for (const { child } of bots) child.kill('SIGTERM');
  const exits = await Promise.all(bots.map(({ exited }) => exited));
  const answers = replies();
  const unanswered = written.filter((id) => !answers.has(id));
  return {
    posts: written.length,
    ended,
    restarts,
    falls,
    unanswered,
    words: unanswered.length === 0 ? [] : bots.map(({ err, out }) => `${err.slice(-1500)} ${out.slice(-500)}`),
    doubled: [...answers].filter(([, all]) => all.length > 1).map(([id]) => id),
    exits,
  };
}

/** Of the bots, by chance; in a session of its own, which is another database. */
const endThree = `select count(pg_terminate_backend(pid)) as ended from (
  select pid from pg_stat_activity where application_name = 'pilcrow' order by random() limit 3) chosen`;

function configurationOf({ url, port }: { url: string; port: number }): string {
  return `data: data
ledger: { postgres: { url: { env: LEDGER_URL } } }
feeds:
  - name: fediverse
    platform: mastodon
    servers: [{ url: '${url}', token: { env: BOT_TOKEN } }]
    stream: false
    every: 1s
publishers:
  - name: log
    platform: log
  - name: mastodon
    platform: mastodon
    server: ${url}
    token: { env: BOT_TOKEN }
    mode: summoned
    limits: { perDay: null, authorCooldown: 0s, threadCooldown: 0s }
network: { allowPrivate: ['127.0.0.1:${port}'] }
${settings}`;
}
