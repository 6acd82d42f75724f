const newline = 0x0a;

/** Result for a stretch of bytes; `length` counts all of them, including the newline. */
export type Piece =
  | { readonly kind: 'line'; readonly bytes: Buffer; readonly length: number }
  /** First bytes of a line above the limit; the rest follows as `skipped`. */
  | { readonly kind: 'overlong'; readonly bytes: Buffer; readonly length: number }
  | { readonly kind: 'skipped'; readonly length: number; readonly ended: boolean };

/** Splits bytes into lines and buffers at most `maxBytes` of an incomplete line. */
export interface LineSplitter {
  /** The pieces that a chunk completes. The chunk may be overwritten after the last piece. */
  push(chunk: Buffer): Generator<Piece>;
  /** The buffered bytes as the last line, at the end of the input. */
  rest(): Piece | null;
}

/** `skipping`: the input starts inside an overlong line. */
export function splitLines(maxBytes: number, skipping = false): LineSplitter {
  let held: Buffer[] = [];
  let heldLength = 0;
  let inOverlong = skipping;

  function* push(chunk: Buffer): Generator<Piece> {
    let at = 0;
    while (at < chunk.length) {
      const found = chunk.indexOf(newline, at);
      const end = found === -1 ? chunk.length : found + 1;
      if (inOverlong) {
        inOverlong = found === -1;
        yield { kind: 'skipped', length: end - at, ended: !inOverlong };
      } else if (heldLength + end - at > maxBytes + 1) {
        inOverlong = found === -1;
        yield overlong(chunk.subarray(at, end));
        if (!inOverlong) yield { kind: 'skipped', length: 0, ended: true };
      } else if (found === -1) {
        held.push(Buffer.from(chunk.subarray(at)));
        heldLength += end - at;
      } else {
        yield line(chunk.subarray(at, end));
      }
      at = end;
    }
  }

  function take(last: Buffer): Buffer {
    const bytes = held.length === 0 ? last : Buffer.concat([...held, last]);
    held = [];
    heldLength = 0;
    return bytes;
  }

  function line(last: Buffer): Piece {
    const bytes = take(last);
    return { kind: 'line', bytes: bytes.at(-1) === newline ? bytes.subarray(0, -1) : bytes, length: bytes.length };
  }

  function overlong(last: Buffer): Piece {
    const bytes = take(last);
    return { kind: 'overlong', bytes: bytes.subarray(0, 800), length: bytes.length };
  }

  return { push, rest: () => (heldLength === 0 ? null : line(Buffer.alloc(0))) };
}
