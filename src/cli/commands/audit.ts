import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { readLedger } from '../../app/open-ledger.ts';
import { type AuditEntry, auditLog } from '../../ledger/operators/audit-log.ts';
import { limitOf } from '../lib/limit-option.ts';
import { type Output, plain } from '../lib/output.ts';

export function auditCommand(output: Output): Command {
  return new Command('audit')
    .description('list the actions of operators, the latest first')
    .argument('[target]', 'only actions on this target: the key of a reply, a person, the scope of a pause')
    .option('--limit <n>', 'number of entries', '50')
    .option('--json', 'one JSON object a line')
    .action(async (target: string | undefined, options: { limit: string; json?: true }, self: Command) => {
      const limit = limitOf(options.limit);
      await using ledger = await readLedger(readConfig(self.optsWithGlobals()));
      const query = { limit, ...(target !== undefined && { target }) };
      const found = ledger === undefined ? [] : await auditLog(ledger.db, query);
      for (const action of found) {
        if (options.json === true) output.json({ ...action, at: new Date(action.at).toISOString() });
        else output.line(describe(action));
      }
      if (found.length === 0 && options.json !== true) output.line('No actions yet.');
    });
}

function describe({ at, actor, action, target, note }: AuditEntry): string {
  const words = note === '' ? '' : `: ${note}`;
  return plain(`${new Date(at).toISOString()}  ${actor}  ${action} ${target}${words}`);
}
