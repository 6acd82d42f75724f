import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** A body is larger than its limit. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** The whole body, decompressed: at most `maxBytes`. Errors: TooLarge; an Error for an encoding that was not requested or is damaged. */
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
  const encodings = contentEncoding
    .split(',')
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '' && encoding !== 'identity');
  // Only a decompression bomb needs two layers.
  if (encodings.length > 1) throw new Error(`body is packed ${encodings.length} times`);
  const unpack = unpackers[encodings[0] ?? 'identity'];
  if (!unpack) throw new Error(`body is packed with ${encodings[0]?.slice(0, 30)}, which was not asked for`);
  return unpack;
}

const [inflated, rawInflated] = [promisify(inflate), promisify(inflateRaw)] as const;

const unpackers: Readonly<Record<string, Unpack | undefined>> = {
  identity: async (packed) => packed,
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  // Servers call both the zlib format (RFC 1950, as HTTP defines it) and raw deflate `deflate`.
  deflate: (packed, options) => (((packed[0] ?? 0) & 0x0f) === 8 ? inflated : rawInflated)(packed, options),
};
