import { Readable } from 'node:stream';
import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { type Imported, importCatalogue, openCatalogue } from '../../cables/catalogue/catalogue.ts';
import { publicList } from '../../cables/public-sources.ts';
import type { Config } from '../../config/config.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import { openGuardedFetch, withoutSecrets } from '../../net/guarded-fetch.ts';
import type { Output } from '../lib/output.ts';
import { inMegabytes, openProgress } from '../lib/progress.ts';

/** How to get a catalogue. Nothing fetches the list unasked. */
export function catalogueCommand(output: Output): Command {
  const command = new Command('catalogue');
  command
    .command('import')
    .description('import a list of published reference IDs: lines of `ID` or `ID,month`, plain or gzipped')
    .argument(
      '<source>',
      `\`${publicList.name}\`: fetches the public list; a file; \`-\`: standard input; an http(s) URL`,
    )
    .option('--url <address>', `fetch \`${publicList.name}\` from another address, of a mirror`)
    .option('--sha256 <hex>', 'import only if the checksum matches; required for a URL')
    .addHelpText('after', examples)
    .action(async (source: string, options: ListOptions, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      const target = fileOf(config);
      using shown = openProgress(output);
      const { imported, rejects, sha256 } = await importList(config, source, target, {
        ...options,
        fetching: (name) => output.writeError(`Fetching ${name}\n`),
        progress: (text) => shown.show(() => text),
        signal: output.closed,
      });
      shown[Symbol.dispose]();
      for (const reject of rejects.slice(0, 20)) output.error(reject);
      if (rejects.length > 20) output.error(`and ${rejects.length - 20} more lines without a reference ID`);
      output.line(
        `${imported.toLocaleString('en')} reference IDs are in ${target}. A running bot uses them after its next start.`,
      );
      if (isFetched(source)) output.line(`SHA-256 of the list: ${sha256}`);
    });
  command
    .command('stats')
    .description('show the size of the imported list')
    .option('--json', 'print a JSON object')
    .action((options: { json?: true }, self: Command) => {
      const file = fileOf(readConfig(self.optsWithGlobals()));
      const catalogue = openCatalogue(file);
      if (catalogue === undefined) throw new UsageError(`no list is imported at ${file}: ${publicList.how}`);
      if (options.json === true) output.json({ file, ids: catalogue.size });
      else output.line(`${catalogue.size.toLocaleString('en')} reference IDs in ${file}`);
    });
  return command;
}

const examples = () => `
\`${publicList.name}\` fetches a file of the project cablemap, of 0.8 MB, from
  ${publicList.address}
Without --sha256 it must have all ${publicList.ids.toLocaleString('en')} IDs and come over https. The command prints the checksum: with it, other machines get the same list.
Nothing else fetches it, and nothing changes unless the whole list is readable and its checksum matches. A file of that name: ./${publicList.name}

Examples:
  pilcrow catalogue import ${publicList.name}
  pilcrow catalogue import ${publicList.name} --url https://mirror.example.org/ids.csv.gz
  pilcrow catalogue import ids.csv.gz
  pilcrow catalogue import https://example.org/ids.csv.gz --sha256 9f86d081…0f00a08`;

/** The packed list of all IDs has 1 MB, the plain one 4 MB. */
const maxBytes = 64 * 1024 * 1024;

interface ListOptions {
  readonly url?: string;
  readonly sha256?: string;
}

interface Bringing extends ListOptions {
  /** Receives the address before it is fetched. */
  readonly fetching: (name: string) => void;
  /** Receives what is done so far, for people. */
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
  /** Of the whole fetch. */
  readonly timeoutMs?: number;
}

/**
 * Imports a list of IDs: the public one by its name, a file, `-` for standard input, or a URL, which needs the SHA-256 of the list in
 * hexadecimal. Errors: UsageError; an Error that names the source, and the old list stays.
 */
export async function importList(config: Config, source: string, target: string, options: Bringing): Promise<Imported> {
  const { sha256, url, progress } = options;
  const isNamed = source === publicList.name;
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    throw new UsageError('--sha256: expected 64 hexadecimal digits, as sha256sum prints them');
  if (url !== undefined && !isNamed)
    throw new UsageError(`--url is the address of a mirror: pilcrow catalogue import ${publicList.name} --url ${url}`);
  const importing = { sha256, progress: (count: number) => progress(`${count.toLocaleString('en')} IDs`) };
  if (!isFetched(source)) return await importCatalogue(source, target, importing);
  if (sha256 === undefined && !isNamed)
    throw new UsageError('a list from the network is taken only by its checksum: --sha256 HEX, as sha256sum prints it');
  if (!isNamed) return await importCatalogue(await fetchedList(config, source, options), target, importing);
  const atLeast = sha256 === undefined ? { atLeast: publicList.ids } : {};
  try {
    const list = await fetchedList(config, url ?? publicList.address, options);
    return await importCatalogue(list, target, { ...importing, ...atLeast });
  } catch (error) {
    throw new Error(`${messageOf(error)}. Nothing has changed. ${otherWays}`, { cause: error });
  }
}

const otherWays =
  'Other ways: --url ADDRESS of a mirror (over http with --sha256), or a copy: pilcrow catalogue import FILE';

function isFetched(source: string): boolean {
  return source === publicList.name || /^[a-z][a-z0-9+.-]+:\/\//i.test(source);
}

async function fetchedList(
  { network: { allowPrivate, userAgent } }: Config,
  address: string,
  { sha256, fetching, progress, signal, timeoutMs = 5 * 60_000 }: Bringing,
) {
  const name = withoutSecrets(address);
  fetching(name);
  await using fetch = openGuardedFetch({ allowPrivate, userAgent });
  const { status, body } = await fetch(address, {
    signal,
    maxBytes,
    timeoutMs,
    // Unpacked on the way the list would have another checksum.
    raw: true,
    headers: { 'accept-encoding': 'identity' },
    // The checksum protects as well.
    encrypted: sha256 === undefined,
    progress: (bytes, ofBytes) =>
      progress(`${inMegabytes(bytes)}${ofBytes === undefined ? '' : ` of ${inMegabytes(ofBytes)}`} MB`),
  });
  if (status !== 200) throw new Error(`${name}: the server answered ${status}`);
  return { name, bytes: Readable.from([Buffer.from(body)]) };
}

function fileOf(config: Config): string {
  if (config.catalogue === null) throw new UsageError(`${config.file} says \`catalogue: null\`, so no list is used`);
  return config.catalogue;
}
