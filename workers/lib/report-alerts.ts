import type { App } from '../../src/app.ts';
import { alertsInWords, isQuiet, troublesNow } from '../../src/operations/check-alerts.ts';
import { noteTroubles, reportAlerts, untoldSince } from '../../src/ledger/operators/alert-rows.ts';

/**
 * Looks for what needs a person, and tells the channels of `alerts`: each alert once when it begins and once when it is over, what happens
 * within a while in one message, and nothing in quiet hours, after which all that waited is told.
 */
export async function checkAlerts(app: App): Promise<void> {
  const { config, ledger } = app;
  const now = await ledger.now();
  const troubles = await troublesNow(config, ledger.db, now);
  await ledger.transact((tx) => noteTroubles(tx, troubles, now));
  const { to, groupFor } = config.alerts;
  const first = await untoldSince(ledger.db);
  if (to.length === 0 || first === undefined || first > now - groupFor || isQuiet(config.alerts, now)) return;
  await ledger.transact((tx) => reportAlerts(tx, to, { now, inWords: alertsInWords }));
  for (const channel of to) await app.queue.enqueue('notify', channel);
}
