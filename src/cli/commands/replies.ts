import { Command, Option } from 'commander';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import { isDryRun, type LedgerConfig, readLedgerConfig } from '../../config/ledger-config.ts';
import { unknownName } from '../../config/suggest.ts';
import {
  inWords,
  type Retried,
  retry,
  retryAll,
  retryAllRefused,
  withdrawReply,
} from '../../operations/retry-dead-letters.ts';
import { UsageError } from '../../core/errors.ts';
import { ReplyState } from '../../core/reply.ts';
import { utcMinute } from '../../core/zone.ts';
import { codecs } from '../../ledger/db/codecs.ts';
import { readEach } from '../../ledger/db/json-column.ts';
import { countRefused, listReplies, replyRow } from '../../ledger/replies/replies.ts';
import type { WithdrawalResult } from '../../ledger/replies/withdraw-reply.ts';
import { failedPosts } from '../../ledger/posts/posts.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import type { Ledger, LedgerReader } from '../../ledger/ledger.ts';
import { limitOf } from '../lib/options.ts';
import { indented, type Output, type Paint, maxKey, onLine, printList } from '../lib/output.ts';

export function repliesCommand(output: Output): Command {
  const command = new Command('replies');
  command
    .command('list')
    .description('list replies, the latest first')
    .addOption(new Option('--state <state...>', 'only replies in these states').choices(ReplyState.options))
    .addOption(
      new Option('--failed', 'what needs a retry: failed posts, refused and abandoned replies').conflicts('state'),
    )
    .option('--limit <n>', 'number of replies', '50')
    .option('--json', 'one JSON object a line')
    .action(async (options: ListOptions, self: Command) => {
      const limit = limitOf(options.limit);
      const config = readLedgerConfig(self.optsWithGlobals());
      await using ledger = await readLedger(config);
      if (options.failed === true && ledger !== undefined) await listFailedPosts(ledger, options, output);
      const rows =
        ledger === undefined
          ? []
          : await listReplies(ledger.db, options.failed ? ['refused', 'abandoned'] : (options.state ?? []), limit + 1);
      const readable = readEach(rows, (row) => ({ row, fields: fieldsOf(row) }));
      printList(output, readable, {
        limit,
        json: options.json,
        fields: ({ fields }) => fields,
        line: ({ row }) => describe(row, isDryRun(config, row.publisher), output.paint),
        none: options.failed === true ? 'No refused or abandoned replies.' : 'No replies.',
      });
    });
  command.addCommand(retryCommand(output)).addCommand(moveCommand(output));
  command
    .command('withdraw')
    .description('abandon a planned reply, or delete a sent one on its platform')
    .argument('<key>', 'key of a reply, as shown by `replies list`')
    .action(async (key: string, _options: unknown, self: Command) => {
      await using ledger = await openLedger(readLedgerConfig(self.optsWithGlobals()));
      const state = await withdrawReply(ledger, { key });
      if (state === undefined)
        throw new UsageError(
          `${key}: ${await stateOf(ledger.db, key)}; only planned, held or sent replies can be withdrawn`,
        );
      output.line(`${key} ${outcomes[state]}`);
    });
  return command;
}

interface ListOptions {
  readonly state?: ReplyState[];
  readonly failed?: true;
  readonly limit: string;
  readonly json?: true;
}

async function listFailedPosts(ledger: LedgerReader, options: ListOptions, output: Output): Promise<void> {
  const limit = limitOf(options.limit);
  printList(output, await failedPosts(ledger.db, limit + 1), {
    limit,
    json: options.json,
    fields: ({ key, error }) => ({ key, state: 'failed', reason: error }),
    line: ({ key, error }) =>
      `${output.paint.bold(onLine(key, maxKey))}  failed post (${onLine(error ?? 'no reason')})`,
    none: 'No failed posts.',
  });
}

interface RetryOptions {
  readonly failed?: true;
  readonly state?: 'refused';
  readonly publisher?: string;
  readonly dryRun?: true;
}

function retryCommand(output: Output): Command {
  return new Command('retry')
    .description(
      'send a refused or abandoned reply again, or resolve a failed post again; a reply of unknown outcome may then appear twice',
    )
    .argument('[key]', 'key of a reply, as shown by `replies list`')
    .addOption(new Option('--state <state>', 'all replies of --publisher in this state').choices(['refused']))
    .option('--failed', 'all failed posts, refused replies, and notices and digests that were not delivered')
    .option('--publisher <name>', 'with --state: only replies of this publisher')
    .option('--dry-run', 'with --state: count them without changing anything')
    .addHelpText('after', retryHelp)
    .action(async (key: string | undefined, options: RetryOptions, self: Command) => {
      const { state, publisher, dryRun, failed } = options;
      const isBulk = key === undefined && state !== undefined && publisher !== undefined;
      const isAlone = [state, publisher, dryRun].every((option) => option === undefined);
      const isSingle = key !== undefined && isAlone && failed === undefined;
      const isAll = key === undefined && isAlone && failed === true;
      if (!isBulk && !isSingle && !isAll)
        throw new UsageError('name the key of a reply, or --failed, or --state refused --publisher NAME');
      const config = readLedgerConfig(self.optsWithGlobals());
      await using ledger = await openLedger(config);
      if (isAll) return output.line(retriedLine(await retryAll(ledger)));
      if (isBulk) return await retryRefusedOf(ledger, { config, publisher, isDryRun: dryRun === true }, output);
      if (isSingle && (await retry(ledger, { key })))
        return output.line(`${key} is planned again; a running bot handles it now.`);
      const found = await stateOf(ledger.db, key ?? '');
      throw new UsageError(`${key}: ${found}; only refused or abandoned replies and failed posts can be retried`);
    });
}

const retryHelp = `
Examples:
  pilcrow replies retry file:1
  pilcrow replies retry --failed
  pilcrow replies retry --state refused --publisher mastodon --dry-run   count what a revoked token cost
  pilcrow replies retry --state refused --publisher mastodon             send it all, within the limits`;

function retriedLine(retried: Retried | undefined): string {
  if (retried === undefined) return 'Nothing to retry. Abandoned replies may be out: retry them one by one.';
  return `Retrying ${inWords(retried)}; a running bot handles them now. Abandoned replies may be out: retry them one by one.`;
}

async function retryRefusedOf(
  ledger: Ledger,
  { config, publisher, isDryRun: onlyCounts }: { config: LedgerConfig; publisher: string; isDryRun: boolean },
  output: Output,
): Promise<void> {
  const refused = await countRefused(ledger.db, publisher);
  if (refused.length === 0) throw new UsageError(none('refused replies of', publisher, config));
  for (const { reason, count } of refused) output.line(`${count}  ${onLine(reason ?? 'no reason')}`);
  const count = onlyCounts
    ? refused.reduce((sum, one) => sum + one.count, 0)
    : await retryAllRefused(ledger, publisher);
  const what = `${count} refused ${count === 1 ? 'reply' : 'replies'} of ${publisher}`;
  output.line(
    onlyCounts ? `${what} would be planned again.` : `${what} planned again; a running bot handles them now.`,
  );
}

/** A publisher that is no longer configured may still have some. */
function none(what: string, publisher: string, { publishers }: LedgerConfig): string {
  const names = publishers.map(({ name }) => name);
  if (!names.includes(publisher)) return unknownName('publisher', publisher, names);
  return `there are no ${what} publisher ${publisher}`;
}

function moveCommand(output: Output): Command {
  return new Command('move')
    .description(
      'give the planned and held replies of a publisher to another, such as one that is no longer configured',
    )
    .requiredOption('--from <name>', 'publisher whose replies wait; it need not be configured')
    .requiredOption('--to <name>', 'configured publisher that takes them')
    .option('--dry-run', 'count them without changing anything')
    .addHelpText('after', moveHelp)
    .action(async ({ from, to, dryRun }: { from: string; to: string; dryRun?: true }, self: Command) => {
      const [{ readConfig }, { moveReplies }] = await Promise.all([
        import('../../config/read.ts'),
        import('../../operations/move-replies.ts'),
      ]);
      const config = readConfig(self.optsWithGlobals());
      await using ledger = await openLedger(config);
      const { moved, stay } = await moveReplies(config, ledger, { from, to, isDryRun: dryRun === true });
      if (moved === 0 && stay.size === 0) throw new UsageError(none('planned or held replies of', from, config));
      const replies = `${moved} ${moved === 1 ? 'reply' : 'replies'} of ${from}`;
      output.line(
        dryRun === true ? `${replies} would go to ${to}.` : `${replies} now ${moved === 1 ? 'goes' : 'go'} to ${to}.`,
      );
      for (const [reason, count] of stay) output.line(`${count} ${count === 1 ? 'stays' : 'stay'}: ${onLine(reason)}`);
    });
}

const moveHelp = `
A reply moves only where the other publisher may send it: same platform (or the log), its mode and consent, the length of the text, and no
earlier attempt that may have arrived. Its limits hold when the reply is sent. Exit code 2 if there is nothing to move.

Example:
  pilcrow replies move --from mastodon --to fediverse --dry-run`;

const outcomes: Readonly<Record<WithdrawalResult, string>> = {
  abandoned: 'is abandoned.',
  withdrawing: 'is being deleted; a running bot does it now.',
  cancel_requested: 'is being sent: it is deleted as soon as it is known to be published.',
};

async function stateOf(db: Parameters<typeof replyRow>[0], key: string): Promise<string> {
  const row = await replyRow(db, key);
  return row === undefined ? 'there is no such reply' : `it is ${row.state}`;
}

function fieldsOf(row: ReplyRow): object {
  const { text, replyTo } = codecs.replies.payload.decode(row.payload, row.key);
  return {
    key: row.key,
    state: row.state,
    publisher: row.publisher,
    postKey: row.post_key,
    replyTo,
    text,
    replacement: codecs.replies.replacement.decode(row.replacement, row.key)?.text ?? null,
    reason: row.reason,
    attempts: row.attempts,
    published: codecs.replies.published.decode(row.published, row.key),
    plannedAt: new Date(row.planned_at).toISOString(),
    sentAt: row.sent_at === null ? null : new Date(row.sent_at).toISOString(),
  };
}

function describe(row: ReplyRow, isDry: boolean, paint: Paint): string {
  const { text, replyTo } = codecs.replies.payload.decode(row.payload, row.key);
  const state = isDry && row.state === 'sent' ? 'logged (dry run)' : row.state;
  const reason = row.reason === null ? '' : ` (${row.reason})`;
  const next = codecs.replies.replacement.decode(row.replacement, row.key);
  return [
    `${paint.bold(onLine(row.key, maxKey))}  ${state}${reason}  ${paint.dim(`${utcMinute(row.updated_at)}, to ${onLine(replyTo.author)} through ${row.publisher}`)}`,
    ...indented(text),
    ...(next === null ? [] : ['    becomes:', ...indented(next.text)]),
  ].join('\n');
}
