import { Command, Option } from 'commander';
import { readLedger } from '../../app/open-ledger.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import { digestFormats } from '../../digest/render/index.ts';
import { deliveriesOf } from '../../ledger/digests/deliveries.ts';
import { listEditions } from '../../ledger/digests/editions.ts';
import type { LedgerReader } from '../../ledger/ledger.ts';
import type { AskedDigest } from '../lib/make-digest.ts';
import { limitOf } from '../lib/options.ts';
import { type Output, onLine, printList } from '../lib/output.ts';

export function digestCommand(output: Output): Command {
  const command = new Command('digest')
    .option('--name <digest>', 'a digest of the configuration; not needed if there is only one')
    .option(
      '--date <day>',
      'YYYY-MM-DD in the time zone of the digest, of a weekly one any day of the week (default: the last one that is over)',
    )
    .option('--preview', 'print it without changing anything, even if the day or week is not over')
    .addOption(new Option('--format <format>', 'format of the output').choices(digestFormats))
    .option('--timezone <zone>', 'with --preview: use the days of another time zone')
    .option('--to <target>', 'deliver the edition, again if necessary, to a folder, channel, account or `files`')
    .addHelpText('after', help)
    .action(async (asked: AskedDigest, self: Command) => {
      // Loaded on demand: the list needs no charts and no platforms.
      const { makeDigest } = await import('../lib/make-digest.ts');
      await makeDigest(self.optsWithGlobals(), asked, output);
    });
  command
    .command('list')
    .description('list the editions and their deliveries')
    .option('--json', 'one JSON object a line')
    .option('--limit <n>', 'how many', '50')
    .action(async (options: { json?: true; limit: string }, self: Command) => {
      const limit = limitOf(options.limit);
      await using ledger = await readLedger(readLedgerConfig(self.optsWithGlobals()));
      printList(output, ledger === undefined ? [] : await listed(ledger, limit + 1), {
        limit,
        json: options.json,
        fields: (edition) => edition,
        line: describe,
        none: 'No editions yet.',
      });
    });
  return command;
}

const help = `
A running bot makes the edition of each day or week once, after its end, at the time of the digest. Later mentions become corrections in the next edition.
The first edition is of the day or week in which the bot began to watch.

Examples:
  pilcrow digest --preview                       yesterday, as Markdown
  pilcrow digest --date 2026-11-24 --preview --format json
  pilcrow digest --date 2026-11-24 --to ./out    write files
  pilcrow digest --date 2026-11-24               make the edition now; a running bot delivers it
  pilcrow digest --name weekly --date 2026-11-24 --preview    the week with this day, Monday to Sunday
  pilcrow digest list`;

async function listed({ db }: LedgerReader, limit: number) {
  const { found } = await listEditions(db, { limit });
  return await Promise.all(
    found.map(async ({ digest, date, madeAt, posts, cables }) => {
      const deliveries = (await deliveriesOf(db, digest, date)).map(({ target, due_at: dueAt, error }) => {
        return { target, state: dueAt !== null ? 'waiting' : error === null ? 'delivered' : 'given up', error };
      });
      return { digest, date, madeAt: new Date(madeAt).toISOString(), posts, cables, deliveries };
    }),
  );
}

function describe({ date, digest, posts, cables, deliveries }: Awaited<ReturnType<typeof listed>>[number]): string {
  const to = deliveries.map(({ target, state, error }) => `${target} ${state}${error === null ? '' : ` (${error})`}`);
  const [some, all] = [posts === 1 ? '1 post' : `${posts} posts`, cables === 1 ? '1 cable' : `${cables} cables`];
  return `${date}  ${digest}  ${some}, ${all}  ${onLine(to.join('; '), 2000)}`;
}
