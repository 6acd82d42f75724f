import type { Cable, PublishedId, ReferenceId } from './cable.ts';

/** The form in which a reference is written. */
export type CitationKind = 'hashtag' | 'id' | 'url' | 'no-year' | 'description' | 'quotation';

/**
 * The post that a question without a citation takes its citation from: the answered post of the bot's answer that it replies to, the post it
 * replies to, the post it quotes, the thread's first post.
 */
export type CitedBy = 'answer' | 'parent' | 'quote' | 'thread';

/** A reference as written in a post. */
export interface Citation {
  readonly kind: CitationKind;
  /** `strong`: an ID or a cable URL. `weak` counts only beside #cablegate or #wlfind, in an `onTopic` feed, or when summoned. */
  readonly strength: 'strong' | 'weak';
  readonly written: string;
  /** [start, end) in UTF-16 units of the post's text; null when it comes only from the platform's list of hashtags or links. */
  readonly span: readonly [number, number] | null;
  /** Null when the text is no full ID (year missing, description, quotation). */
  readonly referenceId: ReferenceId | null;
  /** Pin cite: paragraph numbers, ascending; empty for the whole cable. */
  readonly paragraphs: readonly number[];
  /** Clues of a weak citation, which has no ID. */
  readonly clues: Clues | null;
  /** Left out: the post itself cites it. */
  readonly from?: CitedBy;
}

export interface Clues {
  readonly station: string | null;
  readonly serial: number | null;
  readonly year: number | null;
  readonly month: number | null;
  readonly quotation: string | null;
  /** An ID with misspelt, swapped or joined parts, as written: `2244ASTANA07`. */
  readonly spelling?: string;
  /** Number in the index that newspapers cite: `cable 244972`. */
  readonly index?: number;
}

/** Result of looking a citation up. `unverified`: the station exists and the serial is plausible, but there is no catalogue to check against. */
export type ResolutionStatus = 'resolved' | 'unknown-paragraph' | 'unverified' | 'ambiguous' | 'unknown-cable';

export type LinkTarget = 'viewer' | 'plusd' | 'cablegatesearch' | 'cabledrum' | 'own';

export interface Link {
  readonly target: LinkTarget;
  readonly url: string;
  readonly paragraph: number | null;
  /** The link lands on that paragraph; or, where no paragraph is cited, on the cable. Never true for a paragraph that the cable lacks. */
  readonly exact: boolean;
  /** It lands by words of the page, quoted in a text fragment; left out: by an anchor, or it leads to the page. */
  readonly by?: 'words' | undefined;
  /** The nearest true anchor to the paragraph on that page: `par2`. */
  readonly near: string | null;
  /** The reason why the link is not exact, or the ground for `exact`. */
  readonly why: string | null;
}

export interface Candidate {
  readonly referenceId: ReferenceId;
  /** Edit distance from the written text: 0 equal, 1 a wrong letter or digit, less for a letter dropped, doubled or swapped. */
  readonly distance: number;
  /** A sentence for people. */
  readonly reason: string;
}

export interface Resolution extends Pick<Citation, 'written' | 'span' | 'referenceId' | 'paragraphs' | 'from'> {
  readonly publishedId: PublishedId | null;
  readonly status: ResolutionStatus;
  readonly cable: CableFacts | null;
  /** Sorted by the operator's order of targets, then by paragraph. */
  readonly links: readonly Link[];
  /** Possible cables, best first. For a resolved cable: the reading that led to it, where its ID differs from the text. */
  readonly candidates: readonly Candidate[];
  readonly traits: Traits;
}

/** Names a cable with its paragraphs: a thread gets one reply about each. */
export function citedName({ referenceId, written, paragraphs }: Resolution): string {
  return `${referenceId ?? written}:${paragraphs.join(',')}`;
}

/** Facts that rules test: the form of the citation, the parts of the ID, and facts from the cable's text. */
export interface Traits {
  readonly kind: CitationKind;
  /** Four digits, from the ID. */
  readonly year: number | null;
  /** Code of the station: `ASTANA`. */
  readonly station: string | null;
  /** Country of the station. */
  readonly country: string | null;
  /** TAGS of the cable; empty when its text is not in the corpus. */
  readonly tags: readonly string[];
  /** Portion markings of the cited paragraphs, without duplicates: `SBU`, `C/NF`. */
  readonly markings: readonly string[];
}

export type CableFacts = Pick<Cable, 'subject' | 'created' | 'classification' | 'origin'>;
