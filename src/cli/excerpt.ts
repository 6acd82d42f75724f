import type { Finding } from '../config/yaml.ts';
import { plain } from './output.ts';

/** Each finding as `FILE:LINE:COLUMN: message`, and below it the line with a mark under what it is about. */
export function withExcerpts(file: string, text: string, findings: readonly Finding[]): string[] {
  const lines = text.split('\n');
  return findings.map(({ line, column, message }) => {
    return `${file}:${line}:${column}: ${plain(message)}${excerpt(lines[line - 1] ?? '', line, column)}`;
  });
}

const widest = 110;

/** The line with a mark under what it is about. */
function excerpt(line: string, number: number, column: number): string {
  const text = plain(line.replaceAll('\t', ' ')).trimEnd();
  if (text === '') return '';
  const start = Math.max(0, Math.min(column - 1, text.length) - widest / 2);
  const shown = text.slice(start, start + widest);
  const word = /^(?:"[^"]*"|'[^']*'|[^\s,\]}:]+)/.exec(text.slice(column - 1))?.[0] ?? '';
  const margin = `${String(number).padStart(5)} | `;
  const mark = '^'.repeat(Math.max(1, Math.min(word.length, start + widest - column + 1)));
  return `\n${margin}${shown}\n${' '.repeat(margin.length - 2)}| ${' '.repeat(Math.max(0, column - 1 - start))}${mark}`;
}
