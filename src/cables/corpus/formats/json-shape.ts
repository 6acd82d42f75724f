/** Cables nest two deep: an object in an array, and its tags. */
const DEEPEST = 32;
/** 64 MB of `{},` would need a gigabyte once parsed. */
const MOST_CONTAINERS = 1_000_000;

/** What keeps these bytes from being parsed as JSON within reasonable memory; undefined: nothing does. */
export function jsonFault(bytes: Uint8Array): string | undefined {
  let depth = 0;
  let containers = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = stringEnd(bytes, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth += 1;
      containers += 1;
      if (depth > DEEPEST) return `JSON nested more than ${DEEPEST} deep, at byte ${at} of it`;
      if (containers > MOST_CONTAINERS) return `JSON of more than ${MOST_CONTAINERS} objects and arrays`;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
  }
  return undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
