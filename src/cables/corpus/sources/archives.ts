import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { type ExtractEvents, extract } from 'tar-stream';
import { type Entry as ZipEntry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { messageOf } from '../../../core/errors.ts';
import { asBuffer, type Chunks } from './chunks.ts';
import { type Piece, piecesOf, refused, type Terms } from './content.ts';
import { faultOfName, isHidden, shownName } from './files.ts';
import { Allowance, TooMuchUnpacked } from './limits.ts';

/** The files in a tar archive, in its order. An error of the archive itself ends it and is reported at the current entry. */
export async function* piecesOfTar(path: string, chunks: Chunks, terms: Terms): AsyncGenerator<Piece> {
  const archive = extract(tarOptions);
  const piped = pipeline(Readable.from(chunks), archive);
  // Its error is thrown by the archive's own iterator.
  piped.catch(() => undefined);
  let count = 0;
  let source = path;
  try {
    for await (const entry of archive) {
      count += 1;
      if (count > terms.limits.entries) {
        yield tooMany(path, count);
        return;
      }
      source = `${path}!${shownName(entry.header.name)}`;
      yield* piecesOfTarEntry(source, `entry ${count}`, entry, terms);
      source = path;
    }
  } catch (error) {
    if (terms.signal.aborted) throw error;
    const position = source === path ? `after entry ${count}` : `entry ${count}`;
    yield refused(source, position, `${messageOf(error)}; the rest of the archive is skipped`);
  }
}

/** For the first entry beyond the limit of an archive. */
function tooMany(path: string, entry: number): Piece {
  return refused(path, `entry ${entry}`, `more than ${entry - 1} entries: those from here on are left out`);
}

/** Old archives have no signature but the checksum. The option is missing from the library's types. */
const tarOptions: Parameters<typeof extract>[0] & { allowUnknownFormat: boolean } = { allowUnknownFormat: true };

type Entry = ExtractEvents['entry'][1];

async function* piecesOfTarEntry(source: string, position: string, entry: Entry, terms: Terms): AsyncGenerator<Piece> {
  const { name, type } = entry.header;
  const content = partsOf(entry);
  const fault = faultOfName(name) ?? faultOfType(type);
  if (fault !== undefined) yield refused(source, position, fault);
  else if (type !== 'directory' && !isHidden(name)) {
    yield* piecesOf(source, content, terms);
    return;
  }
  for await (const passedOver of content) void passedOver;
}

function faultOfType(type: Entry['header']['type']): string | undefined {
  if (type === 'file' || type === 'contiguous-file' || type === 'directory') return undefined;
  if (type === 'symlink') return 'a symbolic link';
  return type === 'link' ? 'a hard link' : 'neither a file nor a folder';
}

/** If the consumer stops early, drains the entry, so that the next one can be read. Destroying the stream would end the archive. */
async function* partsOf(entry: Entry): AsyncGenerator<Buffer> {
  const parts = entry[Symbol.asyncIterator]();
  const reading = { isOver: false };
  const next = async (): Promise<Buffer | undefined> => {
    // Done, unless another part comes.
    reading.isOver = true;
    const part = await parts.next();
    if (part.done === true) return undefined;
    reading.isOver = false;
    return asBuffer(part.value);
  };
  try {
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
  } finally {
    while (!reading.isOver) await next();
  }
}

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
      yield* piecesOfZipEntry(source, position, unzipped(archive, entry, allowance, terms.signal), terms);
  }
}

/** Names and sizes are checked here, because the library rejects the whole archive for one bad entry. */
const zipOptions = { lazyEntries: true, decodeStrings: false, validateEntrySizes: false };

async function* piecesOfZipEntry(
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

function faultOfEntry(entry: ZipEntry): string | undefined {
  if (((entry.externalFileAttributes >>> 16) & unixTypeMask) === symbolicLink) return 'a symbolic link';
  return entry.isEncrypted() ? 'encrypted' : undefined;
}

/** Throws if the bytes differ in number or checksum from the directory. */
async function* unzipped(
  archive: ZipFile,
  entry: ZipEntry,
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
