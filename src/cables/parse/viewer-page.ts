import type { CableCopy, Cut } from './raw-cable.ts';

/**
 * A page of the old viewer (`wikileaks.org/cable/2007/08/07ASTANA2244.html`), of every release: a table of four or five columns, then
 * header and body in two `<pre>` blocks, or the body alone in one. The blocks are raw text, so they are cut at the viewer's own markers:
 * an HTML parser would lose `<john@x>` and decode text that only looks like an entity.
 */
export function viewerPage(html: string): Cut | undefined {
  const mark = ["<table class='cable'>", '<table class="cable">'].find((each) => html.includes(each));
  if (mark === undefined) return undefined;
  const copies: CableCopy[] = [];
  const rejects: { reason: string }[] = [];
  // From one cable's table to the next, so that no search for a marker passes into other cables.
  const pages = html.split(mark);
  for (const [index, page] of pages.slice(1).entries()) {
    const copy = copyOf(pages[index]?.slice(-maxIntroductionLength) ?? '', page);
    if (typeof copy === 'string') rejects.push({ reason: copy });
    else copies.push(copy);
  }
  return { copies, rejects };
}

function copyOf(introduction: string, page: string): CableCopy | string {
  const tableEnd = page.indexOf('</table>');
  if (tableEnd === -1) return 'viewer page: its table does not end';
  const cells = cellsOf(page.slice(0, tableEnd));
  const first = preAt(page, tableEnd);
  if (first === undefined) return `viewer page of ${cells.writtenId?.slice(0, 60) ?? 'no ID'}: no message text`;
  const second = preAt(page, first.end);
  const message = messageOf(first.text, second?.text);
  return {
    ...cells,
    title: titleOf(introduction),
    header: message.header.replaceAll(lineBreak, '\n'),
    body: bodyLines(message.body),
    cutShort: !(second ?? first).closed,
  };
}

/** Header and body from the two blocks; a single block is the body. A raw export row in either has its own header. */
function messageOf(first: string, second: string | undefined): { header: string; body: string } {
  const row = exportRow(first);
  if (row !== undefined) return { header: row.header, body: row.body ?? second ?? row.header };
  if (second === undefined) return { header: '', body: first };
  const below = exportRow(second);
  return { header: first, body: below === undefined ? second : (below.body ?? below.header) };
}

const lineBreak = '&#x000A;';
/** The page's help, 2,100 characters, is between title and table. */
const maxIntroductionLength = 10_000;
const titleStart = '<h3>Viewing cable ';

/** `<h3>Viewing cable 07EXAMPLE12, FIRST LINE OF SUBJECT</h3>` */
function titleOf(introduction: string): string | null {
  const start = introduction.lastIndexOf(titleStart);
  if (start === -1) return null;
  const end = introduction.indexOf('</h3>', start);
  const heading = introduction.slice(start + titleStart.length, end === -1 ? undefined : end);
  const comma = heading.indexOf(', ');
  return comma === -1 ? null : heading.slice(comma + 2).trim() || null;
}

/** The release of 2010-11-28 has no column `Released`; the row `Appears in these articles:` follows the cells. */
function cellsOf(table: string): Pick<CableCopy, 'writtenId' | 'created' | 'released' | 'classification' | 'origin'> {
  const cells: (string | null)[] = [];
  for (let at = table.indexOf('<td'); at !== -1 && cells.length < 5;) {
    const end = table.indexOf('</td>', at);
    if (end === -1 || table.startsWith('<td colspan', at)) break;
    cells.push(cellText(table.slice(at, end)) || null);
    at = table.indexOf('<td', end);
  }
  if (cells.length === 4) cells.splice(2, 0, null);
  const [writtenId = null, created = null, released = null, classification = null, origin = null] = cells;
  return { writtenId, created, released, classification, origin };
}

/** The classification link's `title` attribute is off by one: only the text counts. */
function cellText(cell: string): string {
  return cell.replaceAll(/<[^>]*(?:>|$)/g, '').trim();
}

function preAt(page: string, from: number): { text: string; end: number; closed: boolean } | undefined {
  const start = page.indexOf('<pre>', from);
  if (start === -1) return undefined;
  const close = page.indexOf('</pre>', start);
  const end = close === -1 ? page.length : close;
  return { text: page.slice(start + 5, end), end, closed: close !== -1 };
}

/**
 * The lines of a `<pre>` block without the viewer's markup. Bodies of pages with an export row keep its backslash before each line break.
 */
export function bodyLines(pre: string): string[] {
  const text = pre.replaceAll(linkPattern, (_link, label: string) => (label === '¶' ? '' : label));
  return text.split(/\\?(?:&#x000A;|\n)/);
}

/**
 * The viewer's links in a text, not longer than any of them: paragraph signs `<a id='par3' href='#par3'>¶</a>`, and
 * `<a href='/tag/PREL_0.html'>PREL</a>`, of which the text stays.
 */
const linkPattern = /<a (?:id=['"]par|href=['"]\/tag\/)(?:(?!<\/a>)[^>]){0,290}>([^]{0,290}?)<\/a>/g;

/**
 * A few pages (07BERN881) carry a raw row of the viewer's export in a `<pre>`: date, ID, origin, classification, references and header
 * (then perhaps the body), tabs between them, a backslash before each line break.
 */
function exportRow(pre: string): { header: string; body: string | undefined } | undefined {
  const cells = pre.slice(0, maxStartLength).split('\t', cellsBeforeHeader + 1);
  if (cells.length <= cellsBeforeHeader || !/^\s*\d\d[A-Z]/.test(cells[1] ?? '')) return undefined;
  const headerAt = cells.slice(0, cellsBeforeHeader).join('\t').length + 1;
  const tab = pre.indexOf('\t', headerAt);
  return {
    header: pre.slice(headerAt, tab === -1 ? undefined : tab).replaceAll(/\\(?=\n|&#x000A;)/g, ''),
    body: tab === -1 ? undefined : pre.slice(tab + 1),
  };
}

/** Date, ID, origin, classification, references. */
const cellsBeforeHeader = 5;
const maxStartLength = 2000;
