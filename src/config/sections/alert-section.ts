import { z } from 'zod';
import { Duration, TimeOfDay } from '../../core/durations.ts';
import { Timezone } from './digest-section.ts';

/** Schema of `alerts`. */
export const Alerts = z.strictObject({
  to: z.array(z.string().min(1)).default([]).describe('Channels that are told, by their names. None: nobody is.'),
  quiet: z
    .strictObject({
      from: TimeOfDay.prefault('22:00').describe('From this time of the day on.'),
      to: TimeOfDay.prefault('07:00').describe('Up to this time, of the next day where it is not after `from`.'),
      timezone: Timezone.default('UTC').describe('Zone of the times.'),
    })
    .refine(({ from, to }) => from !== to, 'expected `from` and `to` to differ: nothing would ever be told')
    .nullable()
    .default(null)
    .describe('Hours in which nothing is told: what waits is told when they are over. `null`: none.'),
  groupFor: Duration.prefault('10m').describe(
    'What happens within this time of the first that is not told yet travels together, in one message a channel.',
  ),
  failingFor: Duration.prefault('15m').describe('A feed that cannot be read for so long is an alert.'),
  heldFor: Duration.prefault('1h').describe('A reply that has waited so long for a person is one.'),
});
