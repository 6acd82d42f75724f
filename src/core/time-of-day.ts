import { z } from 'zod';

/** A time of the day as people write it in YAML (`"22:30"`); parsed to minutes since midnight. */
export const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of the day, such as "22:30"')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));
