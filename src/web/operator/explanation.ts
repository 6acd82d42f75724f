import { html } from 'hono/html';
import { explainStored } from '../../operations/explain-post.ts';
import { explanationText } from '../../operations/explanation-text.ts';
import type { Html, Page, View, Request } from '../page.ts';
import { outward } from '../parts.ts';

export const explanationPages: readonly Page[] = [
  { method: 'GET', path: '/posts/:key', audience: 'viewer', answer: view },
];

const unpainted = (text: string) => text;
const paint = { bold: unpainted, dim: unpainted, cyan: unpainted, green: unpainted };

/** What `pilcrow explain KEY` tells, in the same words. */
async function view({ context, param }: Request): Promise<View> {
  const found = await explainStored(context.config, param('key'));
  return {
    title: `Why: ${found.post.key}`,
    body: html`<div data-live id="live-explanation">
      ${explanationText(found, paint).map(
        ({ heading, lines }) =>
          html`<section>
            <h2>${heading}</h2>
            ${lines.map((line) => html`<p class="${line.startsWith('  ') ? 'told within' : 'told'}">${linked(line.trim())}</p>`)}
          </section>`,
      )}
    </div>`,
  };
}

const URL_IN_TEXT = /(https?:\/\/[^\s()<>"]+[^\s()<>".,;:!?])/;

/** With its addresses as links. */
function linked(line: string): readonly (string | Html)[] {
  return line.split(URL_IN_TEXT).map((part, i) => (i % 2 === 1 ? outward(part) : part));
}
