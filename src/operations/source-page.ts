import { canonicalReferenceId } from '../cables/ids/reference-id.ts';
import { storable } from '../core/storable.ts';

/** The cable page to which a link must lead. */
export interface LinkTarget {
  readonly cable: string;
  /** `https://pilcrow.example.org/cable/07ASTANA2244` */
  readonly page: string;
}

const maxNameLength = 300;
/** Deeper nesting makes the parser slow, and no real page has it. */
const maxDepth = 500;

/**
 * Title and site of an external page (empty: not declared), and whether it links to the cable page; `url` is the base of its relative links.
 * Time grows linearly with length; depth is bounded.
 */
export async function readSource(html: string, url: string, target: LinkTarget) {
  // Loaded on demand, because few bots receive trackbacks.
  const { Parser } = await import('htmlparser2');
  let [title, site, links, depth, inTitle] = ['', '', false, 0, false];
  const parser = new Parser({
    onopentag(name, attributes) {
      if (++depth > maxDepth) return parser.reset();
      if (name === 'title' && title === '') inTitle = true;
      if (name === 'meta' && attributes['property'] === 'og:site_name') site = attributes['content'] ?? '';
      if ((name === 'a' || name === 'area') && leadsTo(attributes['href'], url, target)) links = true;
    },
    ontext(text) {
      if (inTitle && title.length < maxNameLength) title += text;
    },
    onclosetag(name) {
      depth -= 1;
      if (name === 'title') inTitle = false;
    },
  });
  parser.end(html);
  return { title: nameIn(title), site: nameIn(site), links };
}

/** An external title or name, on one line and shortened. */
export function nameIn(text: string): string {
  return storable(text.replaceAll(/\s+/g, ' ').trim().slice(0, maxNameLength));
}

/** Accepts any written form of the ID, with or without a paragraph. */
function leadsTo(href: string | undefined, base: string, { cable, page }: LinkTarget): boolean {
  const url = href === undefined ? null : URL.parse(href, base);
  return url !== null && url.origin === new URL(page).origin && cableIn(url) === cable;
}

/** The cable whose page has this URL; undefined: it is not the URL of a cable page. */
export function cableIn({ pathname }: URL): string | undefined {
  const written = /^\/cable\/([^/]{1,200})\/?$/.exec(pathname)?.[1];
  if (written === undefined) return undefined;
  try {
    return canonicalReferenceId(decodeURIComponent(written));
  } catch {
    return undefined;
  }
}
