import { Command } from 'commander';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import { decideHeld, decideHeldOf, type Decision, sentBeside } from '../../operations/review.ts';
import type { UnderReview } from '../../operations/under-review.ts';
import { UsageError } from '../../core/errors.ts';
import { ownWords, type Post } from '../../core/post.ts';
import type { ReplyState } from '../../core/reply.ts';
import { shortened } from '../../core/text/strangers.ts';
import { utcMinute } from '../../core/zone.ts';
import { codecs } from '../../ledger/db/codecs.ts';
import { readEach } from '../../ledger/db/json-column.ts';
import { heldReplies, mostHeldPerAuthor } from '../../ledger/replies/held-replies.ts';
import { replyRow } from '../../ledger/replies/replies.ts';
import type { ReplyRow } from '../../ledger/db/schema.ts';
import type { LedgerReader } from '../../ledger/ledger.ts';
import { limitOf, refuseMisspelt } from '../lib/options.ts';
import { indented, type Output, type Paint, maxKey, onLine, plain, printList } from '../lib/output.ts';

export function reviewCommand(output: Output): Command {
  const command = new Command('review').addHelpText('after', help);
  command
    .command('list')
    .description('list held replies by author, the most urgent first')
    .option('--author <author>', 'only those to this author, as `platform:id`')
    .option('--limit <n>', 'number of replies', '50')
    .option('--after <key>', 'those after this one')
    .option('--json', 'one JSON object a line; what is left out is on standard error')
    .action(async (asked: { author?: string; limit: string; after?: string; json?: true }, self: Command) => {
      const { author, after } = asked;
      if (author !== undefined) await refuseMisspelt(author.split(':', 1)[0] ?? '');
      const limit = limitOf(asked.limit);
      await using ledger = await readLedger(readLedgerConfig(self.optsWithGlobals()));
      if (after !== undefined) await mustBeHeld(ledger, after);
      const page = ledger && (await heldReplies(ledger.db, { author, after, limit }));
      const { rows = [], leftOut = 0 } = page ?? {};
      const legible = readEach(rows, (row) => ({ row, fields: fieldsOf(row) }));
      const held = await Promise.all(legible.map(async (one) => ({ ...one, beside: await besideOf(ledger, one.row) })));
      printList(output, held, {
        json: asked.json,
        fields: ({ fields, beside }) => ({ ...fields, ...besideFields(beside) }),
        line: ({ row, beside }) => describe(row, beside, output.paint),
        none: 'No held replies.',
        more: leftOut === 0 ? undefined : `${leftOut} more: pilcrow review list --after ${rows.at(-1)?.key}`,
      });
    });
  command
    .command('show')
    .description('show a held reply and the post that it answers; `pilcrow explain KEY` shows why it was planned')
    .argument('<key>')
    .action(async (key: string, _asked: unknown, self: Command) => {
      await using ledger = await readLedger(readLedgerConfig(self.optsWithGlobals()));
      const row = await mustBeHeld(ledger, key);
      output.line(describe(row, await besideOf(ledger, row), output.paint));
    });
  command
    .command('edit')
    .description('change the text; the reply stays held until `approve`')
    .argument('<key>')
    .requiredOption('--text <words>', 'the whole new text')
    .action(async (key: string, { text }: { text: string }, self: Command) => {
      const before = await decide(self, { key, choice: 'edit', text });
      output.line(`${key} before:\n${plain(before)}\nafter:\n${plain(text.trim())}`);
      await using ledger = await readLedger(readLedgerConfig(self.optsWithGlobals()));
      const row = ledger && (await replyRow(ledger.db, key));
      const { warnings = [] } = row === undefined ? {} : await besideOf(ledger, row);
      for (const warning of warnings) output.error(`warning: ${warning}`);
    });
  addDecision(command, output, 'approve');
  addDecision(command, output, 'reject');
  return command;
}

const decisions = {
  approve: { does: 'send it', reason: '', done: 'planned; a running bot sends it now' },
  reject: { does: 'never send it', reason: 'rejected by the operator', done: 'rejected' },
} as const;

function addDecision(command: Command, output: Output, choice: 'approve' | 'reject'): void {
  const { does, reason, done } = decisions[choice];
  command
    .command(choice)
    .description(does)
    .argument('[key]')
    .option('--author <author>', 'all held replies to this author, as `platform:id`')
    .option('--reason <text>', 'note for the audit log', reason)
    .action(async (key: string | undefined, asked: Asked, self: Command) => {
      output.line(`${await decideThese(self, choice, key, asked)} ${done}.`);
    });
}

const help = `
A rule with \`action: hold\` plans a reply, and you decide. After \`expires\` of the rule (default 7d) the bot rejects it.
At most ${mostHeldPerAuthor} replies to one author are held: a newer one takes the place of the oldest, which is rejected.

Examples:
  pilcrow review list
  pilcrow review edit file:1 --text 'See 07ASTANA2244: https://…'
  pilcrow review approve file:1
  pilcrow review reject --author file:mallory --reason 'spam'
  pilcrow review list --json --limit 100 --after file:1`;

interface Asked {
  readonly author?: string;
  readonly reason: string;
}

/** Decides about one reply or all to an author. Returns the subject of a sentence. Errors: UsageError. */
async function decideThese(
  command: Command,
  choice: 'approve' | 'reject',
  key: string | undefined,
  { author, reason }: Asked,
): Promise<string> {
  if ((key === undefined) === (author === undefined))
    throw new UsageError(`review ${choice}: name the key of a reply, or --author for all to one author`);
  if (author === undefined) {
    await decide(command, { key: key!, choice, reason });
    return `${key} is`;
  }
  await using ledger = await openLedger(readLedgerConfig(command.optsWithGlobals()));
  await refuseMisspelt(author.split(':', 1)[0] ?? '');
  const decided = await decideHeldOf(ledger, { author, choice, reason });
  if (decided === 0)
    throw new UsageError(`no held reply to ${author}: \`pilcrow review list --json\` shows the authors`);
  return `${decided} ${decided === 1 ? 'reply' : 'replies'} to ${onLine(author)}: ${decided === 1 ? 'it is' : 'all are'}`;
}

/** Errors: UsageError if there is no such held reply. */
async function mustBeHeld(ledger: LedgerReader | undefined, key: string): Promise<ReplyRow> {
  const row = ledger && (await replyRow(ledger.db, key));
  if (row?.state !== 'held') throw notHeld(key, row?.state);
  return row;
}

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

function fieldsOf({ key, publisher, author, payload, planned_at: plannedAt, due_at: dueAt }: ReplyRow) {
  const { text, replyTo, warning, visibility, card, language, alone } = codecs.replies.payload.decode(payload, key);
  const until = dueAt === null ? null : new Date(dueAt).toISOString();
  const sent = { text, warning, visibility, card, language, alone };
  return { key, publisher, author, replyTo, ...sent, plannedAt: new Date(plannedAt).toISOString(), until };
}

const nothing: UnderReview = { post: undefined, context: [], warnings: [] };

async function besideOf(ledger: LedgerReader | undefined, row: ReplyRow): Promise<UnderReview> {
  if (ledger === undefined) return nothing;
  // Loaded on demand: a decision needs nothing of the post.
  const { underReview } = await import('../../operations/under-review.ts');
  return await underReview(ledger.db, row);
}

function besideFields({ post, context, warnings }: UnderReview) {
  return {
    post: post ?? null,
    context: context.map(({ relation, post: above }) => ({ relation, post: above })),
    warnings,
  };
}

function describe(row: ReplyRow, { post, context, warnings }: UnderReview, paint: Paint): string {
  const { key, publisher, author, replyTo, text } = fieldsOf(row);
  const beside = sentBeside(codecs.replies.payload.decode(row.payload, key));
  const until = utcMinute(row.due_at ?? 0);
  const where = `to ${onLine(replyTo.author)} (${onLine(author)}) through ${onLine(publisher)}, until ${until}`;
  const parts = beside.map(([label, value]) => `  ${paint.dim(`${label}:`)} ${onLine(value, maxKey)}`);
  const above = context.flatMap((one) =>
    quoted(`${one.relation} @${onLine(one.post.author.handle)}:`, one.post, paint),
  );
  const asked =
    post === undefined ? [`  ${paint.dim('The post is no longer stored.')}`] : quoted('The post:', post, paint);
  return [
    `${paint.bold(onLine(key, maxKey))}  ${paint.dim(where)}`,
    ...parts,
    ...above,
    ...asked,
    `  ${paint.dim('The reply:')}`,
    ...indented(text).map((line) => `  ${line}`),
    ...warnings.map((warning) => `  ${paint.yellow(`Warning: ${warning}`)}`),
  ].join('\n');
}

/** The first lines of a post. */
function quoted(heading: string, post: Post, paint: Paint): string[] {
  return [
    `  ${paint.dim(heading)}`,
    ...indented(shortened(ownWords(post), 1000)).map((line) => `  ${paint.dim(`>${line.slice(1)}`)}`),
  ];
}
