// Restores a backup and dies of SIGKILL at a step; arguments: the configuration, the backup, the step.
import { readLedgerConfig } from '../../src/config/ledger-config.ts';
import { restoreLedger } from '../../src/cli/lib/restore-ledger.ts';

const [config = '', backup = '', step] = process.argv.slice(2);
await restoreLedger(readLedgerConfig({ config }), backup, {
  settleMs: 0,
  onStep(passed) {
    if (passed !== step) return;
    process.kill(process.pid, 'SIGKILL');
    // Not a step further, should the signal take its time.
    for (;;);
  },
});
