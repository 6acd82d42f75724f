import type { Digest } from '../model.ts';
import { type Cell, type Section, told } from '../sections.ts';

/** For terminals, repositories and chats: tables of GitHub's Markdown. */
export function markdown(digest: Digest): string {
  const { title, lead, sections, note } = told(digest);
  return `${[`# ${plain(title)}`, ...lead.map(plain), ...sections.map(sectionOf), `*${plain(note)}*`].join('\n\n')}\n`;
}

function sectionOf({ title, head, rows, notes }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `## ${plain(title)}\n`,
    line(head.map(plain)),
    line(head.map(() => '---')),
    ...rows.map((cells) => line(cells.map(linked))),
    ...notes.map((one) => `\n${plain(one)}`),
  ].join('\n');
}

function linked({ text, url }: Cell): string {
  const link = url === undefined || url === null ? undefined : encodeURI(decoded(url)).replaceAll(/[()]/g, '\\$&');
  return link === undefined ? plain(text) : `[${plain(text)}](${link})`;
}

/** So that nothing is encoded twice. */
function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** Words that are words and nothing else: no markup, no HTML, no line of their own. */
function plain(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').replaceAll(/[\\`*_[\]<>|#&~]/g, '\\$&');
}
