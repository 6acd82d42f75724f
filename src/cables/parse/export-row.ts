/**
 * A few pages (07BERN881) carry a raw row of the viewer's export in a `<pre>`: date, ID, origin, classification, references and header
 * (then perhaps the body), tabs between them, a backslash before each line break.
 */
export function exportRow(pre: string): { header: string; body: string | undefined } | undefined {
  const start = pre.slice(0, 2000);
  const cells = start.split('\t', 6);
  if (cells.length < 6 || !/^\s*\d\d[A-Z]/.test(cells[1] ?? '')) return undefined;
  const headerAt = cells.slice(0, 5).reduce((length, cell) => length + cell.length + 1, 0);
  const rest = pre.slice(headerAt).replaceAll('\\&#x000A;', '&#x000A;').replaceAll('\\\n', '\n');
  const tab = rest.indexOf('\t');
  const header = (tab === -1 ? rest : rest.slice(0, tab)).replaceAll('&#x000A;', '\n');
  return { header, body: tab === -1 ? undefined : rest.slice(tab + 1) };
}
