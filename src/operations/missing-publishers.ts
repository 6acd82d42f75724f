import type { App } from '../app.ts';
import type { Config } from '../config/config.ts';
import type { Executor } from '../ledger/db/schema.ts';
import { waitingPublishers } from '../ledger/replies/replies.ts';

/** The publishers that replies wait for and that the configuration lacks, each with what to do. */
export async function missingPublishers(
  { publishers }: Pick<Config, 'publishers'>,
  db: Executor,
): Promise<{ name: string; message: string }[]> {
  const waiting = await waitingPublishers(db);
  return waiting
    .filter((name) => !publishers.some((one) => one.name === name))
    .map((name) => {
      const what = `replies wait for publisher \`${name}\`, which is not configured`;
      return { name, message: `${what}: configure it again, or \`pilcrow replies move --from ${name} --to NAME\`` };
    });
}

/** Reports the publishers that replies wait for in vain: nothing else would, once the replies are due later. */
export async function reportMissingPublishers({ config, ledger, emit }: Pick<App, 'config' | 'ledger' | 'emit'>) {
  for (const { name, message } of await missingPublishers(config, ledger.db))
    emit({ kind: 'error', what: `publisher ${name}`, message });
}
