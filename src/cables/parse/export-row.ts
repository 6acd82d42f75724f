/**
 * A few pages (07BERN881) carry a raw row of the viewer's export in a `<pre>`: date, ID, origin, classification, references and header
 * (then perhaps the body), tabs between them, a backslash before each line break.
 */
export function exportRow(pre: string): { header: string; body: string | undefined } | undefined {
  const cells = pre.slice(0, LONGEST_START).split('\t', CELLS_BEFORE + 1);
  if (cells.length <= CELLS_BEFORE || !/^\s*\d\d[A-Z]/.test(cells[1] ?? '')) return undefined;
  const headerAt = cells.slice(0, CELLS_BEFORE).reduce((length, cell) => length + cell.length + 1, 0);
  const tab = pre.indexOf('\t', headerAt);
  return {
    header: pre.slice(headerAt, tab === -1 ? undefined : tab).replaceAll(/\\(?=\n|&#x000A;)/g, ''),
    body: tab === -1 ? undefined : pre.slice(tab + 1),
  };
}

/** Date, ID, origin, classification, references. */
const CELLS_BEFORE = 5;
const LONGEST_START = 2000;
