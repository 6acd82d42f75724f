import { Readable } from 'node:stream';
import { type Imported, importCatalogue } from '../cables/catalogue/catalogue.ts';
import type { Config } from '../config/config.ts';
import { UsageError } from '../core/errors.ts';
import { openGuardedFetch, withoutSecrets } from '../net/guarded-fetch.ts';

export interface ListImport {
  /** A file, `-` for standard input, or an http(s) URL. */
  readonly source: string;
  readonly target: string;
  /** In hexadecimal; a list from the network must have one. */
  readonly sha256: string | undefined;
  readonly progress: (count: number) => void;
  readonly signal: AbortSignal;
}

/** The packed list of all IDs has 1 MB, the plain one 4 MB. */
const maxBytes = 64 * 1024 * 1024;
const timeoutMs = 5 * 60_000;

/** Imports a list of IDs, from the network only by its checksum. Errors: UsageError; an Error that names the source, and the old list stays. */
export async function importList(config: Config, task: ListImport): Promise<Imported> {
  const { source, target, sha256, progress, signal } = task;
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    throw new UsageError('--sha256: expected 64 hexadecimal digits, as sha256sum prints them');
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) return await importCatalogue(source, target, { sha256, progress });
  if (sha256 === undefined)
    throw new UsageError('a list from the network is taken only by its checksum: --sha256 HEX, as sha256sum prints it');
  const { allowPrivate, userAgent } = config.network;
  await using fetch = openGuardedFetch({ allowPrivate, userAgent });
  // Unpacked on the way it would have another checksum.
  const headers = { 'accept-encoding': 'identity' };
  const { status, body } = await fetch(source, { signal, maxBytes, timeoutMs, headers });
  const name = withoutSecrets(source);
  if (status !== 200) throw new Error(`${name}: the server answered ${status}`);
  return await importCatalogue({ name, bytes: Readable.from([Buffer.from(body)]) }, target, { sha256, progress });
}
