import { Command } from 'commander';
import { readLedger } from '../../app/open-ledger.ts';
import { type LedgerConfig, readLedgerConfig } from '../../config/ledger-config.ts';
import { unknownName } from '../../config/suggest.ts';
import { UsageError } from '../../core/errors.ts';
import { utcMinute } from '../../core/zone.ts';
import { listRejects } from '../../ledger/feeds/feed-rows.ts';
import { limitOf } from '../lib/options.ts';
import { maxKey, onLine, type Output, printList } from '../lib/output.ts';

export function rejectsCommand(output: Output): Command {
  const command = new Command('rejects');
  command
    .command('list')
    .description('where each was, why it could not be read, and how it begins; the latest first')
    .option('--feed <name>', 'only those of this feed')
    .option('--limit <n>', 'number of items', '50')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', help)
    .action(async (asked: { feed?: string; limit: string; json?: true }, self: Command) => {
      const limit = limitOf(asked.limit);
      const config = readLedgerConfig(self.optsWithGlobals());
      await using ledger = await readLedger(config);
      const rows = ledger && (await listRejects(ledger.db, { feed: asked.feed, limit: limit + 1 }));
      if (asked.feed !== undefined && (rows ?? []).length === 0) refuseUnknownFeed(asked.feed, config);
      printList(output, rows ?? [], {
        limit,
        json: asked.json,
        fields: ({ feed, position, reason, excerpt, at }) => {
          return { at: new Date(at).toISOString(), feed, position, reason, excerpt };
        },
        line: ({ feed, position, reason, excerpt, at }) => {
          const { bold, dim } = output.paint;
          const where = `${bold(onLine(position, maxKey))}  ${dim(`${utcMinute(at)}, feed ${onLine(feed)}`)}`;
          return `${where}\n  ${onLine(reason)}\n  ${dim(onLine(excerpt))}`;
        },
        none: asked.feed === undefined ? 'No rejects.' : `No rejects of feed ${onLine(asked.feed)}.`,
      });
    });
  return command;
}

/** Call it where it has none: a feed that is no longer configured may still have some. */
function refuseUnknownFeed(feed: string, { feeds }: LedgerConfig): void {
  const names = feeds.map(({ name }) => name);
  if (!names.includes(feed)) throw new UsageError(unknownName('feed', feed, names));
}

const help = `
Rejects are kept for \`retention.rejects\` (30d), at most 10,000. An item that is mended at its source is read when the feed shows it again.

Examples:
  pilcrow rejects list
  pilcrow rejects list --feed news --json`;
