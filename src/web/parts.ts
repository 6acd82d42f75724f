import { html } from 'hono/html';
import type { PageToken } from '../ledger/db/queries.ts';
import { type Context, type Html, HttpError, type View } from './page.ts';

/** A page for an error; it shows no internals. */
export function errorView(status: NonNullable<View['status']>, message: string, details: readonly string[] = []): View {
  const list = html`<ul class="findings">
    ${details.map((detail) => html`<li><code>${detail}</code></li>`)}
  </ul>`;
  return {
    title: titles[status] ?? 'Request failed',
    status,
    body: html`<p class="lead">${inCode(message)}</p>
      ${details.length > 0 && list}
      <p><a href="/">Go to the overview</a></p>`,
  };
}

const titles: Readonly<Partial<Record<NonNullable<View['status']>, string>>> = {
  401: 'Log in first',
  403: 'Not allowed',
  404: 'Not found',
  413: 'Too large',
  429: 'Too many attempts',
  500: 'Internal error',
};

/** A point in time, in UTC. */
export function time(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')}Z</time>`;
}

/** The placeholder of an empty list: what appears here, and when. */
export function empty(heading: string, text: string | Html): Html {
  return html`<div class="empty">
    <p class="empty-mark" aria-hidden="true">¶</p>
    <p><strong>${heading}</strong></p>
    <p>${text}</p>
  </div>`;
}

/** A coloured label; the text alone carries the meaning. */
export function badge(text: string, tone: Tone = toneOf(text)): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

export type Tone = 'good' | 'warn' | 'bad' | 'calm';

const tones: Readonly<Record<string, Tone>> = {
  reply: 'good',
  sent: 'good',
  decided: 'good',
  resolved: 'good',
  ok: 'good',
  approved: 'good',
  held: 'warn',
  hold: 'warn',
  planned: 'warn',
  sending: 'warn',
  replacing: 'warn',
  pending: 'warn',
  withdrawing: 'warn',
  'unknown-paragraph': 'warn',
  unverified: 'warn',
  ambiguous: 'warn',
  unknown: 'bad',
  refused: 'bad',
  abandoned: 'bad',
  failed: 'bad',
  rejected: 'bad',
  'unknown-cable': 'bad',
};

function toneOf(text: string): Tone {
  return Object.hasOwn(tones, text) ? tones[text]! : 'calm';
}

/** The heading above buttons: they say themselves what they do, so only screen readers get it. */
export const actionHeading = html`<span class="unseen">Action</span>`;

interface TableOptions {
  /** Few columns of short figures: it stays a table on a phone. */
  readonly compact?: true;
  /** What is around it says already what it holds: only screen readers get the caption. */
  readonly unseenCaption?: true;
}

/** A table with a caption; on a phone each row becomes a block, with the heading before each cell and without empty ones. An empty cell has a dash. */
export function table(
  caption: string,
  headings: readonly (string | Html)[],
  rows: readonly (readonly unknown[])[],
  { compact, unseenCaption }: TableOptions = {},
): Html {
  const label = (at: number) => typeof headings[at] === 'string' && html`data-label="${headings[at]}"`;
  const cell = (value: unknown, at: number) =>
    value === '' || value === '–' ? html`<td class="none" ${label(at)}>–</td>` : html`<td ${label(at)}>${value}</td>`;
  return html`<table ${compact && html`class="compact"`}>
    <caption ${unseenCaption && html`class="unseen"`}>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${headings.map((heading) => html`<th scope="col">${heading}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([first, ...others]) =>
          html`<tr>
            <th scope="row" ${label(0)}>${first}</th>
            ${others.map((value, i) => cell(value, i + 1))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A link that a stranger supplied: http and https only, without referrer. Any other URL is shown as text. */
export function externalLink(url: string, text: string | Html = url): Html {
  if (!isWeb(url)) return html`<span>${text}</span>`;
  return html`<a href="${url}" rel="noopener nofollow noreferrer" target="_blank"
    >${text}<span class="external" aria-hidden="true"> ↗</span></a
  >`;
}

/** A link that may lead to this site, by its public address: then it has no mark of one that leaves it. */
export function linkTo(url: string, text: string | Html, { config: { web } }: Pick<Context, 'config'>): Html {
  const own = URL.parse(web.publicUrl ?? '')?.origin;
  return own !== undefined && URL.parse(url)?.origin === own
    ? html`<a href="${url}">${text}</a>`
    : externalLink(url, text);
}

function isWeb(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

interface Choices {
  readonly values: readonly string[];
  readonly chosen?: string;
  /** Labels the empty choice; left out: there is none. */
  readonly none?: string;
}

/** A list of choices with its label. */
export function select(label: string, name: string, { values, chosen, none }: Choices): Html {
  return html`<label
    >${label}
    <select name="${name}">
      ${none !== undefined && html`<option value="">${none}</option>`}
      ${values.map((value) => html`<option value="${value}" ${value === chosen && html`selected`}>${value}</option>`)}
    </select></label
  >`;
}

/** Links to the first and the next page of a list. `next` is undefined on the last page. */
export function pager(url: URL, next: PageToken | string | undefined, onward = 'Next page →'): Html {
  const isFirst = !url.searchParams.has('after');
  if (isFirst && next === undefined) return html``;
  const first = new URL(url);
  first.searchParams.delete('after');
  const following = new URL(url);
  following.searchParams.set('after', typeof next === 'object' ? `${next.at}~${next.key}` : (next ?? ''));
  return html`<nav class="paging" aria-label="Pages of this list">
    ${!isFirst && html`<a href="${first.pathname}${first.search}">← First page</a>`}
    ${next !== undefined && html`<a href="${following.pathname}${following.search}" rel="next">${onward}</a>`}
  </nav>`;
}

/** Reads the token that `pager` put into the address: `1764000000000~file:1`. */
export function pageTokenIn(url: URL): PageToken | undefined {
  const [, at, key] = /^(\d{1,15})~(.{1,2000})$/s.exec(url.searchParams.get('after') ?? '') ?? [];
  return at === undefined || key === undefined ? undefined : { at: Number(at), key };
}

/** A whole number with separators. */
export function count(n: number): string {
  return n.toLocaleString('en');
}

/** A text with what the group of the pattern matches highlighted. */
export function marked(text: string, pattern: RegExp): readonly (string | Html)[] {
  return text.split(pattern).map((part, i) => (i % 2 === 1 ? html`<mark>${part}</mark>` : part));
}

/** A hidden field with the page that a form is on. */
export function backField({ pathname, search }: URL): Html {
  return hiddenField('back', pathname + search);
}

/** The page that a form came from, on this site; else `usual`. */
export function backTo(form: URLSearchParams, usual: string): string {
  const base = 'http://site.invalid';
  const url = URL.parse(decodedField(form, 'back') ?? usual, base);
  return url?.origin === base ? url.pathname + url.search : usual;
}

/** Back-ticks of a message as code. */
export function inCode(message: string): readonly (string | Html)[] {
  return message.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part));
}

/** A hidden field that carries any string unchanged; read it with `decodedField`. */
export function hiddenField(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${encodeURIComponent(value)}" />`;
}

/** Undefined if the form does not have the field. Errors: HttpError. */
export function decodedField(form: URLSearchParams, name: string): string | undefined {
  try {
    const value = form.get(name);
    return value === null ? undefined : decodeURIComponent(value);
  } catch {
    throw new HttpError(400, `Field ${name} of the form is malformed.`);
  }
}
