import { createHash } from 'node:crypto';
import { html } from 'hono/html';
import { plain } from '../../core/text/strangers.ts';
import { documentOf } from '../document.ts';
import { type Html, may, type PageRequest } from '../page.ts';

/** Caches may show a copy this long, so a deleted mention disappears within this time. */
const maxAgeSeconds = 60;

export interface Content {
  readonly type: string;
  readonly body: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A response of the cable pages. If they are public, caches may keep it, and it carries an ETag. */
export function cacheableResponse(
  { c, context }: PageRequest,
  { type, body, status = 200, headers = {} }: Content,
): Response {
  const common = { 'Content-Type': type, ...headers };
  // A client's limit is no other client's.
  if (context.config.web.cables !== 'public' || status === 429) return new Response(body, { status, headers: common });
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const cacheable = { ...common, ETag: etag, 'Cache-Control': `public, max-age=${maxAgeSeconds}` };
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (status === 200 && known.includes(etag)) return new Response(null, { status: 304, headers: cacheable });
  return new Response(body, { status, headers: cacheable });
}

/** The origin under which others reach the pages. */
export function publicOrigin({ url }: PageRequest): string {
  return url.origin;
}

export interface CableView {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  /** One line for search engines and link previews. */
  readonly description?: string;
  /** The canonical path; left out on pages that are not worth a link. */
  readonly path?: string;
  /** The search query, if any. */
  readonly q?: string;
  /** More elements for the head. */
  readonly head?: Html;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A page in the layout of the cable pages. */
export async function pageResponse(
  request: PageRequest,
  { title, body, q = '', ...rest }: CableView,
): Promise<Response> {
  const { status, headers = {}, head, path, description } = rest;
  const page = await documentOf({
    title,
    head: html`${path !== undefined && preview(title, `${publicOrigin(request)}${path}`, description)} ${head}`,
    styles: ['pilcrow.css', 'cables.css'],
    script: 'cables.js',
    body: html`class="reading"`,
    header: header(request, q),
    main: body,
    footer: html`¶ Pilcrow shows US diplomatic cables as WikiLeaks published them, paragraph by paragraph. Times are
    UTC.`,
  });
  return cacheableResponse(request, {
    type: 'text/html; charset=utf-8',
    body: page,
    headers,
    ...(status !== undefined && { status }),
  });
}

function header({ person }: PageRequest, q: string): Html {
  return html`<a class="brand" href="/cables"><span class="mark" aria-hidden="true">¶</span> Cables</a>
    <form class="find" method="get" action="/cables" role="search">
      <input
        type="search"
        name="q"
        value="${plain(q)}"
        maxlength="300"
        aria-label="Find a cable: reference ID, words or a quotation"
        placeholder="07ASTANA2244, or words"
      />
      <button type="submit">Find</button>
    </form>
    ${may(person, 'viewer') && html`<a class="back" href="/">Operator’s page</a>`}`;
}

/** What search engines and link previews show. */
function preview(title: string, url: string, description = title): Html {
  return html`<link rel="canonical" href="${url}" />
    <meta name="description" content="${description}" />
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${description}" />
    <meta property="og:url" content="${url}" />
    <meta property="og:type" content="article" />`;
}
