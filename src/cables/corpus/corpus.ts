import type { Cable, PrintedCable, ReferenceId } from '../../core/cable.ts';

/** Imported cable texts. */
export interface Corpus {
  cable(id: ReferenceId): Promise<Cable | undefined>;
  /** The cable with its message as printed in the most complete copy. */
  printed(id: ReferenceId): Promise<PrintedCable | undefined>;
  /** The cable with its sources and their conflicts. */
  document(id: ReferenceId): Promise<CableDocument | undefined>;
  /**
   * Places with these words, best first; ignores case, punctuation, accents and an ellipsis between words. Empty if nothing is similar.
   * Errors: the signal's reason, if it is aborted before the search has its turn.
   */
  search(words: string, most: number, signal?: AbortSignal): Promise<readonly Passage[]>;
  /** Cables whose REF lines name this one, earliest first. */
  citedBy(id: ReferenceId): Promise<readonly CableBrief[]>;
  /** Cables of the same station sent just before and just after, at most `each` of either, in chronological order. */
  neighbours(id: ReferenceId, each: number): Promise<{ before: readonly CableBrief[]; after: readonly CableBrief[] }>;
  /** The cable that has this number in the index that newspapers cite (`cable 244972`). */
  numbered(index: number): Promise<ReferenceId | undefined>;
}

/** A cable with its sources. */
export interface CableDocument extends PrintedCable {
  /** Files with this cable. */
  readonly sources: readonly string[];
  /** Fields that differ in other copies. */
  readonly conflicts: readonly Conflict[];
}

export interface Conflict {
  readonly field: 'subject' | 'created' | 'classification' | 'origin';
  readonly source: string;
  /** The value in that source. */
  readonly value: string;
  /** The value in the copy that counts. */
  readonly kept: string | null;
}

/** A cable in a list. */
export interface CableBrief {
  readonly referenceId: ReferenceId;
  readonly subject: string | null;
  /** `YYYY-MM-DDTHH:MMZ` */
  readonly created: string | null;
  readonly classification: string | null;
}

/** A place in a cable where words were found. */
export interface Passage {
  readonly referenceId: ReferenceId;
  /** Null: before the first numbered paragraph, or the cable has none. */
  readonly paragraph: number | null;
  /** Share of the words that are there in their order, 0 to 1. */
  readonly score: number;
  /** All words match exactly. */
  readonly exact: boolean;
  /** The paragraph's text; an excerpt around the words if it is long. */
  readonly text: string;
}
