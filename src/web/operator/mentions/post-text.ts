import { html } from 'hono/html';
import type { Html } from '../../page.ts';
import { marked } from '../../parts.ts';

/** Lines of a folded post: pilcrow.css has the same number. */
const foldedLines = 5;
/** Of the widest line of a post that is not on a phone. */
const charactersPerLine = 80;

/**
 * The words of a post. Of a long one a few lines are shown, and the rest by a click, so that the reply below can be seen. `hits`: what a
 * search found is marked, and the post is unfolded where that would be hidden.
 */
export function postText(
  text: string,
  { kind = '', hits = [] }: { kind?: 'context' | ''; hits?: readonly string[] } = {},
): Html {
  const pattern =
    hits.length === 0 ? undefined : new RegExp(`(${hits.map((hit) => RegExp.escape(hit)).join('|')})`, 'giu');
  const words = pattern === undefined ? text : marked(text, pattern);
  const quoted = html`<blockquote class="words ${kind}">${words}</blockquote>`;
  if (linesIn(text) <= foldedLines) return quoted;
  const at = pattern === undefined ? -1 : text.search(pattern);
  // On a phone the lines are half as long.
  const isHidden = at !== -1 && linesIn(text.slice(0, at)) * 2 > foldedLines;
  return html`${quoted}
    <details class="unfold" ${isHidden && html`open`}>
      <summary><span class="closed">Show the whole post</span><span class="opened">Show less</span></summary>
    </details>`;
}

function linesIn(text: string): number {
  return text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / charactersPerLine)), 0);
}
