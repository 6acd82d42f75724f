import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../core/digest.ts';
import { mailHtml } from './render/html.ts';
import { type DigestFormat, formats } from './render/index.ts';
import { text } from './render/text.ts';
import { present } from './sections.ts';

/** An edition as a message: plain text, HTML without pictures, and the data. */
export function messageOf(digest: Digest, id: string) {
  return { id, subject: present(digest).title, text: text(digest), html: mailHtml(digest), data: digest };
}

/** The length limit of a platform; `TextLimits` of src/platforms has this shape. */
interface Limits {
  readonly maxLength: number;
  length(text: string): number;
}

const maxCables = 5;

/** An edition as a post that addresses nobody, with as many cables as fit. Undefined: not even the numbers fit. */
export function postOf(digest: Digest, link: string | undefined, limits: Limits): string | undefined {
  const { title, intro } = present(digest);
  const first = `${title}: ${intro[0]}`;
  const lines = digest.cables.slice(0, maxCables).map(({ referenceId, references }) => `${referenceId}: ${references}`);
  const end = link === undefined ? [] : [`${link.replace(/\/$/, '')}/${digest.date}`];
  for (let shown = lines.length; shown >= 0; shown -= 1) {
    const whole = [first, ...lines.slice(0, shown), ...end].join('\n');
    if (limits.length(whole) <= limits.maxLength) return whole;
  }
  return limits.length(first) <= limits.maxLength ? first : undefined;
}

export interface Folder {
  readonly path: string;
  readonly formats: readonly DigestFormat[];
  readonly link: string | undefined;
}

/** Writes an edition as files, each one atomically; a repeat writes the same bytes. `latest`: the latest editions, for feeds. Errors: of the disk. */
export async function writeFiles(edition: Digest, latest: readonly Digest[], folder: Folder): Promise<string[]> {
  await mkdir(folder.path, { recursive: true });
  const written: string[] = [];
  for (const format of folder.formats) {
    const { file, many, render } = formats[format];
    const path = join(folder.path, file(edition.date));
    await replace(path, await render(many ? latest : [edition], folder.link));
    written.push(path);
  }
  return written;
}

async function replace(path: string, content: string): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  const file = await open(beside, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
