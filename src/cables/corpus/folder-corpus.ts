import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { CableIndex } from './cable-index.ts';
import type { Corpus } from './corpus.ts';
import { readFileBytes } from './formats/index.ts';
import { prepareCables } from './import/prepare.ts';
import { finishTables, noCounts, Writer } from './import/writer.ts';
import { storeIn } from './imported.ts';
import { filesAt } from './sources/files.ts';
import { emptyTables } from './tables.ts';

/** Called for each file that cannot be read, whole or in part. */
type OnReject = (file: string, reason: string) => void;

/** A cable page has some 40 KB. */
const maxBytes = 20 * 1024 * 1024;
const maxFiles = 50_000;
const maxDepth = 16;
const fileExtensions = new Set(['.txt', '.html', '.htm']);

/**
 * The cables of files and folders (.txt, .html, .htm; folders recursively), imported at start into memory. Of two copies of a cable the
 * more complete text counts. `onReject` gets each unreadable file and the reason; the rest is read.
 */
export async function openFolderCorpus(paths: readonly string[], onReject: OnReject): Promise<Corpus & CableIndex> {
  const db = emptyTables();
  // One transaction: the index of words is merged once.
  db.exec('begin');
  const writer = new Writer(db, noCounts);
  for await (const file of documents(paths, onReject)) {
    const bytes = await bytesOf(file, onReject);
    if (bytes === undefined) continue;
    const { cables, rejects } = readFileBytes(bytes, file);
    for (const { reason } of rejects) onReject(file, reason);
    const prepared = prepareCables(cables, []);
    writer.write(file, { source: file, format: 'document' }, prepared);
  }
  writer.flush();
  db.exec('commit');
  finishTables(db);
  return storeIn(db);
}

async function* documents(paths: readonly string[], onReject: OnReject): AsyncIterable<string> {
  let count = 0;
  for (const path of paths) {
    for await (const found of filesAt(path, { depth: maxDepth })) {
      if ('fault' in found) onReject(found.folder, found.fault);
      else if (found.file !== path && !fileExtensions.has(extname(found.file).toLowerCase())) continue;
      else if (found.size > maxBytes) onReject(found.file, 'larger than 20 MB');
      else if (count === maxFiles) {
        onReject(path, `more than ${maxFiles} documents: those from ${found.file} on are left out`);
        return;
      } else {
        count += 1;
        yield found.file;
      }
    }
  }
}

async function bytesOf(file: string, onReject: OnReject): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (error) {
    onReject(file, messageOf(error));
    return undefined;
  }
}
