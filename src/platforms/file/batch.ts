import { isUtf8 } from 'node:buffer';
import type { Change, Post, Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import type { Piece } from '../../core/text/lines.ts';
import { type Entry, readEntry } from '../shared/post-lines.ts';

const maxEntries = 2000;
/** Lines may be long, but a page of 2000 of them must not be. */
const maxBytes = 2_000_000;

/** A position in the input: behind `line` lines and `offset` bytes; `skipping`: inside an overlong line. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly skipping: boolean;
}

export interface BatchOptions {
  /** Name of the input, for positions. */
  readonly source: string;
  readonly maxLineBytes: number;
  readonly now: () => number;
}

/** Collects the entries of lines for a page. */
export class Batch {
  readonly entries = { posts: [] as Post[], changes: [] as Change[], rejects: [] as Reject[] };
  readonly #options: BatchOptions;
  #bytes = 0;

  constructor(options: BatchOptions) {
    this.#options = options;
  }

  get size(): number {
    const { posts, changes, rejects } = this.entries;
    return posts.length + changes.length + rejects.length;
  }

  get full(): boolean {
    return this.size >= maxEntries || this.#bytes >= maxBytes;
  }

  /** Adds one piece; returns the position behind it. */
  add(piece: Piece, { offset, line, skipping }: Position): Position {
    const { source, maxLineBytes, now } = this.#options;
    const position = `${source}:${line + 1}`;
    const next = { offset: offset + piece.length, line: line + 1, skipping: false };
    if (piece.kind === 'skipped') return piece.ended ? next : { ...next, line, skipping };
    this.#bytes += piece.bytes.length;
    const reject = (reason: string) => this.entries.rejects.push({ position, reason, excerpt: excerptOf(piece.bytes) });
    if (piece.kind === 'overlong') {
      reject(`line is longer than ${maxLineBytes} bytes`);
      return { ...next, line, skipping: true };
    }
    const read = readLine(piece.bytes, line === 0, now());
    if (read === null) return next;
    if ('post' in read) this.entries.posts.push(read.post);
    else if ('change' in read) this.entries.changes.push(read.change);
    else reject(read.fault);
    return next;
  }
}

function readLine(bytes: Buffer, isFirst: boolean, now: number): Entry | null {
  if (!isUtf8(bytes)) return { fault: 'not UTF-8' };
  const written = bytes.toString('utf8');
  const line = isFirst ? written.replace(/^\uFEFF/, '') : written;
  return line.trim() === '' ? null : readEntry(line, now);
}

function excerptOf(bytes: Buffer): string {
  return storable(bytes.subarray(0, 800).toString('utf8').slice(0, 200));
}
