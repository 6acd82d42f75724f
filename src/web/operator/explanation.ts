import { html } from 'hono/html';
import { postNamed } from '../../ledger/posts/post-names.ts';
import { explainStored } from '../../operations/explain/explain-post.ts';
import { explanationText, type Section } from '../../operations/explain/explanation-text.ts';
import { isLimited } from '../../core/post.ts';
import { type Context, type Html, HttpError, may, type Page, type PageRequest, type View } from '../page.ts';
import { inCode, linkTo } from '../parts.ts';
import { mentionCard } from './mentions/mention-card.ts';

export const explanationPages: readonly Page[] = [
  { method: 'GET', path: '/posts/:key', audience: 'viewer', handle: view },
];

const uncoloured = (text: string) => text;
const colors = { bold: uncoloured, dim: uncoloured, cyan: uncoloured, green: uncoloured };

/** The post with its reply and what can be done about it, then the output of `pilcrow explain KEY`, the verdict first. */
async function view(request: PageRequest): Promise<View> {
  const { context, param, person } = request;
  const key = param('key');
  if ((await postNamed(context.ledger.db, key)) === undefined)
    throw new HttpError(404, 'There is no such post: it was never stored, or its time is over.');
  const found = await explainStored(context.config, key);
  if (isLimited(found.post) && !may(person, 'reviewer'))
    throw new HttpError(403, 'Direct and followers-only posts are shown to reviewers and operators alone.');
  // The card has the texts.
  const sections = explanationText(found, colors, { texts: found.stored === undefined });
  const order = ['The verdict', 'The rules', 'Consent', 'What it cites', 'The reply', 'The post'];
  const sorted = order.flatMap((heading) => sections.filter((one) => one.heading === heading));
  return {
    title: `Post of @${found.post.author.handle}`,
    body: html`<div data-live id="live-explanation">
      ${found.stored !== undefined && (await mentionCard(request, found.stored, { why: false }))}
      ${sorted.map((section) => shown(section, context))}
      <p class="dim">On a terminal: <code>pilcrow explain ${found.post.key}</code></p>
    </div>`,
  };
}

function shown({ heading, lines }: Section, context: Context): Html {
  return html`<section>
    <h2>${heading}</h2>
    ${lines.map((line) => html`<p class="${line.startsWith('  ') ? 'line nested' : 'line'}">${linked(line.trim(), context)}</p>`)}
  </section>`;
}

const urlPattern = /(https?:\/\/[^\s()<>"]+[^\s()<>".,;:!?])/;

/** URLs in the text as links, back-ticks as code. */
function linked(line: string, context: Context): readonly (string | Html | readonly (string | Html)[])[] {
  return line.split(urlPattern).map((part, i) => (i % 2 === 1 ? linkTo(part, part, context) : inCode(part)));
}
