/** Canonical reference ID: `07ASTANA2244`. Two digits of the year, station, serial without leading zeros. */
export type ReferenceId = string & { readonly [referenceId]: true };
declare const referenceId: unique symbol;

/** The ID that the sites use; for 203 cables it is malformed (`08THEHAGU799`). */
export type PublishedId = string & { readonly [publishedId]: true };
declare const publishedId: unique symbol;

/** A numbered paragraph of a cable. */
export interface Paragraph {
  readonly number: number;
  /** Portion marking as printed, without parentheses (`SBU`, `C/NF`), or null. */
  readonly marking: string | null;
  /** Lines are joined; `\n` marks only the cable's own breaks (lists, blank lines). Number and marking are not included. */
  readonly text: string;
  /** `par5` when the old viewer's page has that anchor and it lands on this paragraph, else null. */
  readonly anchor: string | null;
}

/** One entry of a REF line. `id` is null where the entry is no cable (an e-mail, a report). */
export interface Reference {
  readonly id: ReferenceId | null;
  readonly letter: string | null;
  readonly asWritten: string;
}

/** A heading, and the number of the first paragraph below it. */
export interface Section {
  readonly heading: string;
  readonly paragraph: number;
}

/** Page breaks, captions, classification lines, a post's footer, literal HTML tags: as printed. */
export interface Residue {
  /** In or below this paragraph; null in a text without numbered ones. */
  readonly paragraph: number | null;
  readonly text: string;
}

/** A parsed cable. Times are `YYYY-MM-DDTHH:MMZ`; null where the document does not say. */
export interface Cable {
  readonly referenceId: ReferenceId;
  readonly publishedId: PublishedId;
  readonly subject: string | null;
  readonly created: string | null;
  readonly createdAsPrinted: string | null;
  /** To the hour on pages released before August 2011: the viewer printed no true minutes, so they are 00, without a warning. */
  readonly released: string | null;
  readonly releasedAsPrinted: string | null;
  readonly classification: string | null;
  readonly origin: string | null;
  readonly tags: readonly string[];
  readonly references: readonly Reference[];
  /** Reasons for the classification: `1.4(b)`. */
  readonly reasons: readonly string[];
  /** Executive Order as printed: `12958`. */
  readonly eo: string | null;
  /** Declassification: `YYYY-MM-DD` for a date, else the words (`MR`, `TEN YEARS AFTER ...`). */
  readonly decl: string | null;
  /** Date-time group of the message. */
  readonly dtg: string | null;
  /** Precedence letters as printed before the date-time group: `R`, `OO`. */
  readonly precedence: string | null;
  readonly header: string;
  readonly paragraphs: readonly Paragraph[];
  /** The drafter's headings in order. */
  readonly sections: readonly Section[];
  /** The name below the message as printed: `CLINTON`. */
  readonly signature: string | null;
  /** What the copy prints among the paragraphs and is in none of them: nothing is left out silently. */
  readonly residue: readonly Residue[];
  /** Ids of the old viewer page's paragraph anchors in page order, repeats included. */
  readonly anchors: readonly string[];
  /** The paragraphs that the anchors lead to: see `AnchorTarget`. */
  readonly anchorTargets: readonly AnchorTarget[];
  /** Damage, gaps and contradictions in this copy. */
  readonly warnings: readonly Warning[];
  /** The site whose page this copy is, line by line; left out: another source. */
  readonly page?: 'viewer' | 'plusd';
}

/** A cable and its message as printed: without header and markup, `\n` between lines. */
export interface PrintedCable {
  readonly cable: Cable;
  readonly body: string;
}

/** `#par{number}` on the old viewer's page goes to the first anchor of that id: the paragraph around it (null: before the first). */
export interface AnchorTarget {
  readonly anchor: string;
  readonly paragraph: number | null;
  /** The anchor is at the number of that paragraph. */
  readonly exact: boolean;
}

export interface Warning {
  readonly code:
    /** A text that stops inside a sentence, or a paragraph without text. */
    | 'cut-off'
    | 'missing-paragraphs'
    /** The text has no numbered paragraphs, so `paragraphs` does not contain it. */
    | 'no-paragraphs'
    /** A paragraph is printed with a second number: the copy is renumbered. One warning, at the first such paragraph. */
    | 'renumbered'
    /** Earlier paragraphs are printed again inside a later one. */
    | 'repeated-text'
    | 'missing-line'
    | 'serial-mismatch'
    | 'broken-word'
    | 'time-mismatch'
    | 'not-cable-text'
    | 'unknown-station'
    /** The document is not UTF-8. */
    | 'encoding';
  /** The paragraph that it concerns, if any. */
  readonly paragraph: number | null;
  readonly message: string;
}
