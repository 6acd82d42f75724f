import { z } from 'zod';

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as people write it in YAML (`30s`, `15m`, `12h`, `7d`); parsed to milliseconds. */
export const Duration = z
  .string()
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, 'expected a duration such as 30s, 15m, 12h or 7d')
  .transform((written) => {
    const unit = written.replace(/^\d+/, '') as keyof typeof unitMs;
    return Number.parseInt(written, 10) * unitMs[unit];
  })
  .meta({ examples: ['30s', '15m', '12h', '7d'] });
