import type { Cable, PublishedId, ReferenceId } from '../../core/cable.ts';
import type { Link, LinkTarget } from '../../core/citation.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { earlierTelegram } from '../ids/earlier-telegrams.ts';
import { inferredMonth } from '../ids/months.ts';
import { partsOf, publishedIdOf } from '../ids/reference-id.ts';
import { knownFragments } from './text-fragments.ts';

/** A cable to link to, with everything known about it. */
export interface Linked {
  readonly id: ReferenceId;
  /** Its text, if available. */
  readonly cable: Cable | undefined;
  /** Its message as printed, for links that land by words; left out: none do. */
  readonly body?: string | undefined;
  readonly catalogue: Catalogue | undefined;
  /** The cable may exist, but nothing confirms it. */
  readonly unverified: boolean;
}

/** The sites that links lead to. */
export interface Sites {
  /** In the operator's order. */
  readonly targets: readonly LinkTarget[];
  /** Origin of the bot's own cable pages: `https://pilcrow.example.org`. Without it there is no target `own`. */
  readonly ownUrl?: string | undefined;
  /** Which links to paragraphs quote words of theirs; left out: where needed. */
  readonly fragments?: Fragments | undefined;
}

/** `where-needed`: those that no anchor leads to. */
type Fragments = 'where-needed' | 'always' | 'never';

/** Links to paragraphs (null: the whole cable), ordered by target, then by paragraph as given. */
export function linksTo(linked: Linked, paragraphs: readonly (number | null)[], sites: Sites): Link[] {
  const { targets, ownUrl, fragments = 'where-needed' } = sites;
  const withWords = fragments === 'never' ? undefined : quoting(linked, fragments);
  return targets.flatMap((target) => {
    const page = pageOn(target, linked, ownUrl);
    const links = page === undefined ? [] : paragraphs.map((paragraph) => linkTo(page, linked.cable, paragraph));
    return withWords === undefined || target === 'own'
      ? links
      : links.map((link) => withWords(link, page?.doubt ?? null));
  });
}

/** Adds words to the links to paragraphs that have them: undefined, where there is no text. */
function quoting({ cable, body }: Linked, fragments: Fragments) {
  if (cable === undefined || body === undefined) return undefined;
  const find = knownFragments({ cable, body });
  return (link: Link, doubt: string | null): Link => {
    const { paragraph, target, url } = link;
    const isAnchored = url.includes('#');
    if (paragraph === null || (isAnchored && fragments !== 'always')) return link;
    const fragment = find(paragraph);
    if (fragment === undefined)
      return { ...link, why: joined(link.why, 'the text is too long to look for words of it') };
    if (fragment === null) return link;
    const quoted = { ...link, url: `${url}${isAnchored ? '' : '#'}${fragment}` };
    if (isAnchored) return quoted;
    if (cable.page !== target) return { ...quoted, why: joined(link.why, 'it quotes the words of another copy') };
    return doubt === null
      ? { ...quoted, exact: true, by: 'words', near: null, why: joined(byWords, link.why) }
      : quoted;
  };
}

const byWords = 'by words of the page, whose top an old browser opens';

/** A cable's page. `doubt` says why the page may not exist; null if it does. */
interface TargetPage {
  readonly target: LinkTarget;
  readonly url: string;
  readonly doubt: string | null;
}

const mirrors = {
  plusd: (id: PublishedId) => plusdUrl(`${id}_a`),
  cablegatesearch: (id: PublishedId) => `https://cablegatesearch.wikileaks.org/cable.php?id=${id}`,
  cabledrum: (id: PublishedId) => `https://www.cabledrum.net/cables/${id}`,
};

const unlisted = 'unverified: no list has the telegrams of 1973 to 1979';

function plusdUrl(id: string): string {
  return `https://wikileaks.org/plusd/cables/${id}.html`;
}

function pageOn(target: LinkTarget, linked: Linked, ownUrl: string | undefined): TargetPage | undefined {
  const id = publishedIdOf(linked.id);
  const telegram = linked.unverified ? earlierTelegram(linked.id) : undefined;
  if (telegram !== undefined)
    return target === 'plusd' ? { target, url: plusdUrl(telegram), doubt: unlisted } : undefined;
  const doubt = linked.unverified ? 'unverified: no catalogue is imported' : null;
  if (target === 'viewer') return viewerPage(id, linked, doubt);
  if (target !== 'own') return { target, url: mirrors[target](id), doubt };
  return ownUrl === undefined ? undefined : { target, url: new URL(ownPath(linked.id), ownUrl).href, doubt };
}

/** Path of a cable's page on the bot's own site. */
export function ownPath(id: ReferenceId): string {
  return `/cable/${id}`;
}

/** Anchor of a paragraph there. Every paragraph has one, unlike on the old viewer. */
export function ownAnchor(paragraph: number): string {
  return `par${paragraph}`;
}

/** The old viewer files cables by year and month; without a month there is no address. */
function viewerPage(id: PublishedId, linked: Linked, unverified: string | null): TargetPage | undefined {
  const parts = partsOf(linked.id);
  const known = knownMonth(id, linked);
  const month = known ?? (parts && inferredMonth(parts));
  if (parts === undefined || month === undefined) return undefined;
  const doubt = known === undefined ? 'month inferred from the serial' : null;
  const folder = `${parts.year}/${String(month).padStart(2, '0')}`;
  const url = `https://wikileaks.org/cable/${folder}/${id}.html`;
  return { target: 'viewer', url, doubt: joined(doubt, unverified) };
}

function knownMonth(id: PublishedId, { id: referenceId, cable, catalogue }: Linked): number | undefined {
  const created = /^(\d{4})-(\d\d)/.exec(cable?.created ?? '');
  if (created !== null && Number(created[1]) === partsOf(referenceId)?.year) return Number(created[2]);
  return catalogue?.month(id);
}

function linkTo(page: TargetPage, cable: Cable | undefined, paragraph: number | null): Link {
  const { target, url, doubt } = page;
  if (paragraph === null) return { target, url, paragraph, exact: doubt === null, near: null, why: doubt };
  if (target === 'viewer') return viewerParagraph(page, cable, paragraph);
  if (target !== 'own') return inexact(page, paragraph, 'this site has no paragraph anchors');
  if (cable === undefined) return inexact(page, paragraph, 'the cable’s text is not available');
  // Own pages are rendered from the cable's text: every paragraph of it has an anchor.
  const isThere = cable.paragraphs.some(({ number }) => number === paragraph);
  if (!isThere) return inexact(page, paragraph, `this cable has no paragraph ${paragraph}`);
  return { target, url: `${url}#${ownAnchor(paragraph)}`, paragraph, exact: true, near: null, why: null };
}

function viewerParagraph(page: TargetPage, cable: Cable | undefined, paragraph: number): Link {
  const { target, doubt } = page;
  if (cable === undefined)
    return inexact(page, paragraph, `the cable’s text is not available to check where #par${paragraph} lands`);
  const anchor = cable.paragraphs.find(({ number }) => number === paragraph)?.anchor ?? null;
  if (anchor === null)
    return inexact(page, paragraph, reasonWithoutAnchor(cable, paragraph), nearestAnchor(cable, paragraph));
  const url = `${page.url}#${anchor}`;
  if (doubt !== null) return { target, url, paragraph, exact: false, near: anchor, why: doubt };
  return { target, url, paragraph, exact: true, near: null, why: truncationNote(cable) };
}

/** To the whole page, with the reason. */
function inexact(
  { target, url, doubt }: TargetPage,
  paragraph: number,
  reason: string,
  near: string | null = null,
): Link {
  return { target, url, paragraph, exact: false, near, why: joined(reason, doubt) };
}

/** Says where the obvious fragment would lead. */
function reasonWithoutAnchor(cable: Cable, paragraph: number): string {
  const own = `paragraph ${paragraph} has no anchor of its own on the page`;
  const anchorTarget = cable.anchorTargets.find(({ anchor }) => anchor === `par${paragraph}`);
  if (anchorTarget === undefined) return own;
  if (anchorTarget.paragraph === null)
    return `${own}; #par${paragraph} leads to what stands before the first paragraph`;
  return `${own}; #par${paragraph} leads into ¶${anchorTarget.paragraph}`;
}

/** The anchor of the nearest paragraph before, otherwise of the nearest after. */
function nearestAnchor(cable: Cable, paragraph: number): string | null {
  const before = cable.paragraphs.findLast(({ number, anchor }) => number < paragraph && anchor !== null);
  const after = cable.paragraphs.find(({ number, anchor }) => number > paragraph && anchor !== null);
  return (before ?? after)?.anchor ?? null;
}

/** Anchors are computed from this copy: a missing line may have had one. */
function truncationNote(cable: Cable): string | null {
  const damaged = cable.warnings.filter(({ code }) => code === 'cut-off' || code === 'missing-paragraphs');
  if (damaged.length === 0) return null;
  const places = [...new Set(damaged.flatMap(({ paragraph }) => (paragraph === null ? [] : [`¶${paragraph}`])))];
  return `by rule; copy damaged${places.length === 0 ? '' : ` at ${places.join(', ')}`}`;
}

function joined(...reasons: (string | null)[]): string | null {
  return reasons.filter((reason) => reason !== null).join('; ') || null;
}
