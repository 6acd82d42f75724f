import { canonicalReferenceId } from '../cables/ids/reference-id.ts';
import { storable } from '../core/storable.ts';

/** What of a stranger's page matters: what it is called, and whether it links to a cable page of ours. */
export interface SourcePage {
  readonly title: string;
  /** Empty where the page does not say. */
  readonly site: string;
  readonly links: boolean;
}

/** A link to the page of this cable, on the site where the target stands. */
export interface Sought {
  readonly cable: string;
  /** `https://pilcrow.example.org/cable/07ASTANA2244` */
  readonly page: string;
}

const longestName = 300;
/** Nobody nests so deep; the parser gets slow where somebody does. */
const maxDepth = 500;

/** `url`: where the page stands, from which relative links start. Time grows with length; depth is bounded. */
export async function readSource(html: string, url: string, sought: Sought): Promise<SourcePage> {
  // Most bots never meet one.
  const { Parser } = await import('htmlparser2');
  let [title, site, links, depth, inTitle] = ['', '', false, 0, false];
  const parser = new Parser({
    onopentag(name, attributes) {
      if (++depth > maxDepth) return parser.reset();
      if (name === 'title' && title === '') inTitle = true;
      if (name === 'meta' && attributes['property'] === 'og:site_name') site = attributes['content'] ?? '';
      if ((name === 'a' || name === 'area') && leadsTo(attributes['href'], url, sought)) links = true;
    },
    ontext(text) {
      if (inTitle && title.length < longestName) title += text;
    },
    onclosetag(name) {
      depth -= 1;
      if (name === 'title') inTitle = false;
    },
  });
  parser.end(html);
  return { title: nameIn(title), site: nameIn(site), links };
}

/** A stranger's name for something, on one line. */
export function nameIn(text: string): string {
  return storable(text.replaceAll(/\s+/g, ' ').trim().slice(0, longestName));
}

/** Any written form of the ID leads there, with or without a paragraph. */
function leadsTo(href: string | undefined, base: string, { cable, page }: Sought): boolean {
  const url = href === undefined ? null : URL.parse(href, base);
  return url !== null && url.origin === new URL(page).origin && cableIn(url) === cable;
}

/** The cable whose page is at this address; undefined where it is none of a cable page. */
export function cableIn({ pathname }: URL): string | undefined {
  const written = /^\/cable\/([^/]{1,200})\/?$/.exec(pathname)?.[1];
  if (written === undefined) return undefined;
  try {
    return canonicalReferenceId(decodeURIComponent(written));
  } catch {
    return undefined;
  }
}
