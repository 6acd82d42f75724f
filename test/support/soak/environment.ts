import { join } from 'node:path';
import { readConfig } from '../../../src/config/read.ts';
import { openLedger } from '../../../src/app/open-ledger.ts';
import { feedRows } from '../../../src/ledger/feeds/feed-rows.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { pause, resume } from '../../../src/ledger/accounts/accounts.ts';
import { type FaultShare, weather } from '../fake-platform/options.ts';
import { type FakePlatform, openFakePlatform } from '../fake-platform/platform.ts';
import { openFiles, writeConfiguration } from './files.ts';
import { openCrowd } from './load.ts';
import { type BotPlan, minute, type SoakPlan } from './plan.ts';

/** The platforms are out of reach for this hour of the plan; for a part of the other one everything is paused. */
const outageHour = 9;
const pausedHour = 5;
const pausedPart = 0.4;

const shares: readonly FaultShare[] = [
  ...weather(0.02),
  { fault: 'lost answer', share: 0.05, on: ['withdraw'] },
  { fault: '5xx before', share: 0.05, on: ['find', 'withdraw'] },
];

const repeats = { harmless: 'harmless', doubling: 'doubles' } as const;

/** Everything around the bot: platforms, people, the operator, and a second look into the ledger. */
export interface Environment extends AsyncDisposable {
  readonly bot: BotPlan;
  readonly ledger: Ledger;
  readonly platforms: readonly FakePlatform[];
  /** Their own records. */
  readonly records: readonly string[];
  readonly crowd: ReturnType<typeof openCrowd>;
  readonly files: ReturnType<typeof openFiles>;
  /** What happens in the minute that begins now, so many hours of the plan after the start. */
  goOn(now: number, hours: number): Promise<void>;
}

export async function openEnvironment(plan: SoakPlan, dir: string, start: number): Promise<Environment> {
  const times = { latencyMs: 2, showsAfterMs: 4, slowMs: 400, limitedMs: 20 };
  const names = ['harmless', 'doubling'] as const;
  const records = names.map((name) => join(dir, `${name}.jsonl`));
  const platforms = await Promise.all(
    names.map((name, at) =>
      openFakePlatform({ file: records[at]!, repeat: repeats[name], shares, seed: plan.seed, ...times }),
    ),
  );
  const files = openFiles(dir);
  const crowd = openCrowd(platforms, plan.seed);
  const config = writeConfiguration(dir, plan.hourMs);
  const ledger = await openLedger(readConfig({ config }));
  const accounts = names.map((name, at) => ({ name, url: platforms[at]!.url, repeat: repeats[name] }));
  return {
    bot: { ...plan, config, start, accounts },
    ledger,
    platforms,
    records,
    crowd,
    files,
    async goOn(now, hours) {
      files.append(crowd.lines(plan.linesAMinute, now));
      const isAt = (hour: number) => Math.abs(hours - hour) * plan.hourMs < minute / 2;
      // A file that was never looked at is not missed when it is gone.
      if (isAt(Math.round(hours * 2) / 2) && (await isRead(ledger, files.names))) files.rotate();
      // A little longer than the minute takes: when the next one asks again, they have hardly been back.
      if (Math.floor(hours) === outageHour) for (const platform of platforms) void platform.down(plan.stepMs * 65);
      if (isAt(pausedHour)) await ledger.transact((tx) => pause(tx, { scope: 'all', reason: 'to see', since: now }));
      if (isAt(pausedHour + pausedPart)) await ledger.transact((tx) => resume(tx, 'all', now));
    },
    async [Symbol.asyncDispose]() {
      await ledger[Symbol.asyncDispose]();
      for (const platform of platforms) await platform[Symbol.asyncDispose]();
    },
  };
}

async function isRead(ledger: Ledger, names: readonly string[]): Promise<boolean> {
  const [feed] = await feedRows(ledger.db);
  return names.every((name) => feed?.cursor?.includes(name) === true);
}
