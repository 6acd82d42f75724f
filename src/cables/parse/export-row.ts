/**
 * A few pages (07BERN881) carry a raw row of the viewer's export in a `<pre>`: date, ID, origin, classification, references and header
 * (then perhaps the body), tabs between them, a backslash before each line break.
 */
export function exportRow(pre: string): { header: string; body: string | undefined } | undefined {
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
