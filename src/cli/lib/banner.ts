import { relative, resolve } from 'node:path';
import { publicList } from '../../cables/public-sources.ts';
import type { App } from '../../app.ts';
import type { Config } from '../../config/config.ts';
import { builtInFolder } from '../../config/built-in.ts';
import { isDryRun } from '../../config/ledger-config.ts';
import { valueAt } from '../../config/yaml/yaml.ts';
import { utcMinute } from '../../core/zone.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { atLeast, countByState } from '../../ledger/posts/flow.ts';
import { listReplies } from '../../ledger/replies/replies.ts';
import { summaryOf, type Watch } from './console.ts';
import type { Output } from './output.ts';
import { version } from './version.ts';

/** Prints at the start the feeds, publishers, ledger and page, and the replies of earlier runs. */
export async function banner(
  app: App,
  output: Output,
  urls: { readonly watch: string | undefined; readonly page: string | undefined },
): Promise<void> {
  const { paint } = output;
  const { config, ledger } = app;
  const row = (name: string, text: string) => output.line(`  ${paint.dim(name.padEnd(10))}${text}`);
  output.line(`${paint.bold('¶ pilcrow')} ${version}`);
  for (const feed of config.feeds) row('reads', `${feed.name} (${feed.platform})`);
  for (const publisher of config.publishers) row('publisher', `${publisher.name} (${publisher.platform})`);
  row('ledger', ledger.shared ? ledger.place : here(ledger.place));
  for (const address of config.network.allowPrivate) row('caution', `the private address ${address} may be fetched`);
  if (urls.page !== undefined) row('page', urls.page);
  if (urls.watch !== undefined) row('metrics', `${urls.watch}/metrics, /healthz, /readyz`);
  row('cables', app.cables.summary);
  const { count, last } = await repliesBefore(ledger).catch(noReplies);
  if (last !== undefined) {
    const when = utcMinute(last.sent_at ?? last.updated_at);
    const onlyLog = config.publishers.every(({ name }) => isDryRun(config, name));
    const how = onlyLog ? 'logged (dry run)' : 'sent or logged';
    row(
      'before',
      `${atLeast(count)} ${count === 1 ? 'reply' : 'replies'} ${how}, the last to ${last.post_key} at ${when}: npx pilcrow replies list`,
    );
  }
  output.line();
}

async function repliesBefore({ db }: Ledger) {
  const [last] = await listReplies(db, ['sent'], 1);
  return { count: (await countByState(db, 'replies'))['sent'] ?? 0, last };
}

/** A connection that was lost at this moment must not end the bot; the workers report it. */
const noReplies = () => ({ count: 0, last: undefined });

/** Printed once, when the bot has done its first work and waits for more. */
export function idleHint(app: App, counts: Watch['counts']): string {
  const { config } = app;
  return [
    `${summaryOf(counts, 'new posts')}. Waiting for more; Ctrl-C stops.`,
    `  replies    ${here(repliesFile(config))}   ledger  ${app.ledger.shared ? app.ledger.place : here(app.ledger.place)}`,
    `  more       ${invitation(config)}`,
    app.cables.catalogue !== undefined
      ? ''
      : `  IDs        without a catalogue they stay "unverified": npx ${publicList.how}`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** What to do next. Nobody is asked to edit a file of the installation. */
function invitation({ file, feeds, configDir }: Config): string {
  if (configDir === builtInFolder)
    return 'this was the sample: `npx pilcrow init` sets up a bot of your own, `npx pilcrow explain --text "#07ASTANA2244 ¶7"` tries a post';
  const path = valueAt(feeds.find(({ platform }) => platform === 'file')?.config, ['paths', 0]);
  const append =
    typeof path === 'string'
      ? `append {"id":"mine","text":"#07ASTANA2244 ¶7"} to ${here(resolve(configDir, path))}; `
      : '';
  return `${append}feeds and other settings: ${here(file)}, docs/configuration.md`;
}

/** The file of the log publisher. */
function repliesFile({ dataDir, publishers }: Config): string {
  const path = publishers.find(({ platform }) => platform === 'log')?.config['path'];
  return resolve(dataDir, typeof path === 'string' ? path : '');
}

function here(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
