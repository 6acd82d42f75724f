/** Errors: `find` is not in the code exactly once. What its holes stand for goes into those of the same names in `replace`. */
export function replaceOnce(code: string, find: string, replace: string): string {
  const [match, another] = code.matchAll(patternOf(find));
  if (match === undefined) throw new Error(`not found: ${find}`);
  if (another !== undefined) throw new Error(`found more than once: ${find}`);
  const made = replace.trim().replaceAll(hole, (text, name: string) => match.groups?.[name] ?? text);
  return code.slice(0, match.index) + made + code.slice(match.index + match[0].length);
}

const hole = /\$(?:\$\$)?([a-z]\w*)/gi;
/** White space before a word; a hole; a word; any other character. */
const token = /(?<=\w)(\s+)(?=[\w$])|\$(?:\$\$)?([a-z]\w*)|(\w+)|\S/gi;

/**
 * A piece of code with holes, found in whatever way it is laid out: white space, comments and trailing commas do not count. `$name` stands
 * for a word, the same one wherever the name comes again; `$$$name` for any text up to an empty line at most.
 */
function patternOf(find: string): RegExp {
  const named = new Set<string>();
  const source = [...find.trim().matchAll(token)].map(([text, space, name, word], i) => {
    if (space !== undefined) return '\\s+';
    const before = i === 0 ? '' : /^[)\]}]/.test(text) ? `,?${layout}` : layout;
    if (name === undefined) return before + (word === undefined ? RegExp.escape(text) : `\\b${RegExp.escape(word)}\\b`);
    const again = named.has(name);
    named.add(name);
    const any = text.startsWith('$$$') ? anyText : '\\b\\w+\\b';
    return before + (again ? `\\k<${name}>` : `(?<${name}>${any})`);
  });
  return new RegExp(source.join(''), 'g');
}

const layout = String.raw`(?:\s|//.*\n)*`;
const anyText = String.raw`(?:(?!\n\s*\n)[^])*?`;
