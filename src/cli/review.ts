import { Command } from 'commander';
import { readConfig } from '../app.ts';
import { limitsOf } from '../app/drivers.ts';
import { openLedger, readLedger } from '../app/ledger.ts';
import type { Config } from '../config/schema.ts';
import { UsageError } from '../core/errors.ts';
import { Payload } from '../core/reply.ts';
import { recordAct } from '../ledger/acts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { replyRow } from '../ledger/replies.ts';
import { approveReply, editReply, heldReplies, rejectReply } from '../ledger/reviewing.ts';
import type { Executor, ReplyRow } from '../ledger/schema.ts';
import { actOf } from '../app/operator.ts';
import { type Output, plain } from './output.ts';

const most = 200;

export function reviewCommand(output: Output): Command {
  const command = new Command('review')
    .description('replies that wait for a person, because a rule said `hold`')
    .addHelpText('after', help);
  command
    .command('list')
    .description('those that wait, the most urgent first')
    .option('--json', 'one JSON object a line')
    .action(async (asked: { json?: true }, self: Command) => {
      await using ledger = await readLedger(readConfig(self.optsWithGlobals()));
      const rows = ledger === undefined ? [] : await heldReplies(ledger.db, most);
      for (const row of rows) {
        if (asked.json === true) output.json(fieldsOf(row));
        else output.line(describe(row, output.paint));
      }
      if (rows.length === 0 && asked.json !== true) output.line('Nothing waits for you.');
    });
  command
    .command('show')
    .description('one of them, word for word; `pilcrow explain KEY` tells how it came about')
    .argument('<key>')
    .action(async (key: string, _asked: unknown, self: Command) => {
      await using ledger = await readLedger(readConfig(self.optsWithGlobals()));
      const row = ledger && (await replyRow(ledger.db, key));
      if (row?.state !== 'held') throw notHeld(key, row);
      output.line(describe(row, output.paint));
    });
  command
    .command('approve')
    .description('send it')
    .argument('<key>')
    .option('--reason <text>', 'for whoever asks later', '')
    .action(async (key: string, { reason }: { reason: string }, self: Command) => {
      await decide(self, { key, act: 'review approve', reason }, (tx, now) => approveReply(tx, key, now));
      output.line(`${key} is planned; a running bot sends it now.`);
    });
  command
    .command('edit')
    .description('give it other words; it waits on, for `approve`')
    .argument('<key>')
    .requiredOption('--text <words>', 'the whole new text')
    .action(async (key: string, { text }: { text: string }, self: Command) => {
      const words = text.trim();
      if (words === '') throw new UsageError('--text: a reply without words is none; `review reject` takes it out');
      await mustFit(readConfig(self.optsWithGlobals()), key, words);
      let before: string | undefined;
      const act = { key, act: 'review edit', reason: words };
      await decide(self, act, async (tx, now) => (before = await editReply(tx, key, words, now)) !== undefined);
      output.line(`${key} said:\n${plain(before ?? '')}\nand says now:\n${plain(words)}`);
    });
  command
    .command('reject')
    .description('never send it')
    .argument('<key>')
    .option('--reason <text>', 'why', 'rejected by the operator')
    .action(async (key: string, { reason }: { reason: string }, self: Command) => {
      await decide(self, { key, act: 'review reject', reason }, (tx, now) => rejectReply(tx, key, reason, now));
      output.line(`${key} is rejected.`);
    });
  return command;
}

/** Errors: UsageError where the words are too long for where they go. */
async function mustFit(config: Config, key: string, words: string): Promise<void> {
  await using ledger = await openLedger(config);
  const row = await replyRow(ledger.db, key);
  const limits = row && (await limitsOf(config, ledger, row.publisher));
  const length = limits?.length(words) ?? 0;
  if (limits === undefined || length <= limits.maxLength) return;
  throw new UsageError(
    `--text: these are ${length} characters as ${row?.publisher} counts them, and it takes ${limits.maxLength}`,
  );
}

const help = `
A rule with \`action: hold\` plans a reply and leaves it to you. After \`expires\` (7d) it is rejected by itself.

Examples:
  pilcrow review list
  pilcrow review edit file:1 --text 'See 07ASTANA2244: https://…'
  pilcrow review approve file:1`;

interface Decision {
  readonly key: string;
  readonly act: string;
  readonly reason: string;
}

/** Does it and writes down who did, in one transaction. Errors: UsageError where no such reply is held. */
async function decide(
  command: Command,
  { key, act, reason }: Decision,
  change: (tx: Executor, now: number) => Promise<boolean>,
): Promise<void> {
  await using ledger: Ledger = await openLedger(readConfig(command.optsWithGlobals()));
  const now = await ledger.now();
  const done = await ledger.transact(async (tx) => {
    if (!(await change(tx, now))) return false;
    await recordAct(tx, actOf(act, key, now, reason));
    return true;
  });
  if (!done) throw notHeld(key, await replyRow(ledger.db, key));
}

function notHeld(key: string, row: ReplyRow | undefined): UsageError {
  const state = row === undefined ? 'there is no such reply' : `it is ${row.state}`;
  return new UsageError(`${key}: ${state}; only replies that are held can be reviewed: \`pilcrow review list\``);
}

function fieldsOf({ key, publisher, payload, planned_at: plannedAt, due_at: dueAt }: ReplyRow) {
  const { text, replyTo } = Payload.parse(JSON.parse(payload));
  const until = dueAt === null ? null : new Date(dueAt).toISOString();
  return { key, publisher, replyTo, text, plannedAt: new Date(plannedAt).toISOString(), until };
}

function describe(row: ReplyRow, paint: Output['paint']): string {
  const { key, publisher, replyTo, text, until } = fieldsOf(row);
  const where = `to ${plain(replyTo.author)} through ${plain(publisher)}, until ${until?.slice(0, 16).replace('T', ' ')}Z`;
  const lines = plain(text).split('\n');
  return [`${paint.bold(plain(key))}  ${paint.dim(where)}`, ...lines.map((line) => `  ${line}`)].join('\n');
}
