/**
 * A growing Bloom filter, at 4 bytes a key. "No" is certain. "Yes" is wrong for fewer than one in 10,000 keys that were never added, and more
 * often past four million keys; a wrong "yes" costs a search of the file, nothing else.
 */
export interface KeyFilter {
  add(key: Uint8Array): void;
  mayHave(key: Uint8Array): boolean;
}

const firstBytes = 131_072;
const maxBytes = 16 * 1024 * 1024;
const bytesAKey = 4;
const hashCount = 7;

export function keyFilter(): KeyFilter {
  const layers = [newLayer(firstBytes)];
  return {
    add(key) {
      const last = layers.at(-1)!;
      const layer = last.room > 0 || last.bits.length >= maxBytes ? last : newLayer(2 * last.bits.length);
      if (layer !== last) layers.push(layer);
      layer.room -= 1;
      for (const bit of bitPositions(key, layer.bits)) layer.bits[bit >>> 3]! |= 1 << (bit & 7);
    },
    mayHave: (key) =>
      layers.some(({ bits }) => bitPositions(key, bits).every((bit) => (bits[bit >>> 3]! & (1 << (bit & 7))) !== 0)),
  };
}

function newLayer(bytes: number) {
  return { bits: new Uint8Array(bytes), room: bytes / bytesAKey };
}

function bitPositions(key: Uint8Array, bits: Uint8Array): number[] {
  const mask = bits.length * 8 - 1;
  const first = fnv1a(key, 0x811c9dc5);
  // Odd, so that the steps reach every bit.
  const step = fnv1a(key, 0x1b873593) | 1;
  return Array.from({ length: hashCount }, (_, probe) => (first + Math.imul(probe, step)) & mask);
}

/** FNV-1a with a finalizer, since it hardly mixes its high bits. */
function fnv1a(bytes: Uint8Array, seed: number): number {
  let hash = seed;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
