import { charts } from '../charts.ts';
import type { Digest } from '../model.ts';
import { mailHtml } from '../render/html.ts';
import { text } from '../render/text.ts';
import { told } from '../sections.ts';

/** An issue as channels take it: words for people, a page for mail programs, data for programs. */
export async function messageOf(digest: Digest, id: string) {
  const drawn = await charts(digest);
  const name = (chart: { readonly id: string }) => `${chart.id}-${id}@pilcrow`;
  return {
    id,
    subject: told(digest).title,
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
