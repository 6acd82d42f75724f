import { Command, Option } from 'commander';
import { readConfig } from '../../config/read.ts';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import { auditEntryOf } from '../../operations/audit-entry.ts';
import { retry } from '../../operations/retry-dead-letters.ts';
import { UsageError } from '../../core/errors.ts';
import { Payload, ReplyState } from '../../core/reply.ts';
import { recordAudit } from '../../ledger/operators/audit-log.ts';
import { listReplies, replyRow } from '../../ledger/replies/replies.ts';
import { askWithdrawal, type TakenBack } from '../../ledger/replies/withdraw-reply.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import { limitOf } from '../lib/limit-option.ts';
import { type Output, plain } from '../lib/output.ts';

export function repliesCommand(output: Output): Command {
  const command = new Command('replies').description('what was answered and what waits; works beside a running bot');
  command
    .command('list')
    .description('replies, the newest first')
    .addOption(new Option('--state <state...>', 'only these states').choices(ReplyState.options))
    .option('--limit <n>', 'how many', '50')
    .option('--json', 'one JSON object a line')
    .action(async (options: { state?: ReplyState[]; limit: string; json?: true }, self: Command) => {
      const limit = limitOf(options.limit);
      await using ledger = await readLedger(readConfig(self.optsWithGlobals()));
      const rows = ledger === undefined ? [] : await listReplies(ledger.db, options.state ?? [], limit);
      for (const row of rows) {
        if (options.json === true) output.json(fieldsOf(row));
        else output.line(describe(row, output.paint));
      }
      if (rows.length === 0 && options.json !== true) output.line('No replies.');
    });
  command
    .command('retry')
    .description(
      'send a refused or abandoned reply after all, or resolve a failed post anew; a reply of unknown outcome may then be out twice',
    )
    .argument('<key>', 'as `replies list` shows it')
    .action(async (key: string, _options: unknown, self: Command) => {
      await using ledger = await openLedger(readConfig(self.optsWithGlobals()));
      if (await retry(ledger, { key })) output.line(`${key} is planned again; a running bot sees to it now.`);
      else
        throw new UsageError(
          `${key}: ${await stateOf(ledger.db, key)}; only refused or abandoned replies and failed posts can be retried`,
        );
    });
  command
    .command('withdraw')
    .description('abandon a planned reply, or take a sent one back from its platform')
    .argument('<key>', 'as `replies list` shows it')
    .action(async (key: string, _options: unknown, self: Command) => {
      await using ledger = await openLedger(readConfig(self.optsWithGlobals()));
      const now = await ledger.now();
      const state = await ledger.transact(async (tx) => {
        const asked = await askWithdrawal(tx, key, now);
        if (asked !== undefined) await recordAudit(tx, auditEntryOf('reply withdraw', key, now));
        return asked;
      });
      if (state === undefined)
        throw new UsageError(
          `${key}: ${await stateOf(ledger.db, key)}; only planned, held or sent replies can be withdrawn`,
        );
      output.line(`${key} ${outcomes[state]}`);
    });
  return command;
}

const outcomes: Readonly<Record<TakenBack, string>> = {
  abandoned: 'is abandoned.',
  withdrawing: 'is being withdrawn; a running bot does it now.',
  cancel_requested: 'is under way: it is withdrawn as soon as it is known to be out.',
};

async function stateOf(db: Parameters<typeof replyRow>[0], key: string): Promise<string> {
  const row = await replyRow(db, key);
  return row === undefined ? 'there is no such reply' : `it is ${row.state}`;
}

function fieldsOf(row: ReplyRow): object {
  const { text, replyTo } = Payload.parse(JSON.parse(row.payload));
  return {
    key: row.key,
    state: row.state,
    publisher: row.publisher,
    postKey: row.post_key,
    replyTo,
    text,
    reason: row.reason,
    attempts: row.attempts,
    published: row.published === null ? null : (JSON.parse(row.published) as unknown),
    plannedAt: new Date(row.planned_at).toISOString(),
    sentAt: row.sent_at === null ? null : new Date(row.sent_at).toISOString(),
  };
}

function describe(row: ReplyRow, paint: Output['paint']): string {
  const { text, replyTo } = Payload.parse(JSON.parse(row.payload));
  const when = new Date(row.updated_at).toISOString().slice(0, 16).replace('T', ' ');
  const reason = row.reason === null ? '' : ` (${row.reason})`;
  return [
    `${paint.bold(plain(row.key))}  ${row.state}${reason}  ${paint.dim(`${when}Z, to ${plain(replyTo.author)} through ${row.publisher}`)}`,
    ...plain(text)
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n');
}
