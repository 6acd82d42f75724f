import { z } from 'zod';
import type { Platform } from '../platform.ts';
import { unlimited } from '../shared/lengths.ts';

export const LogPublisher = z.strictObject({
  path: z
    .string()
    .min(1)
    .default('replies.jsonl')
    .describe('File of replies, one JSON object a line; relative to the data folder'),
});
export type LogPublisher = z.infer<typeof LogPublisher>;

export const log: Platform<z.ZodObject, typeof LogPublisher> = {
  id: 'log',
  summary: 'Replies to a JSONL file that only the operator reads',
  consent: {
    summons: 'nothing: nobody can address a file',
    permits: ['dry-run'],
    clause: 'a log reaches nobody but the operator',
    source: 'docs/platforms/log.md',
    never: [],
  },
  addressesPeople: false,
  limits: unlimited,
  prices: 'free',
  replyParts: () => ({ warning: true }),
  publisher: LogPublisher,
};
