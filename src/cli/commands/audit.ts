import { Command } from 'commander';
import { readLedger } from '../../app/open-ledger.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import { type AuditEntry, auditLog } from '../../ledger/operators/audit-log.ts';
import { limitOf } from '../lib/options.ts';
import { type Output, onLine, printList } from '../lib/output.ts';

export function auditCommand(output: Output): Command {
  return new Command('audit')
    .argument('[target]', 'only actions on this target: the key of a reply, a person, the scope of a pause')
    .option('--limit <n>', 'number of entries', '50')
    .option('--json', 'one JSON object a line')
    .action(async (target: string | undefined, options: { limit: string; json?: true }, self: Command) => {
      const limit = limitOf(options.limit);
      await using ledger = await readLedger(readLedgerConfig(self.optsWithGlobals()));
      const query = { limit: limit + 1, ...(target !== undefined && { target }) };
      printList(output, ledger === undefined ? [] : await auditLog(ledger.db, query), {
        limit,
        json: options.json,
        fields: (entry) => ({ ...entry, at: new Date(entry.at).toISOString() }),
        line: describe,
        none: 'No actions yet.',
      });
    });
}

function describe({ at, actor, action, target, note }: AuditEntry): string {
  const words = note === '' ? '' : `: ${note}`;
  return `${new Date(at).toISOString()}  ${onLine(actor)}  ${onLine(`${action} ${target}${words}`, 2000)}`;
}
