import { Option } from 'commander';
import { usualConfig } from '../../config/built-in.ts';
import type { Config } from '../../config/config.ts';
import { UsageError } from '../../core/errors.ts';
import type { Detail } from './console.ts';

export function configOption(): Option {
  return new Option('--config <file>', 'configuration file').default(
    usualConfig(),
    'pilcrow.yaml in the working folder; without one, the sample',
  );
}

/** The value of `--limit`. Errors: UsageError if it is not a positive whole number. */
export function limitOf(written: string): number {
  const limit = Number(written);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError(`--limit ${written}: expected a whole number from 1`);
  return limit;
}

/** Options of commands that write a log. */
export interface LogOptions {
  readonly quiet?: true;
  readonly log?: 'text' | 'json';
}

export function logOption(): Option {
  return new Option('--log <form>', 'text, or json: one object a line on standard error').choices(['text', 'json']);
}

/** What is printed as text: nothing if the log is JSON. */
export function detailOf({ quiet, log }: LogOptions, config: Config): Detail {
  if ((log ?? config.observe.log) === 'json') return 'nothing';
  return quiet === true ? 'errors' : 'posts';
}
