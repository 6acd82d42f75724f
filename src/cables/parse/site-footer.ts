/**
 * The lines without those that a newspaper's printer left at the end of a page's message: `Track impresión: name @ date. Este documento
 * es propiedad de ...` and a document number.
 */
export function withoutSiteFooter(lines: readonly string[]): readonly string[] {
  for (let line = Math.max(0, lines.length - maxLines); line < lines.length; line += 1) {
    if ((lines[line] ?? '').startsWith('Track impresi')) return lines.slice(0, line);
  }
  return lines;
}

const maxLines = 5;
