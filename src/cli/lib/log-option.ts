import { Option } from 'commander';
import type { Config } from '../../config/config.ts';
import type { Detail } from './console.ts';

/** What `run` and `once` are asked to say. */
export interface LogOptions {
  readonly quiet?: true;
  readonly log?: 'text' | 'json';
}

export function logOption(): Option {
  return new Option('--log <form>', 'text for people, or json: one object a line on standard error').choices([
    'text',
    'json',
  ]);
}

/** What is said in plain text: nothing where the log is JSON. */
export function detailOf({ quiet, log }: LogOptions, config: Config): Detail {
  if ((log ?? config.observe.log) === 'json') return 'nothing';
  return quiet === true ? 'troubles' : 'posts';
}
