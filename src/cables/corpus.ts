import type { Cable, ReferenceId } from '../core/cable.ts';

/** Imported cable texts. */
export interface Corpus {
  cable(id: ReferenceId): Promise<Cable | undefined>;
  /** Paragraphs that hold these words in this order, case and punctuation aside. */
  quoted(words: string): Promise<readonly Passage[]>;
}

export interface Passage {
  readonly referenceId: ReferenceId;
  readonly paragraph: number;
}
