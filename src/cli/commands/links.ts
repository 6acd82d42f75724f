import { Command } from 'commander';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import { UsageError } from '../../core/errors.ts';
import { utcDay, utcMinute } from '../../core/zone.ts';
import { probeSoon, listLinks } from '../../ledger/links/link-list.ts';
import { recordLinks } from '../../ledger/links/link-checks.ts';
import type { LinkRow } from '../../ledger/db/schema.ts';
import { limitOf } from '../lib/options.ts';
import { audited } from '../../operations/audit-entry.ts';
import { type Output, type Paint, onLine, printList } from '../lib/output.ts';

export function linksCommand(output: Output): Command {
  const command = new Command('links');
  command
    .command('list')
    .description('list the pages and their health, the last checked first; works while the bot runs')
    .option('--dead', 'only dead pages')
    .option('--limit <n>', 'number of pages', '50')
    .option('--json', 'one JSON object a line')
    .action(async (options: { dead?: true; limit: string; json?: true }, self: Command) => {
      const limit = limitOf(options.limit);
      await using ledger = await readLedger(readLedgerConfig(self.optsWithGlobals()));
      const states = options.dead === true ? (['dead'] as const) : [];
      printList(output, ledger === undefined ? [] : await listLinks(ledger.db, { states, limit: limit + 1 }), {
        limit,
        json: options.json,
        fields: fieldsOf,
        line: (row) => describe(row, output.paint),
        none: 'No links.',
      });
    });
  command
    .command('check')
    .description('let the running bot check a page, or all known pages, now, at its usual polite rate')
    .argument('[url]', 'URL of the page, without a fragment; a new one is added')
    .option('--all', 'check all known pages')
    .action(async (url: string | undefined, options: { all?: true }, self: Command) => {
      // Loaded on demand: the list needs no configuration but the ledger's.
      const { readConfig } = await import('../../config/read.ts');
      const config = readConfig(self.optsWithGlobals());
      if (!config.links.check.enabled)
        throw new UsageError(`link checks are off: set \`links: { check: { enabled: true } }\` in ${config.file}`);
      if ((url === undefined) === (options.all === undefined)) throw new UsageError('give the URL of a page, or --all');
      const page = url === undefined ? undefined : pageAt(url);
      await using ledger = await openLedger(config);
      const count = await audited(ledger, { action: 'links check', target: page?.href ?? 'all' }, async (tx, at) => {
        if (page !== undefined) await recordLinks(tx, [{ url: page.href, host: page.host, wanted: null, at }]);
        return await probeSoon(tx, at, page?.href);
      });
      const many = count === 1 ? '1 page is' : `${count} pages are`;
      output.line(
        `${many} due; a running bot checks one page of each site every ${config.links.check.perHost / 1000} s.`,
      );
    });
  return command;
}

/** Errors: UsageError if it is not an http or https URL. */
function pageAt(written: string): URL {
  const url = URL.parse(written);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`${written}: expected an http or https URL`);
  url.hash = '';
  return url;
}

function fieldsOf({ url, state, failures, reason, ...row }: LinkRow): object {
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  const times = { checkedAt: time(row.checked_at), dueAt: time(row.due_at), deadSince: time(row.dead_since) };
  return { url, state, ...times, failures, reason };
}

function describe(row: LinkRow, paint: Paint): string {
  const colour = { alive: paint.green, dead: paint.red, new: paint.dim }[row.state as string] ?? paint.yellow;
  const since = row.dead_since === null ? '' : ` since ${utcDay(row.dead_since)}`;
  const reason = row.reason === null ? '' : ` (${onLine(row.reason)})`;
  const checked = row.checked_at === null ? 'not checked yet' : `checked ${utcMinute(row.checked_at)}`;
  return `${colour(row.state)}${since}  ${row.url}  ${paint.dim(`${checked}, next ${utcMinute(row.due_at)}`)}${reason}`;
}
