import type { Cable, ReferenceId } from '../../core/cable.ts';

/** Imported cable texts. */
export interface Corpus {
  cable(id: ReferenceId): Promise<Cable | undefined>;
  /** The cable with all that is known of its copies. */
  document(id: ReferenceId): Promise<CableDocument | undefined>;
  /** Where these words stand, the best first; case, punctuation, accents and an ellipsis between them aside. Empty: nothing comes near. */
  search(words: string, most: number): Promise<readonly Passage[]>;
  /** Cables whose REF lines name this one, the earliest first. */
  citedBy(id: ReferenceId): Promise<readonly CableBrief[]>;
  /** Cables of the same station that were sent just before and just after, at most `each` of either, in order of time. */
  neighbours(id: ReferenceId, each: number): Promise<{ before: readonly CableBrief[]; after: readonly CableBrief[] }>;
  /** The cable that has this number in the index that newspapers cite (`cable 244972`). */
  numbered(index: number): Promise<ReferenceId | undefined>;
}

/** A cable and where it is from. */
export interface CableDocument {
  readonly cable: Cable;
  /** The message as the fullest copy prints it, without header; null where only what was read from it is kept. */
  readonly body: string | null;
  /** Files that have the cable. */
  readonly sources: readonly string[];
  /** What other copies say otherwise. */
  readonly conflicts: readonly Conflict[];
}

export interface Conflict {
  readonly field: 'subject' | 'created' | 'classification' | 'origin';
  readonly source: string;
  /** As that source has it. */
  readonly value: string;
  /** As the copy that counts has it. */
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

/** A place in a cable that words were found at. */
export interface Passage {
  readonly referenceId: ReferenceId;
  /** Null: before the first numbered paragraph, or the cable has none. */
  readonly paragraph: number | null;
  /** The part of the words that stand there in their order, 0 to 1. */
  readonly score: number;
  /** All of them do, letter by letter. */
  readonly exact: boolean;
  /** Of the paragraph; of a longer one what is around the words. */
  readonly text: string;
}
