import { html } from 'hono/html';
import { explainStored } from '../../operations/explain/explain-post.ts';
import { explanationText } from '../../operations/explain/explanation-text.ts';
import { isLimited } from '../../core/post.ts';
import { type Html, HttpError, may, type Page, type PageRequest, type View } from '../page.ts';
import { externalLink } from '../parts.ts';

export const explanationPages: readonly Page[] = [
  { method: 'GET', path: '/posts/:key', audience: 'viewer', handle: view },
];

const uncolored = (text: string) => text;
const colors = { bold: uncolored, dim: uncolored, cyan: uncolored, green: uncolored };

/** The output of `pilcrow explain KEY`. */
async function view({ context, param, person }: PageRequest): Promise<View> {
  const found = await explainStored(context.config, param('key'));
  if (isLimited(found.post) && !may(person, 'reviewer'))
    throw new HttpError(403, 'Direct and followers-only posts are shown to reviewers and operators alone.');
  return {
    title: `Why: ${found.post.key}`,
    body: html`<div data-live id="live-explanation">
      ${explanationText(found, colors).map(
        ({ heading, lines }) =>
          html`<section>
            <h2>${heading}</h2>
            ${lines.map((line) => html`<p class="${line.startsWith('  ') ? 'line nested' : 'line'}">${linked(line.trim())}</p>`)}
          </section>`,
      )}
    </div>`,
  };
}

const urlPattern = /(https?:\/\/[^\s()<>"]+[^\s()<>".,;:!?])/;

/** Turns URLs in the text into links. */
function linked(line: string): readonly (string | Html)[] {
  return line.split(urlPattern).map((part, i) => (i % 2 === 1 ? externalLink(part) : part));
}
