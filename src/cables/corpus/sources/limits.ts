/** Limits for sources, in bytes unless stated otherwise. Sources are untrusted: archives may be bombs. */
export interface Limits {
  /** A document, or a row of a dump. The longest cable has some hundred KB. */
  readonly record: number;
  /** Approximate size of a batch of rows. */
  readonly batch: number;
  /** Unpacked size of an archive. All pages of the old viewer have 10 GB. */
  readonly unpacked: number;
  /** Unpacked bytes per packed byte, checked from `ratioFrom` unpacked bytes on. Text has 3 to 10, a bomb 1,000. */
  readonly ratio: number;
  readonly ratioFrom: number;
  readonly entries: number;
  /** Depth of nested folders. */
  readonly depth: number;
}

const megabyte = 1024 * 1024;

export const defaultLimits: Limits = {
  record: 64 * megabyte,
  batch: megabyte,
  unpacked: 64 * 1024 * megabyte,
  ratio: 200,
  ratioFrom: 16 * megabyte,
  entries: 1_000_000,
  depth: 32,
};

export function megabytes(bytes: number): string {
  return bytes >= megabyte ? `${Math.round(bytes / megabyte)} MB` : `${bytes} bytes`;
}

/** An archive that unpacks to more than allowed: the rest is skipped. */
export class TooMuchUnpacked extends Error {
  override readonly name = 'TooMuchUnpacked';
}

/** Counts the unpacked bytes of an archive. `packed`: the packed bytes so far, or in total. */
export class Allowance {
  readonly #limits: Limits;
  readonly #packed: () => number;
  #unpacked = 0;

  constructor(limits: Limits, packed: () => number) {
    this.#limits = limits;
    this.#packed = packed;
  }

  /** Throws `TooMuchUnpacked` if these bytes exceed a limit. */
  take(bytes: number): void {
    const { unpacked, ratio, ratioFrom } = this.#limits;
    this.#unpacked += bytes;
    if (this.#unpacked > unpacked) throw new TooMuchUnpacked(`the archive unpacks to more than ${megabytes(unpacked)}`);
    if (this.#unpacked > ratioFrom && this.#unpacked > ratio * this.#packed())
      throw new TooMuchUnpacked(`the archive unpacks to more than ${ratio} times its size, as a bomb does`);
  }
}
