import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, DigestFormat } from '../../core/digest.ts';
import { formats } from '../render/index.ts';

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
