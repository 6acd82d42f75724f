import { Command } from 'commander';
import { readLedger } from '../../app/open-ledger.ts';
import type { Config } from '../../config/config.ts';
import { readConfig } from '../../config/read.ts';
import { utcMinute } from '../../core/zone.ts';
import { type Overview, overview } from '../../operations/overview.ts';
import { onLine, type Output } from '../lib/output.ts';
import { version } from '../lib/version.ts';

export function statusCommand(output: Output): Command {
  return new Command('status')
    .option('--json', 'print a JSON object')
    .addHelpText('after', help)
    .action(async (options: { json?: true }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      await using ledger = await readLedger(config);
      const found = ledger && (await overview(config, ledger));
      if (options.json === true) output.json(asJson(config, found));
      else if (found === undefined)
        output.line(`Stopped. There is no ledger yet: the first run creates it in ${config.dataDir}.`);
      else print(found, output);
    });
}

const help = `
Only reads: works beside a running bot and on a stopped one. "Today" began at midnight, UTC. Exit code 0 whatever the state; for health
checks there is pilcrow doctor --running.`;

function print({ bot, today, replies, feeds, accounts, alerts }: Overview, output: Output): void {
  const { paint } = output;
  const row = (name: string, text: string) => output.line(`${paint.dim(name.padEnd(10))} ${text}`);
  row('bot', `${bot.alive ? paint.green('running') : paint.yellow('stopped')}  ${onLine(bot.message)}`);
  row(
    'today',
    `posts: ${today.seen} read, ${today.ingested} with a cable, ${today.failed} failed; replies: ${today.sent} sent or logged`,
  );
  const open = [...replies].filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
  row('replies', open.length === 0 ? 'none open' : open.join(', '));
  for (const { name, state, message, polledAt } of feeds) {
    const last = polledAt === null ? [] : [`read ${utcMinute(polledAt)}`];
    row('feed', stateLine(name, state, [...last, message], output));
  }
  for (const { name, state, message, mode, isDryRun, sentToday, perDay } of accounts) {
    const limit = perDay === null ? '' : ` of ${perDay}`;
    row(
      'publisher',
      stateLine(name, state, [isDryRun ? 'dry run' : mode, `${sentToday}${limit} today`, message], output),
    );
  }
  if (alerts.length === 0) row('alerts', 'none');
  for (const alert of alerts) row('alert', paint.red(onLine(alert, 2000)));
}

function stateLine(name: string, state: string, parts: readonly (string | undefined)[], { paint }: Output): string {
  const label = state === 'ok' ? paint.green(state.padEnd(8)) : paint.yellow(state.padEnd(8));
  return `${label} ${onLine(name).padEnd(16)} ${onLine(parts.filter((part) => part !== undefined).join(', '), 500)}`;
}

/** Its parts are null while there is no ledger. */
function asJson({ file, dataDir }: Config, found: Overview | undefined): object {
  const { bot, today, replies, feeds, accounts, alerts } = found ?? {};
  return {
    version,
    config: file,
    data: dataDir,
    running: bot?.alive ?? false,
    message: bot?.message ?? 'there is no ledger yet',
    today: today ?? null,
    replies: replies === undefined ? null : Object.fromEntries(replies),
    feeds: feeds ?? null,
    publishers: accounts ?? null,
    alerts: alerts ?? [],
  };
}
