import type { App } from '../src/app.ts';
import { unlessAborted } from '../src/core/async.ts';
import { readSource } from '../src/operations/source-page.ts';
import { backoffMs, dayMs } from '../src/core/durations.ts';
import { messageOf, PermanentError } from '../src/core/errors.ts';
import type { TrackbackRow } from '../src/ledger/db/schema.ts';
import { claimProbe, probeLeaseMs, recordProbe, type TrackbackProbe } from '../src/ledger/links/trackback-rows.ts';
import type { Worker } from './lib/worker.ts';

const retry = { firstMs: probeLeaseMs, maxMs: 6 * probeLeaseMs };
const mostAttempts = 5;
/** Pages that link here are checked again: they may be gone. */
const recheckMs = 7 * dayMs;
const bounds = { maxBytes: 1_000_000, timeoutMs: 20_000 };

type VerifyApp = Pick<App, 'ledger' | 'fetch' | 'hurry'>;

/** Checks that the source page of a webmention or trackback links to the cable's page. */
export const verify: Worker<VerifyApp> = {
  queue: 'verify',
  concurrency: 4,
  async work(app: VerifyApp, key) {
    const claimedAt = await app.ledger.now();
    const row = await app.ledger.transact((tx) => claimProbe(tx, key, claimedAt));
    if (row === undefined) return;
    const result = await check(app, row);
    // Before the transaction: the time may need a connection of its own.
    const now = await app.ledger.now();
    await app.ledger.transact((tx) => recordProbe(tx, row, result, now));
  },
};

async function check(app: VerifyApp, row: TrackbackRow): Promise<TrackbackProbe> {
  const now = await app.ledger.now();
  const unclear = (error: string, final = false): TrackbackProbe => {
    const isFinal = final || row.attempts + 1 >= mostAttempts;
    // A link that is shown is checked for as long as it is shown.
    const again = !isFinal ? now + backoffMs(row.attempts, retry) : row.state === 'new' ? null : now + recheckMs;
    return { kind: 'unclear', error, again };
  };
  try {
    const { url, status, headers, body } = await app.fetch(row.source, {
      ...bounds,
      headers: { accept: 'text/html, application/xhtml+xml' },
      signal: app.hurry,
    });
    if (status === 404 || status === 410) return { kind: 'removed', error: `it answered ${status}` };
    if (status < 200 || status > 299) return unclear(`it answered ${status}`);
    if (!/^(text\/html|application\/xhtml\+xml)\b/i.test(headers.get('content-type') ?? ''))
      return unclear('it is not an HTML page', true);
    const { links, title, site } = await unlessAborted(readSource(new TextDecoder().decode(body), url, row), app.hurry);
    if (!links) return { kind: 'removed', error: 'it does not link to the cable’s page' };
    return { kind: 'links', title, site, again: now + recheckMs };
  } catch (error) {
    app.hurry.throwIfAborted();
    return unclear(messageOf(error).slice(0, 300), error instanceof PermanentError);
  }
}
