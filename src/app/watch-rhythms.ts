import type { Emit } from '../core/event.ts';
import { messageOf } from '../core/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { feedMeasures } from '../ledger/processes/measures.ts';
import { rhythmSettings, writeRhythmSettings } from '../ledger/feeds/rhythm-settings.ts';
import type { Executor } from '../ledger/db/schema.ts';
import { type Change, inWords, observe, type Rhythm, usual } from '../observe/rhythm.ts';

const lookEveryMs = 60_000;
/** Another process has just looked. */
const justLookedMs = 50_000;

/** Looks at all feeds every minute and tells of one that falls silent against its rhythm, and of its return. */
export function watchRhythms(world: { ledger: Ledger; feeds: readonly string[]; emit: Emit }): AsyncDisposable {
  let looking: Promise<void> | undefined;
  const look = () => {
    looking ??= lookAtRhythms(world)
      .catch((error: unknown) => world.emit({ kind: 'error', what: 'rhythm', message: messageOf(error) }))
      .finally(() => {
        looking = undefined;
      });
  };
  look();
  const timer = setInterval(look, lookEveryMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await looking;
    },
  };
}

/** One look. In many processes it is made by whoever comes first, and told by that one alone. */
export async function lookAtRhythms(world: { ledger: Ledger; feeds: readonly string[]; emit: Emit }): Promise<void> {
  const { ledger, feeds, emit } = world;
  const now = await ledger.now();
  const changes = await ledger.transact(async (tx) => {
    const before = await rhythms(tx, feeds);
    const looks = (await feedMeasures(tx, feeds)).flatMap(({ feed, seen }) => {
      const known = before.get(feed);
      const ago = known === undefined ? Infinity : now - known.observedAt;
      return ago >= 0 && ago < justLookedMs ? [] : [{ feed, ...observe(known, { now, seen }) }];
    });
    await writeRhythmSettings(tx, new Map(looks.map(({ feed, rhythm }) => [feed, JSON.stringify(rhythm)])));
    return looks;
  });
  for (const { feed, change } of changes) {
    if (change === undefined) continue;
    emit({ kind: change.kind === 'silent' ? 'error' : 'info', what: feed, feed, message: inWords(change) });
  }
}

/** What is known of the rhythm of each feed. */
export async function rhythms(db: Executor, feeds: readonly string[]): Promise<Map<string, Rhythm>> {
  const settings = await rhythmSettings(db, feeds);
  return new Map([...settings].map(([feed, json]) => [feed, JSON.parse(json) as Rhythm]));
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
