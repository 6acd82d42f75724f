import type { Digest } from '../../core/digest.ts';
import { type Section, present } from '../sections.ts';

/** Plain text for e-mail and files, with lines instead of tables. */
export function text(digest: Digest): string {
  const { title, intro, sections, note } = present(digest);
  const heading = `${line(title)}\n${'='.repeat(Math.min(72, line(title).length))}`;
  return `${[heading, intro.map(line).join('\n'), ...sections.map(sectionOf), line(note)].join('\n\n')}\n`;
}

function sectionOf({ title, head, rows, remarks }: Section): string {
  const lines = rows.map((cells) => {
    const [first, ...others] = cells;
    const values = others.flatMap(({ text: value }, at) =>
      value === '' ? [] : [`${line(head[at + 1] ?? '')}: ${line(value)}`],
    );
    const link = first?.url === undefined || first.url === null ? [] : [`  ${first.url}`];
    return [`- ${line(first?.text ?? '')}${values.length === 0 ? '' : ` | ${values.join(' | ')}`}`, ...link].join('\n');
  });
  return [line(title), '-'.repeat(line(title).length), ...lines, ...remarks.map(line)].join('\n');
}

/** On one line, without control characters. */
function line(value: string): string {
  return value.replaceAll(/[\s\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, ' ').trim();
}
