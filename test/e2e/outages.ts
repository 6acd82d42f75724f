import { describe, expect, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { hourMs } from '../../src/core/durations.ts';
import { drain } from '../../workers/index.ts';
import type { TestClock } from '../support/clock.ts';

/** A platform with a bot's account, where people ask. All times are those of `clock`. */
export interface Place extends AsyncDisposable {
  /** Path of a configuration with `replies.maxAge: 24h`. */
  readonly config: string;
  readonly clock: TestClock;
  /** Somebody asks the bot. Returns the id of the question. */
  ask(text: string): string | Promise<string>;
  /** Whether it can be reached. */
  away(isAway: boolean): void | Promise<void>;
  /** How many answers to a question stand on the platform. */
  answersTo(id: string): number | Promise<number>;
}

/** No server takes posts from the future: the outage begins so long before now. */
export const agoMs = 41 * hourMs;
const outageHours = 36;
const minuteMs = 60_000;

/** Processes of the bot, one after the other. `most`: so many replies may one send before it is killed. */
function openProcesses({ config, clock }: Place) {
  let app: App | undefined;
  const end = async () => {
    await app?.[Symbol.asyncDispose]();
    app = undefined;
  };
  return {
    end,
    async start(most = Infinity): Promise<AbortSignal> {
      await end();
      const stop = new AbortController();
      let sent = 0;
      app = await openApp(readConfig({ config }), {
        emit: ({ kind }) => {
          if (kind === 'sent' && ++sent === most) stop.abort(new Error('killed'));
        },
        stopping: stop.signal,
        hurry: stop.signal,
        queue: 'none',
        clock,
      });
      return stop.signal;
    },
    async work(times = 1): Promise<void> {
      for (let time = 0; time < times; time += 1) {
        clock.advance(minuteMs);
        await drain(app!);
      }
    },
    stored: async () => (await app!.ledger.db.selectFrom('posts').select('key').execute()).length,
  };
}

type Processes = ReturnType<typeof openProcesses>;

/** No two answers are alike, which X would refuse. */
const textOf = (hour: number) => `#cablegate #07ASTANA2244 ¶${4 + (hour % 20)}${hour < 20 ? '' : ', ¶24'}`;

/** A question an hour; in the middle the bot is started again. */
async function askThroughOutage(place: Place, bot: Processes, isBotAway: boolean): Promise<string[]> {
  const asked: string[] = [];
  for (let hour = 0; hour < outageHours; hour += 1) {
    asked.push(await place.ask(textOf(hour)));
    place.clock.advance(hourMs);
    if (hour === outageHours / 2) await bot.start();
    if (isBotAway) await bot.end();
    else if (hour % 6 === 0) await bot.work();
  }
  return asked;
}

/** Registers the outages of a platform. */
export function outages(platform: string, open: () => Promise<Place>): void {
  describe(`36 hours in which ${platform} or the bot is away, with a restart in the middle and one amid the catching up,`, () => {
    test.each(['platform', 'bot'] as const)(
      'lose no question and double no answer, and what is too old is not answered: the %s',
      async (whoIsAway) => {
        await using place = await open();
        const bot = openProcesses(place);
        await bot.start();
        await bot.work();
        const first = await place.ask('#cablegate #07ASTANA2244 ¶1');
        await bot.work(2);
        expect(await place.answersTo(first)).toBe(1);
        if (whoIsAway === 'platform') await place.away(true);
        const asked = await askThroughOutage(place, bot, whoIsAway === 'bot');
        if (whoIsAway === 'platform') await place.away(false);
        const killed = await bot.start(3);
        // The last failure may ask for an hour of patience.
        for (let time = 0; time < 90 && !killed.aborted; time += 1) await bot.work();
        expect(killed.aborted).toBe(true);
        await bot.start();
        await bot.work(20);
        await bot.start();
        await bot.work();
        expect(await bot.stored()).toBe(1 + outageHours);
        const answers = await Promise.all(asked.map(async (id) => await place.answersTo(id)));
        // Those of the hours between were a day old at some time of the catching up.
        expect(answers.slice(0, 11)).toEqual(Array(11).fill(0));
        expect(answers.slice(11, 15).every((count) => count < 2)).toBe(true);
        expect(answers.slice(15)).toEqual(Array(outageHours - 15).fill(1));
        expect(await place.answersTo(first)).toBe(1);
        await bot.end();
      },
    );
  });
}
