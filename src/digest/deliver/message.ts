import { charts } from '../charts.ts';
import type { Digest } from '../../core/digest.ts';
import { mailHtml } from '../render/html.ts';
import { text } from '../render/text.ts';
import { present } from '../sections.ts';

/** An edition as a message: plain text, HTML with charts, and the data. */
export function messageOf(digest: Digest, id: string) {
  const drawn = charts(digest);
  const name = (chart: { readonly id: string }) => `${chart.id}-${id}@pilcrow`;
  return {
    id,
    subject: present(digest).title,
    text: text(digest),
    html: mailHtml(digest, drawn, name),
    images: drawn.map((chart) => ({
      cid: name(chart),
      name: `${chart.id}.svg`,
      type: 'image/svg+xml',
      content: chart.svg,
    })),
    data: digest,
  };
}
