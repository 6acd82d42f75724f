import { html } from 'hono/html';
import type { CableContext, ReferenceLinked } from '../../cables/citations/citation-context.ts';
import type { CableBrief } from '../../cables/corpus/corpus.ts';
import { linksTo, ownPath } from '../../cables/links/cable-links.ts';
import type { Cable } from '../../core/cable.ts';
import type { Link } from '../../core/citation.ts';
import { plain } from '../../core/text/strangers.ts';
import type { Context, Html } from '../page.ts';
import { externalLink } from '../parts.ts';

/** The cables that this one references, that cite it, and that its station sent just before and after it. */
export function around({ references, citedBy, before, after }: CableContext): Html {
  return html`${referenceList(references)} ${briefs('Cited by', 'cited-by', citedBy)}
  ${briefs('Previous cables from the same station', 'before', before)}
  ${briefs('Next cables from the same station', 'after', after)}`;
}

function referenceList(references: readonly ReferenceLinked[]): Html {
  if (references.length === 0) return html``;
  return html`<section aria-labelledby="references">
    <h2 id="references">References</h2>
    <ol class="references">
      ${references.map((each) => html`<li>${reference(each)}</li>`)}
    </ol>
    ${references.some(isUnverified) && html`<p class="dim">Unverified: no catalogue here lists these cables.</p>`}
  </section>`;
}

function isUnverified({ id, status }: ReferenceLinked): boolean {
  return id !== null && status === 'unverified';
}

function reference(each: ReferenceLinked): Html {
  const { id, letter, asWritten, status, cable, why } = each;
  const name = html`<span class="letter">${letter ?? '–'}</span>`;
  if (id === null || status === 'unknown-cable')
    return html`${name} ${plain(asWritten)} <small>${why ?? 'unknown cable'}</small>`;
  return html`${name} <a href="${ownPath(id)}">${id}</a> ${cable?.subject && html`<span>${plain(cable.subject)}</span>`}
    ${isUnverified(each) && html`<small>unverified</small>`}`;
}

function briefs(title: string, name: string, all: readonly CableBrief[]): Html {
  if (all.length === 0) return html``;
  return html`<section aria-labelledby="${name}">
    <h2 id="${name}">${title}</h2>
    ${briefList(all.slice(0, maxBriefs))}
    ${all.length > maxBriefs && html`<p class="dim">And ${all.length - maxBriefs} more.</p>`}
  </section>`;
}

/** Keeps the page of a much-cited cable small. */
const maxBriefs = 100;

/** A list of cables with date, classification and subject. */
export function briefList(all: readonly CableBrief[]): Html {
  return html`<ul class="cables">
    ${all.map(
      ({ referenceId, subject, created, classification }) =>
        html`<li>
          <a class="id" href="${ownPath(referenceId)}">${referenceId}</a>
          ${created !== null && html`<small class="date">${created.slice(0, 10)}</small>`}
          ${classification !== null && html`<small class="classification">${plain(classification)}</small>`}
          ${subject !== null && html`<span class="subject">${plain(subject)}</span>`}
        </li>`,
    )}
  </ul>`;
}

const sites = {
  viewer: 'WikiLeaks, the old viewer',
  plusd: 'WikiLeaks, PlusD',
  cablegatesearch: 'cablegatesearch',
  cabledrum: 'cabledrum',
};

/** Links to the cable on other sites, and which of the old viewer's paragraph links are exact. */
export function elsewhere(cable: Cable, body: string | undefined, { cables: { catalogue }, config }: Context): Html {
  const linked = { id: cable.referenceId, cable, body, catalogue, unverified: false };
  const { fragments } = config.links;
  const numbers = cable.paragraphs.map(({ number }) => number);
  const whole = linksTo(linked, [null], { targets: ['viewer', 'plusd', 'cablegatesearch', 'cabledrum'] });
  return html`<section aria-labelledby="elsewhere">
    <h2 id="elsewhere">Elsewhere</h2>
    ${siteList(whole)} ${viewerParagraphs(linksTo(linked, numbers, { targets: ['viewer'], fragments }))}
  </section>`;
}

/** `common`: a remark that the page makes of all of them. */
export function siteList(links: readonly Link[], common?: string): Html {
  return html`<ul class="sites">
    ${links.map(({ target, url, why }) => {
      const remarks = why?.split('; ').filter((remark) => remark !== common) ?? [];
      return html`<li>
        ${externalLink(url, target === 'own' ? url : sites[target])}
        ${remarks.length > 0 && html`<small>${remarks.join('; ')}</small>`}
      </li>`;
    })}
  </ul>`;
}

function viewerParagraphs(links: readonly Link[]): Html {
  if (links.length === 0) return html``;
  const exact = links.filter((link) => link.exact);
  const others = links.filter((link) => !link.exact);
  return html`<details>
    <summary>Paragraphs in the old viewer: ${exact.length} of ${links.length} links are exact</summary>
    <p class="numbers">
      ${exact.map(({ url, paragraph }) => html`<a href="${url}" rel="noopener nofollow noreferrer">¶${paragraph}</a> `)}
    </p>
    <ul>
      ${others.map(({ paragraph, why, near }) => html`<li>¶${paragraph}: ${why}${near !== null && `; the nearest true anchor is #${near}`}</li>`)}
    </ul>
  </details>`;
}
