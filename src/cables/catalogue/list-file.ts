import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { z } from 'zod';

/** Serials of one station and year, ascending: [start, end) of the list's serials. `year` as in IDs, two digits. */
export interface Stretch {
  readonly station: string;
  readonly year: string;
  readonly start: number;
  readonly end: number;
}

/** Published IDs, packed: five bytes each. */
export interface IdList {
  readonly stretches: readonly Stretch[];
  readonly serials: Uint32Array;
  /** Month of each serial; 0 if unknown. */
  readonly months: Uint8Array;
  /** Malformed IDs without year, station and serial, with their months. */
  readonly odd: ReadonlyMap<string, number>;
}

/** Year, station and serial of a published ID; undefined if it has none. */
export function splitPublished(id: string): { year: string; station: string; serial: number } | undefined {
  const match = /^(\d\d)([A-Z]+)([1-9]\d{0,5})$/.exec(id);
  return match === null ? undefined : { year: match[1] ?? '', station: match[2] ?? '', serial: Number(match[3]) };
}

/** Binary search: the first place of [start, end) that `holds` is true for, as it is for all places after it; `end` if none is. */
export function firstPlace(start: number, end: number, holds: (place: number) => boolean): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The file: a line with its signature and version, a line of JSON (`Head`), padding to four bytes, the serials in 32 bits (little
 * endian), the months in 8.
 */
const fileSignature = 'pilcrow catalogue 1\n';

const Head = z.strictObject({
  stretches: z.array(z.tuple([z.string(), z.string(), z.int().positive()])),
  odd: z.array(z.tuple([z.string(), z.int().min(0).max(12)])),
  sha256: z.string(),
});

export function encodeList(months: ReadonlyMap<string, number>): Buffer {
  const odd: [string, number][] = [];
  const groups = new Map<string, { station: string; year: string; ids: [number, number][] }>();
  for (const [id, month] of months) {
    const parts = splitPublished(id);
    if (parts === undefined) {
      odd.push([id, month]);
      continue;
    }
    const key = `${parts.station} ${parts.year}`;
    const group = groups.get(key) ?? { station: parts.station, year: parts.year, ids: [] };
    group.ids.push([parts.serial, month]);
    groups.set(key, group);
  }
  const sorted = [...groups.values()].flatMap(({ ids }) => ids.toSorted((a, b) => a[0] - b[0]));
  const body = Buffer.concat([
    littleEndian(sorted.map(([serial]) => serial)),
    Uint8Array.from(sorted, ([, month]) => month),
  ]);
  const stretches = [...groups.values()].map(({ station, year, ids }) => [station, year, ids.length]);
  const head = Buffer.from(`${JSON.stringify({ stretches, odd, sha256: checksum(body) })}\n`);
  const padding = Buffer.alloc((4 - ((fileSignature.length + head.length) % 4)) % 4);
  return Buffer.concat([Buffer.from(fileSignature), head, padding, body]);
}

/** Errors: another kind of file, cut off or changed. */
export function decodeList(bytes: Buffer, file: string): IdList {
  const damaged = (what: string): Error =>
    new Error(`${file}: ${what}; import the catalogue again (pilcrow catalogue import FILE)`);
  if (!bytes.subarray(0, fileSignature.length).equals(Buffer.from(fileSignature)))
    throw damaged('not a catalogue of this version');
  const headEnd = bytes.indexOf(10, fileSignature.length) + 1;
  const head = readHead(bytes.subarray(fileSignature.length, headEnd));
  if (head === undefined) throw damaged('the catalogue is damaged at its head');
  const start = headEnd + ((4 - (headEnd % 4)) % 4);
  const count = head.stretches.reduce((sum, [, , length]) => sum + length, 0);
  const body = bytes.subarray(start);
  if (body.length !== count * 5 || checksum(body) !== head.sha256) throw damaged('the catalogue is damaged');
  return {
    stretches: placed(head.stretches),
    serials: ofLittleEndian(body.subarray(0, count * 4)),
    months: Uint8Array.from(body.subarray(count * 4)),
    odd: new Map(head.odd),
  };
}

function readHead(line: Buffer): z.infer<typeof Head> | undefined {
  try {
    return Head.safeParse(JSON.parse(line.toString())).data;
  } catch {
    return undefined;
  }
}

function placed(stretches: readonly (readonly [string, string, number])[]): Stretch[] {
  let end = 0;
  return stretches.map(([station, year, length]) => {
    const start = end;
    end += length;
    return { station, year, start, end };
  });
}

function littleEndian(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4);
  return bytes;
}

function ofLittleEndian(bytes: Buffer): Uint32Array {
  // A copy of its own begins where numbers of four bytes may.
  const copy = Buffer.from(new Uint8Array(bytes).buffer);
  if (endianness() === 'BE') copy.swap32();
  return new Uint32Array(copy.buffer);
}

function checksum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
