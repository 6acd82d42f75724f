import { Parser } from 'htmlparser2';

/** Where a site takes notifications about one of its pages. */
export interface Endpoint {
  readonly kind: 'webmention' | 'trackback';
  readonly url: string;
}

/** A page of a stranger, after redirects. */
export interface FetchedPage {
  readonly url: string;
  readonly headers: Headers;
  readonly html: string;
}

const maxHtmlLength = 524_288;
/** No real page nests deeper, and the parser gets slow on pages that do. */
const maxDepth = 200;

/**
 * The endpoint of a page: the first for Webmentions, in its headers or else in the document (https://www.w3.org/TR/webmention/), else one for
 * Trackbacks. `target`: the address under which the page is mentioned. Undefined: it takes neither. Takes linear time; length and depth are bounded.
 */
export function endpointOf({ url, headers, html }: FetchedPage, target: string): Endpoint | undefined {
  const inHeaders = linksIn(headers.get('link') ?? '');
  const inHtml = readHtml(html.slice(0, maxHtmlLength), [target, url]);
  const base = URL.parse(inHtml.base ?? '', url)?.href ?? url;
  const webmention =
    resolved(inHeaders.find(({ rels }) => rels.includes('webmention'))?.href, url) ?? resolved(inHtml.webmention, base);
  if (webmention !== undefined) return { kind: 'webmention', url: webmention };
  const trackback = resolved(inHtml.trackback, base) ?? wordpressTrackback(inHeaders, url);
  return trackback === undefined ? undefined : { kind: 'trackback', url: trackback };
}

/** An empty address is that of the page. */
function resolved(href: string | undefined, base: string): string | undefined {
  const url = href === undefined ? null : URL.parse(href, base);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

interface HeaderLink {
  readonly href: string;
  readonly rels: readonly string[];
}

/** Links of a `Link` header (RFC 8288); commas may be in addresses and in quotation marks. */
function linksIn(header: string): HeaderLink[] {
  return [...header.matchAll(/<([^<>]*)>([^,"<]*(?:"[^"]*"[^,"<]*)*)/g)].map(([, href = '', parameters = '']) => {
    const [, quoted, bare] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(parameters) ?? [];
    return { href: href.trim(), rels: wordsIn(quoted ?? bare) };
  });
}

function wordsIn(rel: string | undefined): string[] {
  return (rel ?? '').toLowerCase().split(/\s+/);
}

type Attributes = Readonly<Record<string, string>>;

/** What the document says of its endpoints, in its order. `names`: the addresses of the page. */
function readHtml(html: string, names: readonly string[]) {
  const found: { base?: string; webmention?: string; trackback?: string } = {};
  let depth = 0;
  const takeDescription = (name: string, attributes: Attributes) => {
    const ping = name === 'rdf:description' ? attributes['trackback:ping'] : undefined;
    if (ping !== undefined && names.includes(attributes['dc:identifier'] ?? '')) found.trackback ??= ping;
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      if (++depth > maxDepth) return parser.reset();
      const { href, rel } = attributes;
      takeDescription(name, attributes);
      if (href === undefined) return;
      if (name === 'base') found.base ??= href;
      if ((name === 'link' || name === 'a') && wordsIn(rel).includes('webmention')) found.webmention ??= href;
      if ((name === 'link' || name === 'a') && wordsIn(rel).includes('trackback')) found.trackback ??= href;
    },
    onclosetag: () => void (depth -= 1),
    // Six Apart’s RDF stands in a comment, so that browsers do not show it.
    oncomment(data) {
      if (data.includes('trackback:ping')) new Parser({ onopentag: takeDescription }).end(data);
    },
  });
  parser.end(html);
  return found;
}

/** WordPress takes Trackbacks at the number of the post, which is in its headers, whatever its theme shows. */
function wordpressTrackback(links: readonly HeaderLink[], url: string): string | undefined {
  const short = links.find(({ rels }) => rels.includes('shortlink'))?.href;
  const isWordpress = links.some(({ rels }) => rels.includes('https://api.w.org/'));
  const post = /\?p=(\d{1,19})$/.exec(short ?? '')?.[1];
  return isWordpress && short !== undefined && post !== undefined
    ? resolved(`wp-trackback.php/${post}`, resolved(short, url) ?? url)
    : undefined;
}
