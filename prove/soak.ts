import { broken, heapSlope } from '../test/support/soak/claims.ts';
import { minute, type Reading, type SoakPlan } from '../test/support/soak/plan.ts';
import { soak, type SoakResult } from '../test/support/soak/soak.ts';
import type { Proof } from './proof.ts';

const day: SoakPlan = { hours: 24, hourMs: 60 * minute, stepMs: 1, linesAMinute: 40, seed: 1, leakBytes: 0 };
/** The same day with a leak: what the detector must see. */
const leaking: SoakPlan = { ...day, leakBytes: 100 };
const linesAnHour = 60 * day.linesAMinute;
const memory = { heapALine: 24, rss: 1.1 };
const bounds = { warmUp: 6, memory, byChance: 0, ledger: 32 * 2 ** 20, wal: 16 * 2 ** 20 };

/** A day of load under a fast clock: flat memory, a bounded ledger, no handles left, no post lost or doubled; and a planted leak is seen. */
export const soaking: Proof = {
  name: 'soak',
  async run(report) {
    const emit = (reading: Reading) => report(JSON.stringify(reading));
    const [result, leaked] = await Promise.all([soak(day, emit), soak(leaking)]);
    const faults = broken(result, linesAnHour, bounds);
    for (const fault of faults) report(`BROKEN ${fault}`);
    const seen = broken(leaked, linesAnHour, bounds);
    report(`with a leak of ${leaking.leakBytes} bytes a post: ${seen.join('; ') || 'nothing seen'}`);
    const isSeen = seen.some((fault) => fault.startsWith('the heap grows'));
    return {
      holds: faults.length === 0 && isSeen,
      counts: { ...summary(result), bounds, faults, leak: { plan: leaking, ...slopes(leaked), seen } },
    };
  },
};

function summary(result: SoakResult) {
  const { readings, lost, doubled, through, tombstones, ...rest } = result;
  return {
    plan: day,
    ...slopes(result),
    through,
    tombstoneBytesAPost: Math.round(tombstones.bytes / through.cited),
    tombstones,
    lost: lost.length,
    doubled: doubled.length,
    ...rest,
    readings: readings.map(({ now: _, ...reading }) => reading),
  };
}

/** Bytes an hour that the heap grew by, and what it was allowed to. */
function slopes({ readings }: SoakResult) {
  return {
    heapBytesAnHour: Math.round(heapSlope(readings.slice(bounds.warmUp))),
    toleratedBytesAnHour: memory.heapALine * linesAnHour,
  };
}
