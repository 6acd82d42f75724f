/** Lines of at most `width` characters, broken at blanks; those after the first stand `indent` characters in. Breaks of the text are kept. */
export function wrap(text: string, width: number, indent = 0): string[] {
  return text
    .split('\n')
    .flatMap((line, at) => wrapLine(at === 0 ? line : `${' '.repeat(indent)}${line}`, width, indent));
}

function wrapLine(line: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let rest = line.trimEnd();
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    // What has no blank, such as a URL, stays whole.
    const end = rest.slice(0, blank).trim() === '' ? rest.indexOf(' ', width) : blank;
    if (end === -1) break;
    lines.push(rest.slice(0, end));
    rest = `${' '.repeat(indent)}${rest.slice(end + 1).trimStart()}`;
  }
  return [...lines, rest];
}
