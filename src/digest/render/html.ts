import { type Chart, charts, escaped } from '../charts.ts';
import type { Digest } from '../../core/digest.ts';
import { type Cell, type Section, present } from '../sections.ts';

/** A page of its own, with its charts as inline SVG. */
export function html(digest: Digest): string {
  return page(digest, charts(digest), ({ svg }) => svg);
}

/** The body of the page without charts, for feed entries. */
export function htmlBody(digest: Digest): string {
  return bodyOf(digest, [], () => '');
}

/** The page for an e-mail, with its charts as attachments: `cid` gives the content ID of each. */
export function mailHtml(digest: Digest, drawn: readonly Chart[], cid: (chart: Chart) => string): string {
  const image = (chart: Chart) =>
    `<img src="cid:${escaped(cid(chart))}" alt="${escaped(chart.alternative)}" width="640" style="max-width:100%;height:auto">`;
  return page(digest, drawn, image);
}

const body =
  'margin:0 auto;padding:16px;max-width:760px;font:16px/1.5 system-ui,-apple-system,Segoe UI,sans-serif;background:#fff;color:#1c1c22';
const cell = 'padding:4px 12px 4px 0;text-align:left;vertical-align:top;border-bottom:1px solid #8884';

/** Dark mode; mail programs may drop it. */
const dark =
  '@media (prefers-color-scheme:dark){body{background:#16161a!important;color:#e6e6ea!important}a{color:#8ab4f8!important}}';

type Picture = (chart: Chart) => string;

function page(digest: Digest, drawn: readonly Chart[], picture: Picture): string {
  const { title, language } = present(digest);
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${dark}</style>
</head>
<body style="${body}">
${bodyOf(digest, drawn, picture)}
</body>
</html>
`;
}

function bodyOf(digest: Digest, drawn: readonly Chart[], picture: Picture): string {
  const { title, intro, sections, note } = present(digest);
  const parts = sections.map((section) => {
    const chart = drawn.find(({ id }) => id === section.id);
    return sectionOf(section, chart === undefined ? '' : `<div>${picture(chart)}</div>\n`);
  });
  return `<h1 style="font-size:24px;line-height:1.25">${escaped(title)}</h1>
${intro.map((one) => `<p>${escaped(one)}</p>`).join('\n')}
${parts.join('\n')}
<p><small>${escaped(note)}</small></p>`;
}

function sectionOf({ title, head, rows, remarks }: Section, picture: string): string {
  const row = (cells: readonly Cell[]) =>
    `<tr>${cells.map((one) => `<td style="${cell}">${linked(one)}</td>`).join('')}</tr>`;
  return `<h2 style="font-size:19px">${escaped(title)}</h2>
${picture}<div style="overflow-x:auto">
<table style="border-collapse:collapse;font-size:15px">
<thead><tr>${head.map((one) => `<th scope="col" style="${cell}">${escaped(one)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map(row).join('\n')}
</tbody>
</table>
</div>${remarks.map((one) => `\n<p>${escaped(one)}</p>`).join('')}`;
}

/** Only http and https URLs become links, although all of them are the bot's own. */
function linked({ text, url }: Cell): string {
  const isLink = typeof url === 'string' && /^https?:\/\//.test(url);
  return isLink ? `<a href="${escaped(url)}">${escaped(text)}</a>` : escaped(text);
}
