import { z } from 'zod';
import { Duration, TimeOfDay } from '../../core/durations.ts';
import { Timezone } from './digest-section.ts';

/** Schema of `alerts`. */
export const Alerts = z.strictObject({
  to: z.array(z.string().min(1)).default([]).describe('Channels that get alerts, by their names. Empty: no alerts.'),
  quiet: z
    .strictObject({
      from: TimeOfDay.prefault('22:00').describe('From this time of the day on.'),
      to: TimeOfDay.prefault('07:00').describe('Up to this time, of the next day where it is not after `from`.'),
      timezone: Timezone.default('UTC').describe('Time zone of the times.'),
    })
    .refine(({ from, to }) => from !== to, 'expected `from` and `to` to differ: no alert would ever be sent')
    .nullable()
    .default(null)
    .describe('Quiet hours: alerts wait until they are over. `null`: none.'),
  groupFor: Duration.prefault('10m').describe(
    'Alerts within this time of the first are sent together, in one message per channel.',
  ),
  failingFor: Duration.prefault('15m').describe('A feed that cannot be read for this long is an alert.'),
  heldFor: Duration.prefault('1h').describe('A held reply that has waited this long for a person is an alert.'),
});
