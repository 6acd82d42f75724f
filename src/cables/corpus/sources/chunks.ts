import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Allowance } from './limits.ts';

/** Bytes in pieces, from start to end; `return` releases their source. */
export type Chunks = AsyncIterable<Buffer>;

/** The first bytes of a source, and all of it. */
export interface Peeked extends AsyncDisposable {
  readonly head: Buffer;
  /** From the start; throws where reading fails, after all that could be read. */
  readonly all: Chunks;
}

/** Reads the first `size` bytes ahead. If reading fails, `all` throws at that place. */
export async function peeked(chunks: Chunks, size: number): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let length = 0;
  let failure: unknown;
  try {
    while (length < size) {
      const next = await iterator.next();
      if (next.done === true) break;
      first.push(next.value);
      length += next.value.length;
    }
  } catch (error) {
    failure = error ?? new Error('reading failed');
  }
  return {
    head: Buffer.concat(first).subarray(0, size),
    all: joined(first, iterator, failure),
    [Symbol.asyncDispose]: async () => {
      await iterator.return?.();
    },
  };
}

async function* joined(first: Buffer[], rest: AsyncIterator<Buffer>, failure: unknown): AsyncGenerator<Buffer> {
  yield* first.splice(0);
  if (failure !== undefined) throw failure;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/** All bytes in one new buffer; undefined if there are more than `most`. */
export async function collected(chunks: Chunks, most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > most) return undefined;
    parts.push(chunk);
  }
  return concatenated(parts);
}

/** All parts in one new buffer, unlike those of `Buffer.concat`, which may share theirs. */
export function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const unpackedChunkBytes = 256 * 1024;

/** Throws if the packed bytes end early or are damaged, and rethrows errors of `chunks`. */
export async function* gunzipped(chunks: Chunks, allowance?: Allowance): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: unpackedChunkBytes });
  const piped = pipeline(Readable.from(chunks), gunzip);
  // Its error is thrown below, by the stream.
  piped.catch(() => undefined);
  for await (const part of gunzip) {
    const chunk = asBuffer(part);
    allowance?.take(chunk.length);
    yield chunk;
  }
}

export function asBuffer(chunk: unknown): Buffer {
  if (!Buffer.isBuffer(chunk)) throw new TypeError('a stream gave something other than bytes');
  return chunk;
}
