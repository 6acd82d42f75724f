import { html } from 'hono/html';
import type { MarkingExplained } from '../../cables/explain/markings.ts';
import { dayInWords, nameOfOrder, type OrderInForce } from '../../cables/explain/authority.ts';
import type { TagExplained, CableExplained } from '../../cables/explain/explain-cable.ts';
import type { Recipient } from '../../cables/parse/header/recipients.ts';
import type { Cable } from '../../core/cable.ts';
import { plain } from '../../core/text/strangers.ts';
import type { Html } from '../page.ts';
import { externalLink } from '../parts.ts';

/** WikiLeaks links this order from every cable. */
const classificationArticle = 'https://en.wikisource.org/wiki/Executive_Order_13526';

/** Explains the abbreviations of the cable. */
export function explained(cable: Cable, found: CableExplained): Html {
  return html`${classification(found)} ${tags(found.tags)} ${message(cable, found)}`;
}

function classification({ classification: its, order, reasons, declassification, markings }: CableExplained): Html {
  const source = order.inForce?.amendmentUrl ?? order.inForce?.url ?? classificationArticle;
  return html`<section aria-labelledby="classification">
    <h2 id="classification">Classification explained</h2>
    <dl>
      ${its !== null && entry(plain(its.written), meaningOf(its))}
      ${markings.map((marking) => entry(`(${plain(marking.written)})`, meaningOf(marking)))}
      ${reasons.map(({ written, words, mismatch }) =>
        entry(`Reason ${plain(written)}`, `${words ?? 'not known'}${mismatch === null ? '' : `, but ${mismatch}`}`),
      )}
      ${entry('Declassified', plain(declassification))} ${order.inForce !== null && orderEntry(order.inForce)}
    </dl>
    ${order.note !== null && html`<p class="dim">${plain(order.note)}.</p>`}
    <p>${externalLink(source, 'The executive order on its classification, at Wikisource')}</p>
  </section>`;
}

function entry(term: string | Html, meaning: string | Html): Html {
  return html`<dt>${term}</dt>
    <dd>${meaning}</dd>`;
}

function meaningOf({ words, level, misprint }: MarkingExplained): string {
  return plain(
    [words, ...(level?.meaning ? [level.meaning] : []), ...(misprint === null ? [] : [misprint])].join('; '),
  );
}

function orderEntry(order: OrderInForce): Html {
  const since = order.amendedSince ?? order.since;
  return entry('In force then', `${nameOfOrder(order)}, since ${dayInWords(since)}`);
}

function tags(all: readonly TagExplained[]): Html {
  if (all.length === 0) return html``;
  return html`<section aria-labelledby="tags">
    <h2 id="tags">TAGS</h2>
    <dl>
      ${all.map(({ tag, kind, meaning, group }) =>
        entry(
          html`<a href="/cables?tag=${encodeURIComponent(tag)}">${plain(tag)}</a>`,
          plain(`${meaning ?? 'not known'} (${group === null ? kind : `${kind}, ${group}`})`),
        ),
      )}
    </dl>
  </section>`;
}

/** The message header, and its fields explained. */
function message(
  { header, precedence, eo, decl }: Cable,
  { sent, precedence: urgency, recipients }: CableExplained,
): Html {
  if (header.trim() === '' && sent === null) return html``;
  return html`<section aria-labelledby="message">
    <h2 id="message">Message</h2>
    <dl>
      ${sent !== null && entry('Sent', sent)}
      ${precedence !== null && entry(`Precedence ${plain(precedence)}`, urgency ?? 'not known')}
      ${recipients.to.length > 0 && entry('To', names(recipients.to))}
      ${recipients.info.length > 0 && entry('Info', names(recipients.info))}
      ${eo !== null && entry('Order as printed', plain(`E.O. ${eo}${decl === null ? '' : `, DECL: ${decl}`}`))}
    </dl>
    ${
      header.trim() !== '' &&
      html`<details>
        <summary>Raw header</summary>
        <pre tabindex="0">${plain(header)}</pre>
      </details>`
    }
  </section>`;
}

function names(recipients: readonly Recipient[]): string {
  return plain(recipients.map(({ name }) => name).join(', '));
}
