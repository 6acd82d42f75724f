import { plain } from '../../core/storable.ts';
import type { Finding } from './yaml.ts';

/** Each finding as `FILE:LINE:COLUMN: message`, and below it the line with an underline below what it is about. */
export function withExcerpts(file: string, text: string, findings: readonly Finding[]): string[] {
  const lines = text.split('\n');
  return findings.map(({ line, column, message }) => {
    const marked = excerpt(lines, { line, column });
    return `${file}:${line}:${column}: ${plain(message)}${marked === '' ? '' : `\n${marked}`}`;
  });
}

const widest = 110;

/** The line with an underline below what a finding is about; empty where the line is. */
export function excerpt(lines: readonly string[], { line: number, column }: Pick<Finding, 'line' | 'column'>): string {
  const text = plain((lines[number - 1] ?? '').replaceAll('\t', ' ')).trimEnd();
  if (text === '') return '';
  const start = Math.max(0, Math.min(column - 1, text.length) - widest / 2);
  const shown = text.slice(start, start + widest);
  const word = /^(?:"[^"]*"|'[^']*'|[^\s,\]}:]+)/.exec(text.slice(column - 1))?.[0] ?? '';
  const margin = `${String(number).padStart(5)} | `;
  const underline = '^'.repeat(Math.max(1, Math.min(word.length, start + widest - column + 1)));
  return `${margin}${shown}\n${' '.repeat(margin.length - 2)}| ${' '.repeat(Math.max(0, column - 1 - start))}${underline}`;
}
