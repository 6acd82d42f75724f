import { html } from 'hono/html';
import { explainMarking } from '../../cables/explain/markings.ts';
import { ownAnchor } from '../../cables/links/cable-links.ts';
import type { Cable, Paragraph } from '../../core/cable.ts';
import { plain } from '../../core/storable.ts';
import type { Html } from '../page.ts';

/** The numbered paragraphs, each with its permalink; `mentions`: how often each is cited. The id stands on the paragraph alone. */
export function paragraphs({ paragraphs: all }: Cable, mentions: ReadonlyMap<number, number>): Html {
  // Of a number that is printed twice the first stands for all, as links have it.
  const first = new Map(all.toReversed().map((each) => [each.number, each]));
  return html`<section class="text" aria-label="Text">
    ${all.map((each) => paragraph(each, first.get(each.number) === each, mentions.get(each.number) ?? 0))}
  </section>`;
}

function paragraph({ number, marking, text }: Paragraph, isFirst: boolean, mentions: number): Html {
  const anchor = ownAnchor(number);
  return html`<div class="para" ${isFirst && html`id="${anchor}"`}>
    <div class="margin">
      <a class="permalink" href="#${anchor}" title="Link to paragraph ${number}"
        ><span aria-hidden="true">¶</span><span class="hidden">Link to paragraph </span>${number}</a
      >
      ${mentions > 0 && html`<a class="cited" href="#mentions-${number}">${cited(mentions)}</a>`}
    </div>
    <p>${marking !== null && portion(marking)} ${lines(plain(text))}</p>
  </div>`;
}

function cited(mentions: number): string {
  return mentions === 1 ? 'cited once' : `cited ${mentions}×`;
}

/** A portion marking, spelt out for those who point at it and those who listen. */
function portion(marking: string): Html {
  return html`<abbr class="portion" title="${explainMarking(marking).words}">(${plain(marking)})</abbr>`;
}

/** Breaks are where the cable has them. */
export function lines(text: string): Html {
  return html`${text.split('\n').map((line, at) => (at === 0 ? line : html`<br />${line}`))}`;
}
