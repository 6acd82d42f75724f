import { createHash } from 'node:crypto';

const alphabet = '234567abcdefghijklmnopqrstuvwxyz';

/**
 * A record's key, always the same for the same reply: a TID (53 bits of microseconds, 10 of a clock's id), as records of posts must have.
 * What is finer than the milliseconds is drawn from the reply's key.
 */
export function recordKey(createdAtMs: number, key: string): string {
  const hash = createHash('sha256').update(key).digest().readUInt32BE();
  const micros = BigInt(Math.trunc(createdAtMs)) * 1000n + BigInt((hash >>> 10) % 1000);
  let bits = (micros << 10n) | BigInt(hash & 1023);
  let written = '';
  for (let digit = 0; digit < 13; digit += 1) {
    written = `${alphabet[Number(bits & 31n)]}${written}`;
    bits >>= 5n;
  }
  return written;
}
