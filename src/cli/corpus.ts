import { Command } from 'commander';
import { showCommand } from './corpus-show.ts';
import type { Output } from './output.ts';

export function corpusCommand(output: Output): Command {
  return new Command('corpus').description('the imported texts of cables').addCommand(showCommand(output));
}
