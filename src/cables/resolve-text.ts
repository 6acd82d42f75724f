import type { Resolution } from '../core/citation.ts';
import { findCitations } from './citations/find.ts';
import type { Resolver } from './resolve-citation.ts';

/** A text, and its place among those that came with it: the line of standard input or of a request, or the argument, from 1. */
export interface Numbered {
  readonly input: string;
  readonly line: number;
}

/** The fields of a resolution that programs get; `traits` are for rules. */
type Answer = Omit<Resolution, 'traits'>;

/** A text without any citation, with the fields of the other rows. */
type NoCitation = { readonly [Field in keyof Answer]: unknown } & { readonly status: 'no-citation' };

/** What programs get for a citation: a line of `resolve --json` and of `/api/resolve`. `span` counts in `input`. */
export type ResolvedRow = Numbered & (Answer | NoCitation);

interface ResolvedText {
  /** A row for each of the first ten citations. */
  readonly rows: readonly (Numbered & Answer)[];
  /** Number of further citations, which are not resolved. */
  readonly surplus: number;
}

/** Resolves the citations of a text as if it addressed the bot, so weak ones count. Errors: the signal's reason, if it is aborted. */
export async function resolveText(text: Numbered, resolver: Resolver, signal?: AbortSignal): Promise<ResolvedText> {
  const { input, line } = text;
  const { citations, surplus } = findCitations({ text: input, hashtags: [], links: [] }, { weakCounts: true });
  const rows = [];
  for (const citation of citations) {
    const { traits: _, ...answer } = await resolver.resolve(citation, input, signal);
    rows.push({ input, line, ...answer });
  }
  return { rows, surplus };
}

/** The rows of a text for programs. `all`: a text without a citation has one too, so that each text has at least one. */
export function rowsOf({ input, line }: Numbered, { rows }: ResolvedText, all: boolean): readonly ResolvedRow[] {
  return rows.length === 0 && all ? [{ input, line, ...noCitation }] : rows;
}

const noCitation: NoCitation = {
  written: null,
  span: null,
  referenceId: null,
  publishedId: null,
  paragraphs: [],
  status: 'no-citation',
  cable: null,
  links: [],
  candidates: [],
};
