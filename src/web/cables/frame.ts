import { html } from 'hono/html';
import { plain } from '../../core/storable.ts';
import { documentOf } from '../document.ts';
import { type Html, may, type Request } from '../page.ts';
import { answer, originOf } from './answer.ts';

export interface Sheet {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  /** In a line, for search engines and previews. */
  readonly description?: string;
  /** Where it stands, without the origin; for pages that are worth a link. */
  readonly path?: string;
  /** What was searched for. */
  readonly q?: string;
  /** Further lines of its head. */
  readonly head?: Html;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A page among the cable pages, with the frame that all of them have. */
export async function sheet(request: Request, { title, body, q = '', ...rest }: Sheet): Promise<Response> {
  const { status, headers = {}, head, path, description } = rest;
  const page = await documentOf({
    title,
    head: html`${path !== undefined && preview({ title, description, url: `${originOf(request)}${path}` })} ${head}`,
    styles: ['pilcrow.css', 'cables.css'],
    script: 'cables.js',
    body: html`class="reading"`,
    header: html`<a class="brand" href="/cables"><span class="mark" aria-hidden="true">¶</span> Cables</a>
      <form class="find" method="get" action="/cables" role="search">
        <input
          type="search"
          name="q"
          value="${plain(q)}"
          maxlength="300"
          aria-label="Find a cable: reference ID, words or a quotation"
          placeholder="07ASTANA2244, or words of a cable"
        />
        <button type="submit">Find</button>
      </form>
      ${may(request.person, 'viewer') && html`<a class="back" href="/">Operator’s page</a>`}`,
    main: body,
    footer: html`¶ Pilcrow shows US diplomatic cables as WikiLeaks published them, paragraph by paragraph. Times are
    UTC.`,
  });
  return answer(request, {
    type: 'text/html; charset=utf-8',
    body: page,
    headers,
    ...(status !== undefined && { status }),
  });
}

interface Preview {
  readonly title: string;
  readonly description: string | undefined;
  readonly url: string;
}

function preview({ title, description = title, url }: Preview): Html {
  return html`<link rel="canonical" href="${url}" />
    <meta name="description" content="${description}" />
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${description}" />
    <meta property="og:url" content="${url}" />
    <meta property="og:type" content="article" />`;
}
