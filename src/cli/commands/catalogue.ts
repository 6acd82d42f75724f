import { Readable } from 'node:stream';
import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { type Imported, importCatalogue, openCatalogue } from '../../cables/catalogue/catalogue.ts';
import type { Config } from '../../config/config.ts';
import { UsageError } from '../../core/errors.ts';
import { openGuardedFetch, withoutSecrets } from '../../net/guarded-fetch.ts';
import type { Output } from '../lib/output.ts';

/** The source of a public list of all reference IDs. */
export const publicList = 'the cablemap project (github.com/heuer/cablemap) publishes one';

export function catalogueCommand(output: Output): Command {
  const command = new Command('catalogue').description(
    'manage the list of all reference IDs; without it, IDs stay "unverified"',
  );
  command
    .command('import')
    .description(
      `import a list of published reference IDs: lines of \`ID\` or \`ID,month\`, plain or gzipped; ${publicList}`,
    )
    .argument('<source>', 'CSV or gzipped CSV: a file, `-` for standard input, or an http(s) URL')
    .option('--sha256 <hex>', 'import only if the checksum matches; required for a URL')
    .addHelpText('after', examples)
    .action(async (source: string, { sha256 }: { sha256?: string }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      const target = fileOf(config);
      const progress = (count: number) => {
        if (process.stderr.isTTY) output.writeError(`\r${count.toLocaleString('en')} IDs`);
      };
      const options = { sha256, progress, signal: output.closed };
      const { imported, rejects } = await importList(config, source, target, options);
      if (process.stderr.isTTY) output.writeError('\r');
      for (const reject of rejects.slice(0, 20)) output.error(reject);
      if (rejects.length > 20) output.error(`and ${rejects.length - 20} more lines without a reference ID`);
      output.line(
        `${imported.toLocaleString('en')} reference IDs are in ${target}. A running bot uses them after its next start.`,
      );
    });
  command
    .command('stats')
    .description('show the size of the imported list')
    .option('--json', 'print a JSON object')
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
Nothing changes unless the whole list is readable and its checksum matches.

Examples:
  pilcrow catalogue import ids.csv.gz
  pilcrow catalogue import https://example.org/ids.csv.gz --sha256 9f86d081…0f00a08`;

/** The packed list of all IDs has 1 MB, the plain one 4 MB. */
const maxBytes = 64 * 1024 * 1024;
const timeoutMs = 5 * 60_000;

/**
 * Imports a list of IDs from a file, from `-` for standard input, or from a URL, which needs the SHA-256 of the list in hexadecimal.
 * Errors: UsageError; an Error that names the source, and the old list stays.
 */
export async function importList(
  { network: { allowPrivate, userAgent } }: Config,
  source: string,
  target: string,
  { signal, ...options }: { sha256: string | undefined; progress: (count: number) => void; signal: AbortSignal },
): Promise<Imported> {
  const { sha256 } = options;
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    throw new UsageError('--sha256: expected 64 hexadecimal digits, as sha256sum prints them');
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) return await importCatalogue(source, target, options);
  if (sha256 === undefined)
    throw new UsageError('a list from the network is taken only by its checksum: --sha256 HEX, as sha256sum prints it');
  await using fetch = openGuardedFetch({ allowPrivate, userAgent });
  // Unpacked on the way it would have another checksum.
  const headers = { 'accept-encoding': 'identity' };
  const { status, body } = await fetch(source, { signal, maxBytes, timeoutMs, headers });
  const name = withoutSecrets(source);
  if (status !== 200) throw new Error(`${name}: the server answered ${status}`);
  return await importCatalogue({ name, bytes: Readable.from([Buffer.from(body)]) }, target, options);
}

function fileOf(config: Config): string {
  if (config.catalogue === null) throw new UsageError(`${config.file} says \`catalogue: null\`, so no list is used`);
  return config.catalogue;
}
