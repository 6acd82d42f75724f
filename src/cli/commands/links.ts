import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import type { Config } from '../../config/config.ts';
import { UsageError } from '../../core/errors.ts';
import { recordAudit } from '../../ledger/operators/audit-log.ts';
import { probeSoon, listLinks } from '../../ledger/links/link-list.ts';
import { noteLinks } from '../../ledger/links/link-checks.ts';
import type { LinkRow } from '../../ledger/db/schema.ts';
import { limitOf } from '../lib/limit-option.ts';
import { auditEntryOf } from '../../operations/audit-entry.ts';
import { type Output, plain } from '../lib/output.ts';

export function linksCommand(output: Output): Command {
  const command = new Command('links').description('pages that replies lead to: which are still there');
  command
    .command('list')
    .description('what is known of them, those that were looked at last first; works beside a running bot')
    .option('--dead', 'only those that are gone')
    .option('--limit <n>', 'how many', '50')
    .option('--json', 'one JSON object a line')
    .action(async (options: { dead?: true; limit: string; json?: true }, self: Command) => {
      const limit = limitOf(options.limit);
      await using ledger = await readLedger(readConfig(self.optsWithGlobals()));
      const states = options.dead === true ? (['dead'] as const) : [];
      const rows = ledger === undefined ? [] : await listLinks(ledger.db, { states, limit });
      for (const row of rows) {
        if (options.json === true) output.json(fieldsOf(row));
        else output.line(describe(row, output.paint));
      }
      if (rows.length === 0 && options.json !== true) output.line('No links.');
    });
  command
    .command('check')
    .description('have a page, or all that are known, looked at now by the running bot, as politely as ever')
    .argument('[url]', 'its address, without a fragment; one that is not known yet is from now on')
    .option('--all', 'all that are known')
    .action(async (url: string | undefined, options: { all?: true }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      refuseIfOff(config);
      if ((url === undefined) === (options.all === undefined))
        throw new UsageError('give the address of a page, or --all');
      const page = url === undefined ? undefined : pageAt(url);
      const asked = await askFor(config, page);
      const many = asked === 1 ? '1 page is' : `${asked} pages are`;
      output.line(`${many} due; a running bot looks at each site every ${config.links.check.perHost / 1000} s.`);
    });
  return command;
}

function refuseIfOff({ file, links }: Config): void {
  if (links.check.enabled) return;
  throw new UsageError(`nobody looks at links: ${file} says nothing of \`links: { check: { enabled: true } }\``);
}

/** Errors: UsageError where no page can be asked for. */
function pageAt(written: string): URL {
  const url = URL.parse(written);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`${written}: expected a http or https address`);
  url.hash = '';
  return url;
}

async function askFor(config: Config, page: URL | undefined): Promise<number> {
  await using ledger = await openLedger(config);
  const now = await ledger.now();
  return await ledger.transact(async (tx) => {
    if (page !== undefined) await noteLinks(tx, [{ url: page.href, host: page.host, wanted: null, at: now }]);
    await recordAudit(tx, auditEntryOf('links check', page?.href ?? 'all', now));
    return await probeSoon(tx, now, page?.href);
  });
}

function fieldsOf(row: LinkRow): object {
  return {
    url: row.url,
    state: row.state,
    checkedAt: time(row.checked_at),
    dueAt: time(row.due_at),
    deadSince: time(row.dead_since),
    failures: row.failures,
    reason: row.reason,
  };
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function describe(row: LinkRow, paint: Output['paint']): string {
  const colour = { alive: paint.green, dead: paint.red, new: paint.dim }[row.state as string] ?? paint.yellow;
  const since = row.dead_since === null ? '' : ` since ${time(row.dead_since)?.slice(0, 10)}`;
  const reason = row.reason === null ? '' : ` (${plain(row.reason)})`;
  const looked = row.checked_at === null ? 'not looked at yet' : `looked at ${minute(row.checked_at)}`;
  return `${colour(row.state)}${since}  ${row.url}  ${paint.dim(`${looked}, next ${minute(row.due_at)}`)}${reason}`;
}

function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
