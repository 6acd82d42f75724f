import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** A body is larger than its limit. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** The whole body, decompressed: at most `maxBytes`. Encodings that are none are ignored, as browsers do. Errors: TooLarge; an Error for damage. */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  contentEncoding: string | null,
  maxBytes: number,
): Promise<Uint8Array> {
  const unpack = unpacker(contentEncoding ?? '');
  const packed = await collect(body, maxBytes);
  if (packed.length === 0) return packed;
  try {
    return await unpack(packed, { maxOutputLength: maxBytes });
  } catch (error) {
    throw error instanceof RangeError ? new TooLarge(error.message, { cause: error }) : error;
  }
}

/** The whole body as it is. Errors: TooLarge. */
export async function collect(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

type Unpack = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

function unpacker(contentEncoding: string): Unpack {
  const unpacks = contentEncoding
    .split(',')
    .map((encoding) => unpackers[encoding.trim().toLowerCase()])
    .filter((unpack) => unpack !== undefined);
  // Only a decompression bomb needs two layers.
  if (unpacks.length > 1) throw new Error(`body is packed ${unpacks.length} times`);
  return unpacks[0] ?? (async (packed) => packed);
}

const [gunzipped, inflated, rawInflated] = [promisify(gunzip), promisify(inflate), promisify(inflateRaw)] as const;

/** Servers call plain bodies gzip, too: only the magic number (RFC 1952) tells. */
const ungzipped: Unpack = async (packed, options) =>
  packed[0] === 0x1f && packed[1] === 0x8b ? await gunzipped(packed, options) : packed;

const unpackers: Readonly<Record<string, Unpack | undefined>> = {
  gzip: ungzipped,
  'x-gzip': ungzipped,
  br: promisify(brotliDecompress),
  // Servers call both the zlib format (RFC 1950, as HTTP defines it) and raw deflate `deflate`.
  deflate: (packed, options) => (((packed[0] ?? 0) & 0x0f) === 8 ? inflated : rawInflated)(packed, options),
};
