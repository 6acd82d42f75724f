import type { Cable } from '../../../core/cable.ts';

/** Bytes that one thread parses at a time, and where they come from. */
export interface Portion {
  /** As people know it: `dump.tar.gz!pages/07ASTANA2244.html`. */
  readonly source: string;
  /** The memory is theirs alone: it may be transferred to another thread. */
  readonly bytes: Uint8Array;
  /** Of the first byte in its file, and the number of the first row, from 1; both 0 for a document. */
  readonly offset: number;
  readonly firstRow: number;
}

/** A cable of a portion. */
export interface ReadCable {
  readonly cable: Cable;
  /** As printed, without markup, `\n` between lines. */
  readonly body: string;
  /** Its number in the index that newspapers cite; null where the source does not say. */
  readonly number: number | null;
}

/** What could not be read, and where: a source, within it `row 17, byte 123`, `entry 3` or nothing, and a sentence why. */
export interface Reject {
  readonly source: string;
  readonly position: string;
  readonly reason: string;
}

export interface Readout {
  readonly cables: readonly ReadCable[];
  readonly rejects: readonly Reject[];
}

/** A kind of source. */
export interface CorpusFormat {
  /** Finds its rows, for a source that is read in batches of them; null: it is one document. */
  readonly scanner: (() => RecordScanner) | null;
  /** Whether a text that begins so (its first 256 KB) is of this kind. */
  readonly begins: (head: string) => boolean;
  readonly read: (portion: Portion) => Readout;
}

/** Finds where rows end, in bytes that come in pieces. */
export interface RecordScanner {
  /**
   * The end (exclusive, with its line break) of the row that begins at `start`; `more` when the bytes do not reach so far (then it is called
   * again with the same row and more bytes); else what is wrong. `isLast`: no more bytes will come, so it never answers `more`.
   */
  end(bytes: Buffer, start: number, isLast: boolean): number | 'more' | { readonly damage: string };
  /** After damage: the next place from `from` on where a row certainly begins; not found, the place to look from with more bytes. */
  resync(bytes: Buffer, from: number, isLast: boolean): { readonly at: number; readonly found: boolean };
}

export function rowPosition(row: number, byte: number): string {
  return `row ${row}, byte ${byte}`;
}
