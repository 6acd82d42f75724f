import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { importList } from '../../app/open-catalogue.ts';
import { openCatalogue } from '../../cables/catalogue/catalogue.ts';
import type { Config } from '../../config/config.ts';
import { UsageError } from '../../core/errors.ts';
import type { Output } from '../lib/output.ts';

/** Where a public list of all reference IDs is found. */
export const publicList = 'the cablemap project (github.com/heuer/cablemap) publishes one';

export function catalogueCommand(output: Output): Command {
  const command = new Command('catalogue').description(
    'the list of cables that exist; without one, IDs stay "unverified"',
  );
  command
    .command('import')
    .description(
      `read a list of published reference IDs: lines of \`ID\` or \`ID,month\`, plain or gzipped; ${publicList}`,
    )
    .argument('<source>', 'CSV, or CSV compressed by gzip: a file, `-` for standard input, or an http(s) URL')
    .option('--sha256 <hex>', 'take it only if it has this checksum; a URL needs one')
    .addHelpText('after', examples)
    .action(async (source: string, { sha256 }: { sha256?: string }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      const target = fileOf(config);
      const progress = (count: number) => {
        if (process.stderr.isTTY) output.writeError(`\r${count.toLocaleString('en')} IDs`);
      };
      const { imported, rejects } = await importList(config, { source, target, sha256, progress, signal: output.gone });
      if (process.stderr.isTTY) output.writeError('\r');
      for (const reject of rejects.slice(0, 20)) output.error(reject);
      if (rejects.length > 20) output.error(`and ${rejects.length - 20} more lines that are no reference ID`);
      output.line(
        `${imported.toLocaleString('en')} reference IDs are in ${target}. A running bot uses them after its next start.`,
      );
    });
  command
    .command('stats')
    .description('what the imported list holds')
    .option('--json', 'as a JSON object')
    .action((options: { json?: true }, self: Command) => {
      const file = fileOf(readConfig(self.optsWithGlobals()));
      const catalogue = openCatalogue(file);
      if (catalogue === undefined)
        throw new UsageError(`no list is imported at ${file}: pilcrow catalogue import FILE (${publicList})`);
      if (options.json === true) output.json({ file, ids: catalogue.size });
      else output.line(`${catalogue.size.toLocaleString('en')} reference IDs in ${file}`);
    });
  return command;
}

const examples = `
Nothing is changed unless the whole list could be read and its checksum is right.

Examples:
  pilcrow catalogue import ids.csv.gz
  pilcrow catalogue import https://example.org/ids.csv.gz --sha256 9f86d081…0f00a08`;

function fileOf(config: Config): string {
  if (config.catalogue === null) throw new UsageError(`${config.file} says \`catalogue: null\`: no list is to be used`);
  return config.catalogue;
}
