import { onLine } from '../../core/text/strangers.ts';
import type { Digest } from '../../core/digest.ts';
import type { Cell, Row, Section } from '../rows.ts';
import { present } from '../sections.ts';

/** GitHub-flavoured Markdown, for terminals, repositories and chats. */
export function markdown(digest: Digest): string {
  const { title, intro, sections, note } = present(digest);
  return `${[`# ${plain(title)}`, ...intro.map(plain), ...sections.map(sectionOf), `*${plain(note)}*`].join('\n\n')}\n`;
}

function sectionOf({ title, head, rows, remarks }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [
    line(head.map(plain)),
    line(head.map(() => '---')),
    ...rows.map(({ cells }) => line(cells.map(linked))),
  ];
  return [
    `## ${plain(title)}\n`,
    ...(head.length === 0 ? rows.map(entryOf) : table),
    ...remarks.map((one) => `\n${plain(one)}`),
  ].join('\n');
}

/** The lines of an entry are on lines of their own by the two spaces at the end of the one before. */
function entryOf({ cells, lines }: Row): string {
  return `- ${[cells.map(linked).join(' '), ...lines.map(plain)].join('  \n  ')}`;
}

function linked({ text, url }: Cell): string {
  const link = url === undefined || url === null ? undefined : encodeURI(decoded(url)).replaceAll(/[()]/g, '\\$&');
  return link === undefined ? plain(text) : `[${plain(text)}](${link})`;
}

/** Prevents double encoding. */
function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** Escapes Markdown and HTML, and joins lines. */
function plain(text: string): string {
  return onLine(text, 2000).replaceAll(/[\\`*_[\]<>|#&~]/g, '\\$&');
}
