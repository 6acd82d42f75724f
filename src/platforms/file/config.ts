import { z } from 'zod';
import { Duration } from '../../core/durations.ts';
import type { Platform } from '../platform.ts';
import { unlimited } from '../shared/lengths.ts';

export const FileFeed = z
  .strictObject({
    paths: z
      .array(z.string().min(1))
      .min(1)
      // Each takes room in the cursor, whose size is limited.
      .max(100)
      .optional()
      .describe('Files of posts, one JSON object a line; relative to the folder of the configuration file'),
    stdin: z
      .boolean()
      .default(false)
      .describe('Read posts from standard input instead, at most once (not again after a restart)'),
    every: Duration.prefault('2s').describe('Polling interval'),
    maxLineBytes: z
      .int()
      .min(1024)
      .max(16 * 1024 * 1024)
      .default(1024 * 1024)
      .describe('Longest line; longer ones are rejected'),
  })
  .refine(({ paths, stdin }) => (paths !== undefined) !== stdin, 'expected either `paths` or `stdin: true`');
export type FileFeed = z.infer<typeof FileFeed>;

export const file: Platform<typeof FileFeed> = {
  id: 'file',
  summary: 'Posts from JSONL files that may grow and rotate, or from standard input',
  consent: {
    summons: 'the line says `"summoned": true`',
    permits: ['dry-run'],
    clause: 'a file has no readers who could consent: replies to its posts are only logged',
    source: 'docs/platforms/file.md',
    never: [],
  },
  addressesPeople: false,
  limits: unlimited,
  prices: 'free',
  feed: FileFeed,
};
