import type { CableCopy, Cut } from './raw-cable.ts';

/**
 * A page of the old viewer (`wikileaks.org/cable/2007/08/07ASTANA2244.html`), of every release: a table of four or five columns, then
 * header and body in two `<pre>` blocks, or the body alone in one. The blocks are raw text, so they are cut at the viewer's own markers:
 * an HTML parser would lose `<john@x>` and decode text that only looks like an entity.
 */
export function viewerPage(html: string): Cut | undefined {
  let table = html.search(/<table class=['"]cable['"]>/);
  if (table === -1) return undefined;
  const mark = html.slice(table, html.indexOf('>', table) + 1);
  const copies: CableCopy[] = [];
  const rejects: { reason: string }[] = [];
  let from = 0;
  while (table !== -1) {
    const next = html.indexOf(mark, table + mark.length);
    const introduction = html.slice(Math.max(from, table - maxIntroductionLength), table);
    const copy = copyOf(introduction, html.slice(table, next === -1 ? undefined : next));
    if (typeof copy === 'string') rejects.push({ reason: copy });
    else copies.push(copy);
    from = table;
    table = next;
  }
  return { copies, rejects };
}

/** `page` reaches from one cable's table to the next, so that no search for a marker passes into other cables. */
function copyOf(introduction: string, page: string): CableCopy | string {
  const tableEnd = page.indexOf('</table>');
  if (tableEnd === -1) return 'viewer page: its table does not end';
  const cells = cellsOf(page.slice(0, tableEnd));
  const first = preAt(page, tableEnd);
  if (first === undefined) return `viewer page of ${shown(cells.id)}: no message text`;
  const second = preAt(page, first.end);
  const message = messageOf(first.text, second?.text);
  return {
    writtenId: cells.id,
    title: titleOf(introduction),
    created: cells.created,
    released: cells.released,
    classification: cells.classification,
    origin: cells.origin,
    header: message.header.replaceAll(lineBreak, '\n'),
    body: bodyLines(message.body),
    page: 'viewer',
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

interface Cells {
  readonly id: string | null;
  readonly created: string | null;
  readonly released: string | null;
  readonly classification: string | null;
  readonly origin: string | null;
}

/** The release of 2010-11-28 has no column `Released`; the row `Appears in these articles:` follows the cells. */
function cellsOf(table: string): Cells {
  const cells: string[] = [];
  for (let at = table.indexOf('<td'); at !== -1 && cells.length < 5;) {
    const end = table.indexOf('</td>', at);
    if (end === -1 || table.startsWith('<td colspan', at)) break;
    cells.push(cellText(table.slice(at, end)));
    at = table.indexOf('<td', end);
  }
  if (cells.length === 4) cells.splice(2, 0, '');
  const [id, created, released, classification, origin] = cells.map((cell) => cell || null);
  return {
    id: id ?? null,
    created: created ?? null,
    released: released ?? null,
    classification: classification ?? null,
    origin: origin ?? null,
  };
}

/** The classification link's `title` attribute is off by one: only the text counts. */
function cellText(cell: string): string {
  let text = '';
  for (let open = cell.indexOf('<'); open !== -1;) {
    const close = cell.indexOf('>', open);
    if (close === -1) break;
    open = cell.indexOf('<', close);
    text += cell.slice(close + 1, open === -1 ? undefined : open);
  }
  return text.trim();
}

interface Pre {
  readonly text: string;
  readonly end: number;
  readonly closed: boolean;
}

function preAt(page: string, from: number): Pre | undefined {
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
  let text = withoutLinks(pre);
  // The viewer wrote each line break as a reference and escaped nothing; a browser that saves a page does it the other way round.
  if (text.includes('\n') && text.includes('&amp;') && !/&(?!amp;|lt;|gt;|nbsp;|quot;)/.test(text))
    text = unescaped(text);
  if (text.includes('\n')) text = text.replaceAll('\n', lineBreak);
  if (text.includes('\\')) text = text.replaceAll(`\\${lineBreak}`, lineBreak);
  return text.split(lineBreak);
}

function unescaped(text: string): string {
  const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', nbsp: ' ', quot: '"' };
  return text.replaceAll(/&(amp|lt|gt|nbsp|quot);/g, (_, name: string) => characters[name] ?? '');
}

/** Longer than any link of the viewer; bounds the search for its end. */
const maxLinkLength = 300;

/** Removes the paragraph signs `<a id='par3' href='#par3'>¶</a>` and keeps the text of `<a href='/tag/PREL_0.html'>PREL</a>`. */
function withoutLinks(pre: string): string {
  let text = '';
  let remaining = 0;
  for (let at = pre.indexOf('<a '); at !== -1; at = pre.indexOf('<a ', at + 3)) {
    const link = pre.slice(at, at + maxLinkLength);
    const open = link.indexOf('>');
    const close = link.indexOf('</a>');
    if (open === -1 || close < open || !isViewerLink(link, open)) continue;
    const label = link.slice(open + 1, close);
    text += pre.slice(remaining, at) + (label === '¶' ? '' : label);
    remaining = at + close + '</a>'.length;
  }
  return text === '' && remaining === 0 ? pre : text + pre.slice(remaining);
}

/** Nearly every link is as the viewer writes it; the copies of pages write them in any form. */
function isViewerLink(link: string, end: number): boolean {
  return (
    link.startsWith("id='par", 3) || link.startsWith("href='/tag/", 3) || viewerLinkPattern.test(link.slice(0, end))
  );
}

/** A paragraph sign, or a tag's page, wherever the copy has it: `/tag/`, `../../../tag/`, `https://wikileaks.org/tag/`. */
const viewerLinkPattern = /^<a\s(?:[^>]*\s)?(?:id=["']?par|href=["']?(?:[^"'\s>]*\/)?tag\/)/i;

function shown(id: string | null): string {
  return id === null ? 'no ID' : id.slice(0, 60);
}

/**
 * A few pages (07BERN881) carry a raw row of the viewer's export in a `<pre>`: date, ID, origin, classification, references and header
 * (then perhaps the body), tabs between them, a backslash before each line break.
 */
function exportRow(pre: string): { header: string; body: string | undefined } | undefined {
  const cells = pre.slice(0, maxStartLength).split('\t', cellsBeforeHeader + 1);
  if (cells.length <= cellsBeforeHeader || !/^\s*\d\d[A-Z]/.test(cells[1] ?? '')) return undefined;
  const headerAt = cells.slice(0, cellsBeforeHeader).reduce((length, cell) => length + cell.length + 1, 0);
  const tab = pre.indexOf('\t', headerAt);
  return {
    header: pre.slice(headerAt, tab === -1 ? undefined : tab).replaceAll(/\\(?=\n|&#x000A;)/g, ''),
    body: tab === -1 ? undefined : pre.slice(tab + 1),
  };
}

/** Date, ID, origin, classification, references. */
const cellsBeforeHeader = 5;
const maxStartLength = 2000;
