import { Command, Option } from 'commander';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import { isDryRun, readLedgerConfig } from '../../config/ledger-config.ts';
import { audited } from '../../operations/audit-entry.ts';
import { retry } from '../../operations/retry-dead-letters.ts';
import { UsageError } from '../../core/errors.ts';
import { ReplyState } from '../../core/reply.ts';
import { utcMinute } from '../../core/zone.ts';
import { codecs } from '../../ledger/db/codecs.ts';
import { listReplies, replyRow } from '../../ledger/replies/replies.ts';
import { requestWithdrawal, type WithdrawalResult } from '../../ledger/replies/withdraw-reply.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import { limitOf } from '../lib/options.ts';
import { indented, type Output, type Paint, plain, printList } from '../lib/output.ts';

export function repliesCommand(output: Output): Command {
  const command = new Command('replies').description('list, retry and delete replies; works while the bot runs');
  command
    .command('list')
    .description('list replies, the latest first')
    .addOption(new Option('--state <state...>', 'only replies in these states').choices(ReplyState.options))
    .option('--limit <n>', 'number of replies', '50')
    .option('--json', 'one JSON object a line')
    .action(async (options: { state?: ReplyState[]; limit: string; json?: true }, self: Command) => {
      const limit = limitOf(options.limit);
      const config = readLedgerConfig(self.optsWithGlobals());
      await using ledger = await readLedger(config);
      printList(output, ledger === undefined ? [] : await listReplies(ledger.db, options.state ?? [], limit), {
        json: options.json,
        fields: fieldsOf,
        line: (row) => describe(row, isDryRun(config, row.publisher), output.paint),
        none: 'No replies.',
      });
    });
  command
    .command('retry')
    .description(
      'send a refused or abandoned reply again, or resolve a failed post again; a reply of unknown outcome may then appear twice',
    )
    .argument('<key>', 'key of a reply, as shown by `replies list`')
    .action(async (key: string, _options: unknown, self: Command) => {
      await using ledger = await openLedger(readLedgerConfig(self.optsWithGlobals()));
      if (await retry(ledger, { key })) output.line(`${key} is planned again; a running bot handles it now.`);
      else
        throw new UsageError(
          `${key}: ${await stateOf(ledger.db, key)}; only refused or abandoned replies and failed posts can be retried`,
        );
    });
  command
    .command('withdraw')
    .description('abandon a planned reply, or delete a sent one on its platform')
    .argument('<key>', 'key of a reply, as shown by `replies list`')
    .action(async (key: string, _options: unknown, self: Command) => {
      await using ledger = await openLedger(readLedgerConfig(self.optsWithGlobals()));
      const entry = { action: 'reply withdraw', target: key };
      const state = await audited(ledger, entry, (tx, now) => requestWithdrawal(tx, key, now));
      if (state === undefined)
        throw new UsageError(
          `${key}: ${await stateOf(ledger.db, key)}; only planned, held or sent replies can be withdrawn`,
        );
      output.line(`${key} ${outcomes[state]}`);
    });
  return command;
}

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
  return [
    `${paint.bold(plain(row.key))}  ${state}${reason}  ${paint.dim(`${utcMinute(row.updated_at)}, to ${plain(replyTo.author)} through ${row.publisher}`)}`,
    ...indented(text),
  ].join('\n');
}
