/** Packing of a file, detected from its first bytes. */
export type Packing = 'zip' | 'gzip' | 'tar' | 'none';

const signatures: readonly (readonly [string, string])[] = [
  ['504b0304', 'zip'],
  // An empty archive, and the first of several parts.
  ['504b0506', 'zip'],
  ['504b0708', 'zip'],
  ['1f8b', 'gzip'],
  ['377abcaf271c', '7z archive'],
  ['526172211a07', 'rar archive'],
  ['fd377a585a00', 'xz file'],
  ['425a68', 'bzip2 file'],
  ['28b52ffd', 'zstd file'],
];

export function packingOf(head: Buffer): Packing {
  const kind = signatureOf(head);
  if (kind === 'zip' || kind === 'gzip') return kind;
  return isTar(head) ? 'tar' : 'none';
}

/** Name of an unsupported packing: `7z archive`. */
export function foreignPacking(head: Buffer): string | undefined {
  const kind = signatureOf(head);
  return kind === 'zip' || kind === 'gzip' ? undefined : kind;
}

function signatureOf(head: Buffer): string | undefined {
  const start = head.subarray(0, 8).toString('hex');
  return signatures.find(([signature]) => start.startsWith(signature))?.[1];
}

const tarHeaderBytes = 512;
const checksumOffset = 148;

/** A tar header has the sum of its bytes, with the checksum's own eight counted as blanks. Old archives have no other signature. */
function isTar(head: Buffer): boolean {
  if (head.length < tarHeaderBytes) return false;
  const written = /^ *([0-7]{1,6})[\0 ]/.exec(head.toString('latin1', checksumOffset, checksumOffset + 8));
  if (written === null) return false;
  let sum = 8 * 0x20;
  for (let at = 0; at < tarHeaderBytes; at += 1)
    if (at < checksumOffset || at >= checksumOffset + 8) sum += head[at] ?? 0;
  return sum === Number.parseInt(written[1] ?? '', 8);
}
