import type { Emit } from '../core/event.ts';
import { messageOf } from '../core/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { feedMeasures } from '../ledger/processes/measures.ts';
import type { Executor } from '../ledger/db/schema.ts';
import { readSettings, writeSetting } from '../ledger/db/settings.ts';
import { type HourStart, hourStarts } from '../observe/hourly.ts';
import { type Change, inWords, observe, type Rhythm, usual } from '../observe/rhythm.ts';

const checkEveryMs = 60_000;
/** Another process has just checked. */
const justCheckedMs = 50_000;

/** Checks all feeds every minute, and reports each that is silent against its rhythm, and its return. */
export function watchRhythms(parts: { ledger: Ledger; feeds: readonly string[]; emit: Emit }): AsyncDisposable {
  let checking: Promise<void> | undefined;
  const check = () => {
    checking ??= checkRhythms(parts)
      .catch((error: unknown) => parts.emit({ kind: 'error', what: 'rhythm', message: messageOf(error) }))
      .finally(() => {
        checking = undefined;
      });
  };
  check();
  const timer = setInterval(check, checkEveryMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await checking;
    },
  };
}

/** One check. Of many processes the first one makes it, and only that one reports. */
export async function checkRhythms(parts: { ledger: Ledger; feeds: readonly string[]; emit: Emit }): Promise<void> {
  const { ledger, feeds, emit } = parts;
  const now = await ledger.now();
  const changes = await ledger.transact(async (tx) => {
    const [before, hours] = [await rhythms(tx, feeds), await hoursOfFeeds(tx)];
    const checks = (await feedMeasures(tx, feeds)).flatMap(({ feed, seen }) => {
      const known = before.get(feed);
      const ago = known === undefined ? Infinity : now - known.observedAt;
      return ago >= 0 && ago < justCheckedMs ? [] : [{ feed, ...observe(known, { now, seen }) }];
    });
    for (const { feed, rhythm } of checks) {
      await writeSetting(tx, prefix + feed, rhythm);
      const [known = [], seen] = [hours.get(feed), before.get(feed)?.seen ?? 0];
      const starts = hourStarts(known, { now, seen });
      if (starts !== known) await writeSetting(tx, hoursPrefix + feed, starts);
    }
    return checks;
  });
  for (const { feed, change } of changes) {
    if (change === undefined) continue;
    emit({ kind: change.kind === 'silent' ? 'error' : 'info', what: feed, feed, message: inWords(change) });
  }
}

const prefix = 'rhythm:';
const hoursPrefix = 'hours:';

/** How many posts each feed had delivered at the start of each hour of the last day. */
export function hoursOfFeeds(db: Executor): Promise<Map<string, readonly HourStart[]>> {
  return readSettings<readonly HourStart[]>(db, hoursPrefix);
}

/** What is known of the rhythm of each feed. */
export async function rhythms(db: Executor, feeds: readonly string[]): Promise<Map<string, Rhythm>> {
  const all = await readSettings<Rhythm>(db, prefix);
  return new Map([...all].filter(([feed]) => feeds.includes(feed)));
}

/** The feeds that are silent against their rhythm now, in words by feed. */
export async function silentFeeds(db: Executor, feeds: readonly string[]): Promise<Map<string, string>> {
  const silent = [...(await rhythms(db, feeds))].filter(([, { alerted }]) => alerted);
  return new Map(
    silent.map(([feed, rhythm]) => {
      const change: Change = { kind: 'silent', ms: rhythm.silentMs, usualMs: usual(rhythm) ?? rhythm.silentMs };
      return [feed, inWords(change)];
    }),
  );
}
