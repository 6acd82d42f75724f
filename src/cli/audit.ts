import { Command } from 'commander';
import { readConfig } from '../app.ts';
import { readLedger } from '../app/ledger.ts';
import { type Act, acts } from '../ledger/acts.ts';
import { limitOf } from './limit.ts';
import { type Output, plain } from './output.ts';

export function auditCommand(output: Output): Command {
  return new Command('audit')
    .description('what operators did by hand, the latest first')
    .argument('[subject]', 'only what was done to this: the key of a reply, a person, a pause')
    .option('--limit <n>', 'how many', '50')
    .option('--json', 'one JSON object a line')
    .action(async (subject: string | undefined, options: { limit: string; json?: true }, self: Command) => {
      const limit = limitOf(options.limit);
      await using ledger = await readLedger(readConfig(self.optsWithGlobals()));
      const asked = { limit, ...(subject !== undefined && { subject }) };
      const found = ledger === undefined ? [] : await acts(ledger.db, asked);
      for (const act of found) {
        if (options.json === true) output.json({ ...act, at: new Date(act.at).toISOString() });
        else output.line(describe(act));
      }
      if (found.length === 0 && options.json !== true) output.line('Nothing was done by hand.');
    });
}

function describe({ at, who, act, subject, detail }: Act): string {
  const words = detail === '' ? '' : `: ${detail}`;
  return plain(`${new Date(at).toISOString()}  ${who}  ${act} ${subject}${words}`);
}
