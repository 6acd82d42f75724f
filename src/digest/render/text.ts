import type { Digest } from '../../core/digest.ts';
import { onLine } from '../../core/text/strangers.ts';
import type { Section } from '../rows.ts';
import { present } from '../sections.ts';

/** Plain text for e-mail and files, with lines instead of tables. */
export function text(digest: Digest): string {
  const { title, intro, sections, note } = present(digest);
  const heading = `${onLine(title)}\n${'='.repeat(Math.min(72, onLine(title).length))}`;
  return `${[heading, intro.map((one) => onLine(one, 1000)).join('\n'), ...sections.map(sectionOf), onLine(note)].join('\n\n')}\n`;
}

function sectionOf({ title, head, rows, remarks }: Section): string {
  const lines = rows.map(({ cells, lines: below }) => {
    const [first, ...others] = cells;
    const values = others.flatMap(({ text: value }, at) =>
      value === '' ? [] : [`${onLine(head[at + 1] ?? '')}: ${onLine(value)}`],
    );
    const link = first?.url === undefined || first.url === null ? [] : [first.url];
    const entry = `- ${onLine(first?.text ?? '')}${values.length === 0 ? '' : ` | ${values.join(' | ')}`}`;
    return [entry, ...[...link, ...below.map((line) => onLine(line, 1000))].map((line) => `  ${line}`)].join('\n');
  });
  return [onLine(title), '-'.repeat(onLine(title).length), ...lines, ...remarks.map((one) => onLine(one, 1000))].join(
    '\n',
  );
}
