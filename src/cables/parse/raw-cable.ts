/** One cable cut out of a document: what the document prints around it, its header, and its body's lines without markup. */
export interface CableCopy {
  /** As written, perhaps malformed; null where only the message itself is there. */
  readonly writtenId: string | null;
  /** The page's title for it: the first line of the subject. */
  readonly title: string | null;
  readonly created: string | null;
  readonly released: string | null;
  readonly classification: string | null;
  readonly origin: string | null;
  /** Transmission lines, `\n` between them; empty where the document has none. */
  readonly header: string;
  readonly body: readonly string[];
  /** The document ends inside the message. */
  readonly cutShort: boolean;
  /** Cables and tags that the document lists beside the message; absent where it has no such lists. */
  readonly listed?: { readonly references: readonly string[]; readonly tags: readonly string[] };
}

/** What a document holds; a part that looks like a cable and cannot be read is a reject with a sentence why. */
export interface Cut {
  readonly copies: readonly CableCopy[];
  readonly rejects: readonly { readonly reason: string }[];
}

/** A kind of document: undefined when the text is not of this kind. */
export type Format = (text: string) => Cut | undefined;
