import { Command } from 'commander';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import { ConfigError, UsageError } from '../../core/errors.ts';
import { personKey } from '../../core/post.ts';
import { type Consent, consentsPage } from '../../ledger/operators/consents.ts';
import { recordConsent, removeConsent } from '../../operations/record-consent.ts';
import { limitOf, refuseMisspelt } from '../lib/options.ts';
import { type Output, onLine, printList } from '../lib/output.ts';

export function consentCommand(output: Output): Command {
  const command = new Command('consent');
  command
    .command('add')
    .description('record that a person has opted in to replies or, with --out, opted out')
    .argument('<platform>', 'such as mastodon')
    .argument('<id>', 'permanent id of the account, not the handle')
    .option('--out', 'opt out: planned replies to this person are abandoned at once')
    .option('--reason <text>', 'how the person said so', 'told the operator')
    .addHelpText('after', addHelp)
    .action(async (platform: string, id: string, options: { out?: true; reason: string }, self: Command) => {
      await refuseMisspelt(platform);
      const person = personKey(platform, id);
      await using ledger = await openLedger(readLedgerConfig(self.optsWithGlobals()));
      const choice = options.out === true ? 'out' : 'in';
      const done = await recordConsent(ledger, { platform, id, reason: options.reason, choice });
      if (!done)
        throw new UsageError(
          `${person} has opted out. If that has changed, run pilcrow consent remove ${platform} ${id}, then this again.`,
        );
      if (choice === 'out') return output.line(`${person} gets no more replies.`);
      output.line(await effectOfOptIn(person, platform, self.optsWithGlobals()));
    });
  command
    .command('remove')
    .description('delete the opt-in or opt-out of a person')
    .argument('<platform>')
    .argument('<id>')
    .option('--reason <text>', 'note for the audit log', '')
    .action(async (platform: string, id: string, options: { reason: string }, self: Command) => {
      await refuseMisspelt(platform);
      const person = personKey(platform, id);
      await using ledger = await openLedger(readLedgerConfig(self.optsWithGlobals()));
      if (!(await removeConsent(ledger, { platform, id, reason: options.reason })))
        throw new UsageError(`${person} has no opt-in or opt-out; \`pilcrow consent list\` shows all`);
      output.line(`The opt-in or opt-out of ${person} is deleted.`);
    });
  command
    .command('list')
    .description('list opt-ins and opt-outs, the latest first')
    .option('--json', 'one JSON object a line')
    .option('--limit <n>', 'how many', '50')
    .action(async (options: { json?: true; limit: string }, self: Command) => {
      const limit = limitOf(options.limit);
      await using ledger = await readLedger(readLedgerConfig(self.optsWithGlobals()));
      const page = ledger && (await consentsPage(ledger.db, { after: undefined, limit: limit + 1 }));
      printList(output, page?.rows ?? [], {
        limit,
        json: options.json,
        fields: (consent) => ({ ...consent, at: new Date(consent.at).toISOString() }),
        line: describe,
        none: 'No opt-ins or opt-outs yet.',
      });
    });
  return command;
}

/** Loaded on demand: only this sentence needs to know platforms and publishers. A fault elsewhere in the configuration is no reason to hide it. */
async function effectOfOptIn(person: string, platform: string, options: { config: string }): Promise<string> {
  const [{ mayBeAnswered }, { readConfig }] = await Promise.all([
    import('../../app/answering.ts'),
    import('../../config/read.ts'),
  ]);
  try {
    return mayBeAnswered(person, platform, readConfig(options));
  } catch (error) {
    if (error instanceof ConfigError) return mayBeAnswered(person, platform, { publishers: [], feeds: [] });
    throw error;
  }
}

function describe({ person, choice, source, at }: Consent): string {
  const what = choice === 'in' ? 'opted in ' : 'opted out';
  return `${what}  ${onLine(person)}  ${new Date(at).toISOString()}  ${onLine(source)}`;
}

const addHelp = `
The bot itself records an opt-out for everybody who writes "stop" to it. docs/consent.md explains who gets replies.

Examples:
  pilcrow consent add bluesky did:plc:abc --reason 'wrote to us on 3 May'
  pilcrow consent add mastodon 109302 --out`;
