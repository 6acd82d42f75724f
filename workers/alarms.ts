import type { App } from '../src/app.ts';
import { alarmsInWords, isQuiet, troublesNow } from '../src/app/alarms.ts';
import { noteTroubles, reportAlarms, untoldSince } from '../src/ledger/alarms.ts';

/**
 * Looks for what needs a person, and tells the channels of `alarms`: each alarm once when it begins and once when it is over, what happens
 * within a while in one message, and nothing in quiet hours, after which all that waited is told.
 */
export async function lookForAlarms(app: App): Promise<void> {
  const { config, ledger } = app;
  const now = await ledger.now();
  const troubles = await troublesNow(config, ledger.db, now);
  await ledger.transact((tx) => noteTroubles(tx, troubles, now));
  const { to, groupFor } = config.alarms;
  const first = await untoldSince(ledger.db);
  if (to.length === 0 || first === undefined || first > now - groupFor || isQuiet(config.alarms, now)) return;
  await ledger.transact((tx) => reportAlarms(tx, to, { now, inWords: alarmsInWords }));
  for (const channel of to) await app.queue.enqueue('notify', channel);
}
