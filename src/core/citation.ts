import type { PublishedId, ReferenceId } from './cable.ts';

/** How a reference was written. */
export type CitationKind = 'hashtag' | 'id' | 'url' | 'no-year' | 'description' | 'quotation';

/** A reference as written in a post. */
export interface Citation {
  readonly kind: CitationKind;
  /** `strong`: an ID or a cable URL. `weak` counts only beside #cablegate or #wlfind, in a tag feed, or when summoned. */
  readonly strength: 'strong' | 'weak';
  readonly written: string;
  /** [start, end) in UTF-16 units of the post's text; null when it came from the platform's tag or link list alone. */
  readonly span: readonly [number, number] | null;
  /** Null when what is written is no full ID (year missing, description, quotation). */
  readonly referenceId: ReferenceId | null;
  /** Pin cite: paragraph numbers, ascending; empty for the whole cable. */
  readonly paragraphs: readonly number[];
  /** What a weak citation gives instead of an ID. */
  readonly clues: Clues | null;
}

export interface Clues {
  readonly station: string | null;
  readonly serial: number | null;
  readonly year: number | null;
  readonly month: number | null;
  readonly quotation: string | null;
  /** An ID with its parts misspelt, swapped or run together, as written: `2244ASTANA07`. */
  readonly spelling?: string;
  /** Number in the index that newspapers cite: `cable 244972`. */
  readonly index?: number;
}

/** What is known of a citation once it was looked up. `unverified`: the station exists and the serial is plausible, but there is no list to check against. */
export type ResolutionStatus = 'resolved' | 'unknown-paragraph' | 'unverified' | 'ambiguous' | 'unknown-cable';

export type LinkTarget = 'viewer' | 'plusd' | 'cablegatesearch' | 'cabledrum' | 'own';

export interface Link {
  readonly target: LinkTarget;
  readonly url: string;
  readonly paragraph: number | null;
  /** It lands on that paragraph (or, without a paragraph, on the cable). */
  readonly exact: boolean;
  /** Anchor on the page that is nearest to the paragraph and true: `par2`. */
  readonly near: string | null;
  /** Why it is not exact, or by what it is held to be. */
  readonly why: string | null;
}

export interface Candidate {
  readonly referenceId: ReferenceId;
  /** From what is written: 0 none, 1 a slip such as a wrong letter or digit, less for a letter dropped, doubled or swapped. */
  readonly distance: number;
  /** In words. */
  readonly reason: string;
}

export interface Resolution {
  readonly written: string;
  readonly span: readonly [number, number] | null;
  readonly referenceId: ReferenceId | null;
  readonly publishedId: PublishedId | null;
  readonly paragraphs: readonly number[];
  readonly status: ResolutionStatus;
  readonly cable: CableFacts | null;
  /** The operator's targets in order, for each the paragraphs in order. */
  readonly links: readonly Link[];
  /** What could be meant, the best first. Of a cable that was found: the reading that led to it, where its ID is not what is written. */
  readonly candidates: readonly Candidate[];
  readonly traits: Traits;
}

/** One cable with its paragraphs: a thread is answered once about each. */
export function citedName({ referenceId, written, paragraphs }: Resolution): string {
  return `${referenceId ?? written}:${paragraphs.join(',')}`;
}

/** What rules ask of a citation beside the above: how it was written, what the ID says by itself, and what only the text tells. */
export interface Traits {
  readonly kind: CitationKind;
  /** Of four digits, as the ID has it. */
  readonly year: number | null;
  /** Code of the station: `ASTANA`. */
  readonly station: string | null;
  /** Where the station is. */
  readonly country: string | null;
  /** Of the cable; empty where its text is not at hand. */
  readonly tags: readonly string[];
  /** Portion markings of the paragraphs that are cited, each once: `SBU`, `C/NF`. */
  readonly markings: readonly string[];
}

export interface CableFacts {
  readonly subject: string | null;
  readonly created: string | null;
  readonly classification: string | null;
  readonly origin: string | null;
}
