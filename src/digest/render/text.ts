import type { Digest } from '../model.ts';
import { type Section, told } from '../sections.ts';

/** Plain text, for mails and files: lines instead of tables. */
export function text(digest: Digest): string {
  const { title, lead, sections, note } = told(digest);
  const heading = `${line(title)}\n${'='.repeat(Math.min(72, line(title).length))}`;
  return `${[heading, lead.map(line).join('\n'), ...sections.map(sectionOf), line(note)].join('\n\n')}\n`;
}

function sectionOf({ title, head, rows, notes }: Section): string {
  const lines = rows.map((cells) => {
    const [first, ...others] = cells;
    const said = others.flatMap(({ text: value }, at) =>
      value === '' ? [] : [`${line(head[at + 1] ?? '')}: ${line(value)}`],
    );
    const link = first?.url === undefined || first.url === null ? [] : [`  ${first.url}`];
    return [`- ${line(first?.text ?? '')}${said.length === 0 ? '' : ` | ${said.join(' | ')}`}`, ...link].join('\n');
  });
  return [line(title), '-'.repeat(line(title).length), ...lines, ...notes.map(line)].join('\n');
}

/** On one line, without what moves a cursor. */
function line(value: string): string {
  return value.replaceAll(/[\s\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, ' ').trim();
}
