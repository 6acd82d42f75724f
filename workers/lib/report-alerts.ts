import type { App } from '../../src/app.ts';
import { alertsInWords, isQuiet, troublesNow } from '../../src/operations/check-alerts.ts';
import { recordTroubles, reportAlerts, unreportedSince } from '../../src/ledger/operators/alert-rows.ts';

/**
 * Finds problems that need a person, and notifies the channels of `alerts`: once when an alert begins and once when it is over.
 * Alerts of the same time share a message; alerts in quiet hours wait until these end.
 */
export async function checkAlerts(app: Pick<App, 'config' | 'ledger' | 'queue'>): Promise<void> {
  const { config, ledger } = app;
  const now = await ledger.now();
  const troubles = await troublesNow(config, ledger.db, now);
  await ledger.transact((tx) => recordTroubles(tx, troubles, now));
  const { to, groupFor } = config.alerts;
  const first = await unreportedSince(ledger.db);
  if (to.length === 0 || first === undefined || first > now - groupFor || isQuiet(config.alerts, now)) return;
  await ledger.transact((tx) => reportAlerts(tx, to, { now, inWords: alertsInWords }));
  for (const channel of to) await app.queue.enqueue('notify', channel);
}
