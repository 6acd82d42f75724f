import { Command } from 'commander';
import { openLedger } from '../../app/open-ledger.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import { UsageError } from '../../core/errors.ts';
import { personKey } from '../../core/post.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { type AuthorId, authorsNamed, countPostsBy } from '../../ledger/posts/authors.ts';
import { forgetAuthor } from '../../operations/forget-author.ts';
import { refuseMisspelt } from '../lib/options.ts';
import { type Output, onLine } from '../lib/output.ts';
import { openPrompt } from '../lib/prompt.ts';

export function forgetCommand(output: Output): Command {
  return new Command('forget')
    .argument('<author>', 'handle, or platform and permanent id: mastodon:109302')
    .option('--keep-replies', 'leave the published replies on their platform')
    .option('--yes', 'do not ask')
    .addHelpText('after', help)
    .action(async (name: string, options: { keepReplies?: true; yes?: true }, self: Command) => {
      await using ledger = await openLedger(readLedgerConfig(self.optsWithGlobals()));
      const author = await authorNamed(ledger, name);
      const person = onLine(personKey(author.platform, author.id));
      const question = `Forget ${person}: ${await countPostsBy(ledger.db, author)} posts? This cannot be undone (yes/no)`;
      if (options.yes !== true && !(await isConfirmed(output, question))) return output.line('Nothing was done.');
      const posts = await forgetAuthor(ledger, author, options.keepReplies !== true);
      output.line(`${person} is forgotten: ${posts} posts. A running bot deletes its replies now and erases their`);
      output.line('traces within the hour; without one, `pilcrow once` does both.');
    });
}

async function isConfirmed(output: Output, question: string): Promise<boolean> {
  using prompt = openPrompt(output);
  return /^y(es)?$/i.test(await prompt.ask(question, { usual: 'no' }));
}

/** Errors: UsageError if there is none, or more than one. */
async function authorNamed(ledger: Ledger, name: string): Promise<AuthorId> {
  const found = await authorsNamed(ledger.db, name);
  const [author, second] = found;
  if (author === undefined) {
    const [, platform, id] = /^([\w-]+):(.+)$/.exec(name) ?? [];
    // Rejects and trackbacks may name an author without posts.
    if (platform !== undefined && id !== undefined) {
      await refuseMisspelt(platform);
      return { platform, id };
    }
    throw new UsageError(
      `${name}: no stored post is by this author; name them by platform and id, such as mastodon:109302`,
    );
  }
  if (second === undefined) return author;
  const people = found.map(({ platform, id }) => onLine(personKey(platform, id))).join(', ');
  throw new UsageError(`${name} is more than one author: name one of ${people}`);
}

const help = `
For people who ask without deleting their posts. Deletes posts, names, links, the opt-in, and the texts of replies to them; an opt-out stays.
docs/privacy.md says what is left: earlier backups, mail that was sent, and the audit log, which gets a hash instead of the name.

Examples:
  pilcrow forget @ada@social.example
  pilcrow forget bluesky:did:plc:abc --yes`;
