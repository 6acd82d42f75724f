import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ExtractEvents, extract } from 'tar-stream';
import { messageOf } from '../../../core/errors.ts';
import { asBuffer, type Chunks } from './chunks.ts';
import { type Piece, piecesOf, refused, type Terms, tooMany } from './content.ts';
import { faultOfName, isHidden, shownName } from './entry-names.ts';

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
      yield* piecesOfEntry(source, `entry ${count}`, entry, terms);
      source = path;
    }
  } catch (error) {
    if (terms.signal.aborted) throw error;
    const position = source === path ? `after entry ${count}` : `entry ${count}`;
    yield refused(source, position, `${messageOf(error)}; the rest of the archive is skipped`);
  }
}

/** Old archives have no signature but the checksum. The option is missing from the library's types. */
const tarOptions: Parameters<typeof extract>[0] & { allowUnknownFormat: boolean } = { allowUnknownFormat: true };

type Entry = ExtractEvents['entry'][1];

async function* piecesOfEntry(source: string, position: string, entry: Entry, terms: Terms): AsyncGenerator<Piece> {
  const { name, type } = entry.header;
  const content = unpacked(entry);
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
async function* unpacked(entry: Entry): AsyncGenerator<Buffer> {
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
