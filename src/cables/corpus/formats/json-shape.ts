/** Cables nest two deep: an object in an array, and its tags. */
const maxDepth = 32;
/** 64 MB of `{},` would need a gigabyte once parsed. */
const maxContainers = 1_000_000;

/** What keeps these bytes from being parsed as JSON within reasonable memory; undefined: nothing does. */
export function jsonFault(bytes: Uint8Array): string | undefined {
  let depth = 0;
  let containers = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quoteMark) at = stringEnd(bytes, at);
    else if (byte === openObject || byte === openArray) {
      depth += 1;
      containers += 1;
      if (depth > maxDepth) return `JSON nested more than ${maxDepth} deep, at byte ${at} of it`;
      if (containers > maxContainers) return `JSON of more than ${maxContainers} objects and arrays`;
    } else if (byte === closeObject || byte === closeArray) depth -= 1;
  }
  return undefined;
}

const quoteMark = 0x22;
const backslash = 0x5c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== quoteMark) at += bytes[at] === backslash ? 2 : 1;
  return at;
}
