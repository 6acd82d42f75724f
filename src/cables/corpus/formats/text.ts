import { isUtf8 } from 'node:buffer';

/**
 * Decodes UTF-8, without byte order mark, `\n` between lines; otherwise returns a sentence why it is no text. Other encodings are rejected,
 * not guessed: a wrong guess would silently put wrong names into the corpus.
 */
export function textOf(bytes: Uint8Array): { readonly text: string } | { readonly reason: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf16(buffer)) return { reason: 'UTF-16 text, not UTF-8: convert it first' };
  const nul = buffer.indexOf(0);
  if (nul !== -1) return { reason: `a NUL byte, at byte ${nul} of it: not a text` };
  if (!isUtf8(buffer)) return { reason: notUtf8(buffer) };
  const text = buffer.toString('utf8', hasMark(buffer) ? 3 : 0);
  return { text: text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text };
}

export function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function hasMark([first, second, third]: Buffer): boolean {
  return first === 0xef && second === 0xbb && third === 0xbf;
}

function notUtf8(bytes: Buffer): string {
  const at = firstDifference(bytes, Buffer.from(bytes.toString('utf8')));
  const byte = `0x${(bytes[at] ?? 0).toString(16).toUpperCase()}`;
  return `not UTF-8, by ${byte} at byte ${at} of it; windows-1252 perhaps: convert it first`;
}

/** Position of the first byte that decoding replaced. */
function firstDifference(bytes: Buffer, decoded: Buffer): number {
  let at = 0;
  while (at < bytes.length && bytes[at] === decoded[at]) at += 1;
  return at;
}
