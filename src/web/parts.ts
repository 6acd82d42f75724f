import { html } from 'hono/html';
import { type Html, Refusal, type View } from './page.ts';

/** A page that says what is wrong, and nothing of the inside. */
export function problem(status: NonNullable<View['status']>, message: string, details: readonly string[] = []): View {
  const list = html`<ul class="findings">
    ${details.map((detail) => html`<li><code>${detail}</code></li>`)}
  </ul>`;
  return {
    title: titles[status] ?? 'That did not work',
    status,
    body: html`<p class="lead">${message}</p>
      ${details.length > 0 && list}
      <p><a href="/">To the overview</a></p>`,
  };
}

const titles: Readonly<Partial<Record<NonNullable<View['status']>, string>>> = {
  401: 'Log in first',
  403: 'Not allowed',
  404: 'Not found',
  413: 'Too large',
  429: 'Too many attempts',
  500: 'Something went wrong',
};

/** A point in time, in UTC. */
export function time(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')}Z</time>`;
}

/** Where there is nothing yet: what will stand here, and when. */
export function empty(heading: string, words: string | Html): Html {
  return html`<div class="empty">
    <p class="empty-mark" aria-hidden="true">¶</p>
    <p><strong>${heading}</strong></p>
    <p>${words}</p>
  </div>`;
}

/** A word in a coloured frame; the word says it all, the colour only helps. */
export function badge(word: string, tone: Tone = toneOf(word)): Html {
  return html`<span class="badge ${tone}">${word}</span>`;
}

export type Tone = 'good' | 'warn' | 'bad' | 'calm';

const tones: Readonly<Record<string, Tone>> = {
  reply: 'good',
  sent: 'good',
  decided: 'good',
  resolved: 'good',
  ok: 'good',
  held: 'warn',
  hold: 'warn',
  planned: 'warn',
  sending: 'warn',
  kept: 'warn',
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

function toneOf(word: string): Tone {
  return Object.hasOwn(tones, word) ? tones[word]! : 'calm';
}

/** A table with its caption; on a phone each row becomes a block, with the heading before each cell. */
export function table(caption: string, headings: readonly string[], rows: readonly (readonly unknown[])[]): Html {
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${headings.map((heading) => html`<th scope="col">${heading}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map((cell, at) =>
              at === 0
                ? html`<th scope="row" data-label="${headings[at]}">${cell}</th>`
                : html`<td data-label="${headings[at]}">${cell}</td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A stranger's link: only to the web, and telling the other side nothing. Anything else is shown as text. */
export function outward(url: string, words: string | Html = url): Html {
  if (!isWeb(url)) return html`<span>${words}</span>`;
  return html`<a href="${url}" rel="noopener nofollow noreferrer" target="_blank"
    >${words}<span class="outward" aria-hidden="true"> ↗</span></a
  >`;
}

function isWeb(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

/** Options of a list to choose from; `none` stands for no choice. */
export function options(values: readonly string[], chosen: string, none?: string): Html {
  return html`${none !== undefined && html`<option value="">${none}</option>`}
  ${values.map((value) => html`<option value="${value}" ${value === chosen && html`selected`}>${value}</option>`)}`;
}

/** The next page of a list; `after` is the key behind which it begins. Undefined: this is the last one. */
export function pager(url: URL, after: string | undefined): Html {
  const first = new URL(url);
  first.searchParams.delete('after');
  const next = new URL(url);
  next.searchParams.set('after', after ?? '');
  const isFirst = !url.searchParams.has('after');
  if (isFirst && after === undefined) return html``;
  return html`<nav class="paging" aria-label="Pages of this list">
    ${!isFirst && html`<a href="${first.pathname}${first.search}">← To the beginning</a>`}
    ${after !== undefined && html`<a href="${next.pathname}${next.search}" rel="next">Further →</a>`}
  </nav>`;
}

/** A whole number for people. */
export function count(n: number): string {
  return n.toLocaleString('en');
}

/** A name for a form to bring back, whatever signs are in it; `namedIn` reads it. */
export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${encodeURIComponent(value)}" />`;
}

/** Undefined where the form does not say it. Errors: Refusal. */
export function namedIn(form: URLSearchParams, name: string): string | undefined {
  try {
    const value = form.get(name);
    return value === null ? undefined : decodeURIComponent(value);
  } catch {
    throw new Refusal(400, 'The form says it in a way that cannot be read.');
  }
}
