import { isUtf8 } from 'node:buffer';
import type { Change, Post, Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import type { Piece } from '../../core/text/lines.ts';
import { type Entry, readEntry } from './wire.ts';

const maxEntries = 2000;
/** Lines may be long, but a page of 2000 of them must not be. */
const maxBytes = 2_000_000;

/** A position in the input: behind `line` lines and `offset` bytes; `skipping`: inside an overlong line. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly skipping: boolean;
}

/** Collects the entries of lines for a page. */
export interface Batch {
  readonly posts: Post[];
  readonly changes: Change[];
  readonly rejects: Reject[];
  readonly full: boolean;
  /** Adds one piece; returns the position behind it. */
  add(piece: Piece, position: Position): Position;
}

export interface BatchOptions {
  /** Name of the input, for positions. */
  readonly source: string;
  readonly maxLineBytes: number;
  readonly now: () => number;
}

export function newBatch({ source, maxLineBytes, now }: BatchOptions): Batch {
  const posts: Post[] = [];
  const changes: Change[] = [];
  const rejects: Reject[] = [];
  let bytes = 0;
  const add = (piece: Piece, { offset, line, skipping }: Position): Position => {
    const position = `${source}:${line + 1}`;
    const next = { offset: offset + piece.length, line: line + 1, skipping: false };
    if (piece.kind === 'skipped') return piece.ended ? next : { ...next, line, skipping };
    bytes += piece.bytes.length;
    if (piece.kind === 'overlong') {
      rejects.push({ position, reason: `line is longer than ${maxLineBytes} bytes`, excerpt: excerptOf(piece.bytes) });
      return { ...next, line, skipping: true };
    }
    const read = readLine(line === 0 ? withoutByteOrderMark(piece.bytes) : piece.bytes, now());
    if (read === null) return next;
    if ('post' in read) posts.push(read.post);
    else if ('change' in read) changes.push(read.change);
    else rejects.push({ position, reason: read.fault, excerpt: excerptOf(piece.bytes) });
    return next;
  };
  return {
    posts,
    changes,
    rejects,
    add,
    get full() {
      return posts.length + changes.length + rejects.length >= maxEntries || bytes >= maxBytes;
    },
  };
}

/** The entries of a batch, for a page. */
export function entriesOf({ posts, changes, rejects }: Batch): Pick<Batch, 'posts' | 'changes' | 'rejects'> {
  return { posts, changes, rejects };
}

function readLine(bytes: Buffer, now: number): Entry | null {
  if (!isUtf8(bytes)) return { fault: 'not UTF-8' };
  const line = bytes.toString('utf8');
  return line.trim() === '' ? null : readEntry(line, now);
}

function withoutByteOrderMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function excerptOf(bytes: Buffer): string {
  return storable(bytes.subarray(0, 800).toString('utf8').slice(0, 200));
}
