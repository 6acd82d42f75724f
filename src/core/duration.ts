import { z } from 'zod';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const expected = 'expected a duration such as 30s, 15m, 12h or 7d';

/** A length of time as people write it in YAML (`30s`, `15m`, `12h`, `7d`); parsed to milliseconds. */
export const Duration = z
  .string(expected)
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, expected)
  .transform((written) => {
    return Number.parseInt(written, 10) * (unitMs[written.replace(/^\d+/, '')] ?? 0);
  })
  .meta({ examples: ['30s', '15m', '12h', '7d'] });
