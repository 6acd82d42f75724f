import { chartOf, escaped } from '../charts.ts';
import { palette } from '../../core/text/palette.ts';
import type { Digest } from '../../core/digest.ts';
import { type Cell, partsOf, type Row, type Section } from '../rows.ts';
import { present } from '../sections.ts';

/** A page of its own, with its chart as inline SVG. */
export function html(digest: Digest): string {
  return page(digest, chartOf(digest));
}

/** The body of the page, for feed entries: bars are table cells, because readers drop SVG. */
export function htmlBody(digest: Digest): string {
  return bodyOf(digest, undefined);
}

/** The page for an e-mail: bars are table cells, because mail programs drop SVG and hide images. */
export function mailHtml(digest: Digest): string {
  return page(digest, undefined);
}

const { light, dark, serif, sans } = palette;
const body = `margin:0 auto;padding:16px;max-width:720px;font:16px/1.6 ${sans};background:${light.paper};color:${light.ink};overflow-wrap:anywhere`;
const cell = 'padding:6px 12px 6px 0;text-align:left;vertical-align:top;border-bottom:1px solid #8884';
/** Columns are as wide as the words of their headings. */
const heading = `${cell};overflow-wrap:normal`;

/** What inline styles cannot say; mail programs may drop it. */
const style = `a{color:${light.accent}}.chart{display:block;max-width:100%;height:auto;color:${light.soft}}.chart .bar{fill:${light.accent}}
@media (prefers-color-scheme:dark){body{background:${dark.paper}!important;color:${dark.ink}!important}a{color:${dark.accent}}.chart{color:${dark.soft}}.chart .bar{fill:${dark.accent}}.bar{background:${dark.accent}!important}}`;

function page(digest: Digest, chart: string | undefined): string {
  const { title, language } = present(digest);
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body style="${body}">
<main>
${bodyOf(digest, chart)}
</main>
</body>
</html>
`;
}

/** `chart`: stands for the table of its numbers. */
function bodyOf(digest: Digest, chart: string | undefined): string {
  const { title, intro, sections, note } = present(digest);
  return `<h1 style="font:600 26px/1.25 ${serif}">${escaped(title)}</h1>
${intro.map((one) => `<p>${escaped(one)}</p>`).join('\n')}
${sections.map((section) => sectionOf(section, section.id === 'hours' || section.id === 'days' ? chart : undefined)).join('\n')}
<p><small>${escaped(note)}</small></p>`;
}

function sectionOf(section: Section, chart: string | undefined): string {
  const { title, head, remarks } = section;
  return `<h2 style="font:600 20px/1.25 ${serif};margin:28px 0 8px">${escaped(title)}</h2>
${chart ?? (head.length === 0 ? listOf(section) : tableOf(section))}${remarks.map((one) => `\n<p>${escaped(one)}</p>`).join('')}`;
}

function listOf({ rows }: Section): string {
  const entry = ({ cells, lines, share }: Row) =>
    `<li style="margin:0 0 16px">${cells.map(linked).join(' ')}${barOf(share)}${lines.map((line) => `<div>${written(line)}</div>`).join('')}</li>`;
  return `<ul style="list-style:none;margin:0;padding:0">\n${rows.map(entry).join('\n')}\n</ul>`;
}

function tableOf({ head, rows }: Section): string {
  const hasBars = rows.some(({ share }) => share !== undefined);
  const row = ({ cells, share }: Row) =>
    `<tr>${cells.map((one) => `<td style="${cell}">${linked(one)}</td>`).join('')}${hasBars ? `<td style="${cell};width:40%">${barOf(share)}</td>` : ''}</tr>`;
  return `<table style="border-collapse:collapse;width:100%;font-size:15px">
<thead><tr>${head.map((one) => `<th scope="col" style="${heading}">${escaped(one)}</th>`).join('')}${hasBars ? `<td style="${cell}"></td>` : ''}</tr></thead>
<tbody>
${rows.map(row).join('\n')}
</tbody>
</table>`;
}

/** A bar of two table cells, which every mail program shows. The number beside it says the same. */
function barOf(share: number | undefined): string {
  if (share === undefined) return '';
  const percent = Math.max(1, Math.round(share * 100));
  const filled = `<td class="bar" style="width:${percent}%;padding:0;height:8px;line-height:8px;font-size:1px;background:${light.accent}">&nbsp;</td>`;
  const rest = percent === 100 ? '' : '<td style="padding:0"></td>';
  return `<table role="none" style="border-collapse:collapse;width:100%;margin:8px 0"><tbody><tr>${filled}${rest}</tr></tbody></table>`;
}

/** Only http and https URLs become links, although all of them are the bot's own. */
function linked({ text, url }: Cell): string {
  const isLink = typeof url === 'string' && /^https?:\/\//.test(url);
  return isLink ? `<a href="${escaped(url)}">${written(text)}</a>` : written(text);
}

function written(text: string): string {
  const parts = partsOf(text).map(escaped);
  return parts.map((part, at) => (at % 2 === 1 ? `<span style="white-space:nowrap">${part}</span>` : part)).join('');
}
