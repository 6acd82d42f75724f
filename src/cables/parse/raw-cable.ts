import type { Cable } from '../../core/cable.ts';

/** One cable cut out of a document: the fields printed around it, its header, and its body's lines without markup. */
export interface CableCopy {
  /** As written, perhaps malformed; null in a bare message. */
  readonly writtenId: string | null;
  /** The page's title: the first line of the subject. */
  readonly title: string | null;
  readonly created: string | null;
  readonly released: string | null;
  readonly classification: string | null;
  readonly origin: string | null;
  /** Transmission lines, `\n` between them; empty if the document has none. */
  readonly header: string;
  readonly body: readonly string[];
  /** See `Cable`. */
  readonly page?: Cable['page'];
  /** The document ends inside the message. */
  readonly cutShort: boolean;
  /** Cables and tags that the document lists outside the message; absent without such lists. */
  readonly listed?: { readonly references: readonly string[]; readonly tags: readonly string[] };
}

/** The cables of a document. A part that looks like a cable but cannot be read is a reject with a sentence why. */
export interface Cut {
  readonly copies: readonly CableCopy[];
  readonly rejects: readonly { readonly reason: string }[];
}

/** Cuts a document of one kind; undefined if the text is of another kind. */
export type Format = (text: string) => Cut | undefined;
