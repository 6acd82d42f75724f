import { Command } from 'commander';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import { decideHeld, type Decision } from '../../operations/review.ts';
import { UsageError } from '../../core/errors.ts';
import type { ReplyState } from '../../core/reply.ts';
import { utcMinute } from '../../core/zone.ts';
import { codecs } from '../../ledger/db/codecs.ts';
import { replyRow, heldReplies } from '../../ledger/replies/replies.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import { indented, type Output, type Paint, plain, printList } from '../lib/output.ts';

const most = 200;

export function reviewCommand(output: Output): Command {
  const command = new Command('review')
    .description('review replies that a rule with `action: hold` keeps back')
    .addHelpText('after', help);
  command
    .command('list')
    .description('list held replies, the most urgent first')
    .option('--json', 'one JSON object a line')
    .action(async (asked: { json?: true }, self: Command) => {
      await using ledger = await readLedger(readLedgerConfig(self.optsWithGlobals()));
      printList(output, ledger === undefined ? [] : await heldReplies(ledger.db, most), {
        json: asked.json,
        fields: fieldsOf,
        line: (row) => describe(row, output.paint),
        none: 'No held replies.',
      });
    });
  command
    .command('show')
    .description('show a held reply; `pilcrow explain KEY` shows why it was planned')
    .argument('<key>')
    .action(async (key: string, _asked: unknown, self: Command) => {
      await using ledger = await readLedger(readLedgerConfig(self.optsWithGlobals()));
      const row = ledger && (await replyRow(ledger.db, key));
      if (row?.state !== 'held') throw notHeld(key, row?.state);
      output.line(describe(row, output.paint));
    });
  command
    .command('approve')
    .description('send it')
    .argument('<key>')
    .option('--reason <text>', 'note for the audit log', '')
    .action(async (key: string, { reason }: { reason: string }, self: Command) => {
      await decide(self, { key, choice: 'approve', reason });
      output.line(`${key} is planned; a running bot sends it now.`);
    });
  command
    .command('edit')
    .description('change the text; the reply stays held until `approve`')
    .argument('<key>')
    .requiredOption('--text <words>', 'the whole new text')
    .action(async (key: string, { text }: { text: string }, self: Command) => {
      const before = await decide(self, { key, choice: 'edit', text });
      output.line(`${key} before:\n${plain(before)}\nafter:\n${plain(text.trim())}`);
    });
  command
    .command('reject')
    .description('never send it')
    .argument('<key>')
    .option('--reason <text>', 'note for the audit log', 'rejected by the operator')
    .action(async (key: string, { reason }: { reason: string }, self: Command) => {
      await decide(self, { key, choice: 'reject', reason });
      output.line(`${key} is rejected.`);
    });
  return command;
}

const help = `
A rule with \`action: hold\` plans a reply, and you decide. After \`expires\` of the rule (default 7d) the bot rejects it.

Examples:
  pilcrow review list
  pilcrow review edit file:1 --text 'See 07ASTANA2244: https://…'
  pilcrow review approve file:1`;

/** The text before an edit. Errors: UsageError if the reply is not held or the text cannot be sent. */
async function decide(command: Command, decision: Decision): Promise<string> {
  const options = command.optsWithGlobals<{ config: string }>();
  await using ledger = await openLedger(readLedgerConfig(options));
  const decided = await decideHeld(ledger, decision, async (publisher) => {
    // Loaded on demand: only an edit needs the platforms.
    const [{ limitsOf }, { readConfig }] = await Promise.all([
      import('../../app/open-drivers.ts'),
      import('../../config/read.ts'),
    ]);
    return await limitsOf(readConfig(options), ledger, publisher);
  });
  if (decided.kind === 'late') throw notHeld(decision.key, decided.state);
  return decided.before ?? '';
}

function notHeld(key: string, state: ReplyState | undefined): UsageError {
  const found = state === undefined ? 'there is no such reply' : `it is ${state}`;
  return new UsageError(`${key}: ${found}; only held replies can be reviewed: \`pilcrow review list\``);
}

function fieldsOf({ key, publisher, payload, planned_at: plannedAt, due_at: dueAt }: ReplyRow) {
  const { text, replyTo } = codecs.replies.payload.decode(payload, key);
  const until = dueAt === null ? null : new Date(dueAt).toISOString();
  return { key, publisher, replyTo, text, plannedAt: new Date(plannedAt).toISOString(), until };
}

function describe(row: ReplyRow, paint: Paint): string {
  const { key, publisher, replyTo, text } = fieldsOf(row);
  const until = utcMinute(row.due_at ?? 0);
  const where = `to ${plain(replyTo.author)} through ${plain(publisher)}, until ${until}`;
  return [`${paint.bold(plain(key))}  ${paint.dim(where)}`, ...indented(text)].join('\n');
}
