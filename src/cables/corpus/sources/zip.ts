import { crc32 } from 'node:zlib';
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { messageOf } from '../../../core/errors.ts';
import { asBuffer } from './chunks.ts';
import { type Piece, piecesOf, refused, type Terms, tooMany } from './content.ts';
import { faultOfName, isHidden, shownName } from './entry-names.ts';
import { Allowance, TooMuchUnpacked } from './limits.ts';

/**
 * The files in a zip archive, in the order of its directory. `onRead` gets the packed bytes of each. Throws if the directory is damaged.
 */
export async function* piecesOfZip(
  path: string,
  size: number,
  terms: Terms,
  onRead: (bytes: number) => void,
): AsyncGenerator<Piece> {
  const archive = await openPromise(path, zipOptions);
  const allowance = new Allowance(terms.limits, () => size);
  let count = 0;
  for await (const entry of archive.eachEntry()) {
    terms.signal.throwIfAborted();
    count += 1;
    const position = `entry ${count}`;
    if (count > terms.limits.entries) {
      yield tooMany(path, count);
      return;
    }
    const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
    const source = `${path}!${shownName(name)}`;
    const fault = faultOfName(name) ?? faultOfEntry(entry);
    onRead(entry.compressedSize);
    if (fault !== undefined) yield refused(source, position, fault);
    else if (!name.endsWith('/') && !isHidden(name))
      yield* piecesOfEntry(source, position, unpacked(archive, entry, allowance, terms.signal), terms);
  }
}

/** Names and sizes are checked here, because the library rejects the whole archive for one bad entry. */
const zipOptions = { lazyEntries: true, decodeStrings: false, validateEntrySizes: false };

async function* piecesOfEntry(
  source: string,
  position: string,
  chunks: AsyncGenerator<Buffer>,
  terms: Terms,
): AsyncGenerator<Piece> {
  try {
    yield* piecesOf(source, chunks, terms);
  } catch (error) {
    if (terms.signal.aborted) throw error;
    yield refused(source, position, messageOf(error));
    if (error instanceof TooMuchUnpacked) throw error;
  }
}

const unixTypeMask = 0o170000;
const symbolicLink = 0o120000;

function faultOfEntry(entry: Entry): string | undefined {
  if (((entry.externalFileAttributes >>> 16) & unixTypeMask) === symbolicLink) return 'a symbolic link';
  return entry.isEncrypted() ? 'encrypted' : undefined;
}

/** Throws if the bytes differ in number or checksum from the directory. */
async function* unpacked(
  archive: ZipFile,
  entry: Entry,
  allowance: Allowance,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const { uncompressedSize: size, crc32: checksum } = entry;
  let length = 0;
  let sum = 0;
  for await (const part of await archive.openReadStreamPromise(entry)) {
    signal.throwIfAborted();
    const chunk = asBuffer(part);
    length += chunk.length;
    allowance.take(chunk.length);
    if (length > size) throw new Error(`it holds more than the ${size} bytes that the archive says`);
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (length < size) throw new Error(`it holds ${length} bytes, not the ${size} that the archive says`);
  if (sum !== checksum) throw new Error('its checksum is not the one that the archive says: it is damaged');
}
