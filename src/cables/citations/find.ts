import type { Citation } from '../../core/citation.ts';
import { findUrls, foundLink, shownLinks, type Urls } from './cable-urls.ts';
import { findDescriptions } from './descriptions.ts';
import { type Found, inOrder, merge, stretchesOf, withDescriptions, withMore } from './found.ts';
import { findLooseTags, findPlatformTags, hasTopicTag, splitTags } from './hashtags.ts';
import { withPinCites } from './pin-cites.ts';
import { fold, type FoldedText } from './folded-text.ts';
import { cover, hideQuoted, linkMark } from './plain-text.ts';
import { findMisspelt } from './misspelt.ts';
import { findIndexNumbers, numbersIn } from './numbers.ts';
import { findQuotations } from './quotations.ts';
import { mayCite } from './places-of-ids.ts';
import { findWrittenIds } from './written-ids.ts';

/** The parts of a post that can cite: its text, the platform's hashtags (without `#`) and the links behind the text. */
export interface Citing {
  readonly text: string;
  readonly hashtags: readonly string[];
  readonly links: readonly string[];
}

export interface FoundCitations {
  /** In text order, at most ten; citations without a span come last. */
  readonly citations: readonly Citation[];
  /** Number of further citations in the post. */
  readonly surplus: number;
  /** The post has #cablegate or #wlfind. */
  readonly beside: boolean;
}

/**
 * Citations of a post, one per cable and set of paragraphs. Code, quoted lines (`>`) and URLs that are no cable's do not count. Weak
 * citations count if the context allows it (an on-topic feed, a summons) or the post has #cablegate or #wlfind. Linear in the text's
 * length.
 */
export function findCitations(post: Citing, context: { readonly weakCounts: boolean }): FoundCitations {
  if (!mayCite(post.text) && !((post.hashtags.length > 0 || post.links.length > 0) && mayCiteBeside(post))) {
    if (
      !context.weakCounts ||
      !(mayBeWeakPattern.test(post.text) || post.hashtags.some((tag) => mayBeWeakPattern.test(tag)))
    )
      return nothingFound;
  }
  const folded = fold(post.text);
  const text = hideQuoted(folded.text);
  const links =
    post.links.length === 0 ? post.links : shownLinks(post.links.slice(0, maxOccurrences), folded.text, text);
  const urls = text.includes('/') ? findUrls(text, links) : { stretches: [], found: [], unplaced: links };
  const bare = urls.stretches.length === 0 ? text : cover(text, urls.stretches, linkMark);
  const tags = post.hashtags.length > 0 ? splitTags(post.hashtags) : [];
  const beside = hasTopicTag(bare, tags);
  const found = findAll(
    { text, bare, folded, tags, original: post.text, urls },
    { beside, weakCounts: context.weakCounts || beside },
  );
  const { citations, surplus } = merge(post.text, inOriginal(found, folded, post.text), maxCitations);
  return { citations, surplus, beside };
}

/** Found in the folded text, at their places in the post's. */
function inOriginal(found: readonly Found[], { text, original }: FoldedText, written: string): readonly Found[] {
  if (text === written) return found;
  return found.map((one) =>
    one.span === null ? one : { ...one, span: [original(one.span[0]), original(one.span[1])] },
  );
}

const nothingFound: FoundCitations = { citations: [], surplus: 0, beside: false };

function mayCiteBeside({ hashtags, links }: Citing): boolean {
  return hashtags.some((tag) => mayCite(tag) || /cablegate|wlfind/i.test(tag)) || links.some(mayCite);
}

const mayBeWeakPattern = /[0-9０-９"“„«»]/;

/** Maximum of places read from a post: bounds the merging and the assignment of pin cites. */
const maxOccurrences = 100;
const maxCitations = 10;

interface Counting {
  readonly beside: boolean;
  readonly weakCounts: boolean;
}

/** A post as it is scanned. `text`: folded, without what cannot cite; `bare`: without URLs too. */
interface Scanned {
  readonly original: string;
  readonly folded: FoldedText;
  readonly text: string;
  readonly bare: string;
  readonly tags: readonly string[];
  readonly urls: Urls;
}

function findAll({ original, folded, text, bare, tags, urls }: Scanned, counting: Counting): readonly Found[] {
  let found: readonly Found[] = findWrittenIds(bare);
  if (urls.found.length > 0) found = [...urls.found, ...found];
  if (counting.beside) found = withMore(found, findLooseTags(bare, stretchesOf(found)));
  if (tags.length > 0) found = withMore(found, findPlatformTags(tags, folded.text, text, counting));
  if (urls.unplaced.length > 0) found = [...found, ...urls.unplaced.flatMap((link) => foundLink(link) ?? [])];
  if (counting.weakCounts) {
    const taken = stretchesOf(found);
    const numbers = numbersIn(bare, taken);
    const misspelt = findMisspelt(bare, numbers, taken);
    found = withMore(found, misspelt);
    found = withDescriptions(
      found,
      findDescriptions(bare, numbers, misspelt.length === 0 ? taken : stretchesOf(found)),
    );
    found = withMore(found, findIndexNumbers(bare, numbers));
    // Quotations count only in a post that cites nothing else.
    if (found.length === 0)
      found = findQuotations(bare, (start, end) => original.slice(folded.original(start), folded.original(end)));
  } else found = found.filter(({ strength }) => strength === 'strong');
  const ordered = inOrder(found);
  if (ordered.length <= maxOccurrences) return withPinCites(bare, ordered);
  return [...withPinCites(bare, ordered.slice(0, maxOccurrences)), ...ordered.slice(maxOccurrences)];
}
