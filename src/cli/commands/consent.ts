import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { removeConsent, mayBeAnswered, recordConsent } from '../../operations/record-consent.ts';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import { UsageError } from '../../core/errors.ts';
import { personKey } from '../../core/post.ts';
import { type Consent, consents } from '../../ledger/operators/consents.ts';
import { type Output, plain } from '../lib/output.ts';

export function consentCommand(output: Output): Command {
  const command = new Command('consent').description('who wants to be answered, and who does not');
  command
    .command('add')
    .description('note that somebody may be answered without addressing the bot, or, with --out, never')
    .argument('<platform>', 'such as mastodon')
    .argument('<id>', 'the id of their account there, which never changes: not the handle')
    .option('--out', 'they want silence: what is planned for them is given up at once')
    .option('--reason <text>', 'how they said so', 'said so to the operator')
    .addHelpText('after', addHelp)
    .action(async (platform: string, id: string, options: { out?: true; reason: string }, self: Command) => {
      const person = personKey(platform, id);
      await using ledger = await openLedger(readConfig(self.optsWithGlobals()));
      const choice = options.out === true ? 'out' : 'in';
      const done = await recordConsent(ledger, { platform, id, reason: options.reason, choice });
      if (!done)
        throw new UsageError(
          `${person} asked for silence. If that has changed: pilcrow consent remove ${platform} ${id}, then this again.`,
        );
      output.line(options.out ? `${person} is not answered any more.` : mayBeAnswered(person, platform));
    });
  command
    .command('remove')
    .description('forget what somebody said, either way')
    .argument('<platform>')
    .argument('<id>')
    .option('--reason <text>', 'why', '')
    .action(async (platform: string, id: string, options: { reason: string }, self: Command) => {
      const person = personKey(platform, id);
      await using ledger = await openLedger(readConfig(self.optsWithGlobals()));
      if (!(await removeConsent(ledger, { platform, id, reason: options.reason })))
        throw new UsageError(`${person} has said nothing; \`pilcrow consent list\` shows who has`);
      output.line(`${person} is treated like anybody again.`);
    });
  command
    .command('list')
    .description('who said what, the latest first')
    .option('--json', 'one JSON object a line')
    .action(async (options: { json?: true }, self: Command) => {
      await using ledger = await readLedger(readConfig(self.optsWithGlobals()));
      const found = ledger === undefined ? [] : await consents(ledger.db);
      for (const consent of found) {
        if (options.json === true) output.json({ ...consent, at: new Date(consent.at).toISOString() });
        else output.line(describe(consent));
      }
      if (found.length === 0 && options.json !== true) output.line('Nobody has said anything.');
    });
  return command;
}

function describe({ person, choice, source, at }: Consent): string {
  const what = choice === 'in' ? 'may be answered' : 'wants silence ';
  return `${what}  ${plain(person)}  ${new Date(at).toISOString()}  ${plain(source)}`;
}

const addHelp = `
Who writes "stop" to the bot is added with --out by the bot itself, for good. docs/consent.md says who is answered when.

Examples:
  pilcrow consent add bluesky did:plc:abc --reason 'wrote to us on 3 May'
  pilcrow consent add mastodon 109302 --out`;
