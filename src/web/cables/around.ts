import { html } from 'hono/html';
import type { CableContext, ReferenceLinked } from '../../cables/citations/citation-context.ts';
import type { CableBrief } from '../../cables/corpus/corpus.ts';
import { linksTo, ownPath } from '../../cables/links/cable-links.ts';
import type { Cable } from '../../core/cable.ts';
import type { Link } from '../../core/citation.ts';
import { plain } from '../../core/storable.ts';
import type { Html, Context } from '../page.ts';
import { outward } from '../parts.ts';

/** Cables that this one names, that name it, and that its station sent before and after it. */
export function around({ references, citedBy, before, after }: CableContext): Html {
  return html`${referenceList(references)} ${briefs('Cited by', 'cited-by', citedBy)}
  ${briefs('Before it, from the same station', 'before', before)}
  ${briefs('After it, from the same station', 'after', after)}`;
}

function referenceList(references: readonly ReferenceLinked[]): Html {
  if (references.length === 0) return html``;
  return html`<section aria-labelledby="references">
    <h2 id="references">References</h2>
    <ol class="references">
      ${references.map((each) => html`<li>${reference(each)}</li>`)}
    </ol>
  </section>`;
}

function reference({ id, letter, asWritten, status, cable, why }: ReferenceLinked): Html {
  const name = html`<span class="letter">${letter ?? '–'}</span>`;
  if (id === null || status === 'unknown-cable')
    return html`${name} ${plain(asWritten)} <small>${why ?? 'no such cable is known to be published'}</small>`;
  const unsure = status === 'resolved' ? '' : 'not checked: no list of cables is imported';
  return html`${name} <a href="${ownPath(id)}">${id}</a> ${cable?.subject && html`<span>${plain(cable.subject)}</span>`}
    <small>${unsure}</small>`;
}

function briefs(title: string, name: string, all: readonly CableBrief[]): Html {
  if (all.length === 0) return html``;
  return html`<section aria-labelledby="${name}">
    <h2 id="${name}">${title}</h2>
    ${briefList(all.slice(0, most))} ${all.length > most && html`<p class="dim">And ${all.length - most} more.</p>`}
  </section>`;
}

/** A cable that everybody cites is still a light page. */
const most = 100;

/** Cables in a list. */
export function briefList(all: readonly CableBrief[]): Html {
  return html`<ul class="cables">
    ${all.map(
      ({ referenceId, subject, created, classification }) =>
        html`<li>
          <a href="${ownPath(referenceId)}">${referenceId}</a>
          <small
            >${[created?.slice(0, 10), classification]
              .filter(Boolean)
              .map((each) => plain(each ?? ''))
              .join(' · ')}</small
          >
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

/** The same cable on other sites, and how far their links to its paragraphs can be trusted. */
export function elsewhere(cable: Cable, { cables: { catalogue } }: Context): Html {
  const linked = { id: cable.referenceId, cable, catalogue, unverified: false };
  const numbers = cable.paragraphs.map(({ number }) => number);
  const whole = linksTo(linked, [null], { targets: ['viewer', 'plusd', 'cablegatesearch', 'cabledrum'] });
  return html`<section aria-labelledby="elsewhere">
    <h2 id="elsewhere">Elsewhere</h2>
    ${siteList(whole)} ${viewerParagraphs(linksTo(linked, numbers, { targets: ['viewer'] }))}
  </section>`;
}

export function siteList(links: readonly Link[]): Html {
  return html`<ul class="sites">
    ${links.map(
      ({ target, url, why }) =>
        html`<li>
          ${outward(url, target === 'own' ? url : sites[target])} ${why !== null && html`<small>${why}</small>`}
        </li>`,
    )}
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
