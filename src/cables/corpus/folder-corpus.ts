import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Cable, ReferenceId } from '../../core/cable.ts';
import { messageOf } from '../../core/errors.ts';
import type { CableIndex } from './cable-index.ts';
import type { CableBrief, Corpus, Passage } from './corpus.ts';
import { inTime } from './combined.ts';
import { isMoreComplete } from './import/more-complete.ts';
import { bestFirst, passageAt } from './search/matching.ts';
import { readQuotation } from './search/find-quotation.ts';
import { listingOf } from './corpus-listing.ts';
import { partsOf } from '../ids/reference-id.ts';

/** Parses one document: the cables in it, and why parts of it could not be read. */
export type Parse = (
  text: string,
  name?: string,
) => { readonly cables: readonly Cable[]; readonly rejects: readonly { readonly reason: string }[] };

/** Called for each file that cannot be read, whole or in part. */
type OnReject = (file: string, reason: string) => void;

/** A cable page has some 40 KB. */
const maxBytes = 20 * 1024 * 1024;
const maxFiles = 50_000;
const maxDepth = 16;
const fileExtensions = new Set(['.txt', '.html', '.htm']);

/**
 * The cables of files and folders (.txt, .html, .htm; folders recursively), read at start and kept in memory. Of two copies of a cable
 * the more complete text counts. `onReject` gets each unreadable file and the reason; the rest is read.
 */
export async function openFolderCorpus(
  paths: readonly string[],
  parse: Parse,
  onReject: OnReject,
): Promise<Corpus & CableIndex> {
  const cables = new Map<ReferenceId, Cable>();
  const sources = new Map<ReferenceId, string[]>();
  for await (const file of documents(paths, onReject)) {
    const text = await textOf(file, onReject);
    if (text === undefined) continue;
    const parsed = parse(text, file);
    for (const { reason } of parsed.rejects) onReject(file, reason);
    for (const cable of parsed.cables) {
      const before = cables.get(cable.referenceId);
      sources.set(cable.referenceId, [...(sources.get(cable.referenceId) ?? []), file]);
      if (before === undefined || isMoreComplete(cable, before)) cables.set(cable.referenceId, cable);
    }
  }
  return {
    ...listingOf(cables.values()),
    cable: (id) => Promise.resolve(cables.get(id)),
    document(id) {
      const cable = cables.get(id);
      return Promise.resolve(cable && { cable, body: null, sources: sources.get(id) ?? [], conflicts: [] });
    },
    search: (words, most) => Promise.resolve(passagesWith(words, cables.values()).slice(0, most)),
    citedBy: (id) => Promise.resolve(citing(id, cables.values())),
    neighbours: (id, each) => Promise.resolve(around(id, each, cables.values())),
    numbered: () => Promise.resolve(undefined),
  };
}

function citing(id: ReferenceId, cables: Iterable<Cable>): CableBrief[] {
  const found = [...cables].filter(({ references }) => references.some((reference) => reference.id === id));
  return inTime(found.map(briefOf));
}

function around(id: ReferenceId, each: number, cables: Iterable<Cable>): ReturnType<typeof split> {
  const station = partsOf(id)?.station;
  const sameStation = [...cables].filter(({ referenceId }) => partsOf(referenceId)?.station === station);
  return split(inTime(sameStation.map(briefOf)), id, each);
}

function split(inOrder: readonly CableBrief[], id: ReferenceId, each: number) {
  const at = inOrder.findIndex(({ referenceId }) => referenceId === id);
  if (at === -1) return { before: [], after: [] };
  return {
    before: inOrder.slice(Math.max(0, at - each), at),
    after: inOrder.slice(at + 1, at + 1 + each),
  };
}

function briefOf({ referenceId, subject, created, classification }: Cable): CableBrief {
  return { referenceId, subject, created, classification };
}

async function* documents(paths: readonly string[], onReject: OnReject): AsyncIterable<string> {
  let count = 0;
  for (const path of paths) {
    for await (const file of filesUnder(path, 0, onReject)) {
      count += 1;
      if (count > maxFiles) {
        onReject(path, `more than ${maxFiles} documents: those from ${file} on are left out`);
        return;
      }
      yield file;
    }
  }
}

async function* filesUnder(path: string, depth: number, onReject: OnReject): AsyncIterable<string> {
  const found = await statOf(path, onReject);
  if (found?.isFile()) yield path;
  if (!found?.isDirectory()) return;
  if (depth >= maxDepth) {
    onReject(path, `more than ${maxDepth} folders deep`);
    return;
  }
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    // Links are not followed: they may lead in a circle.
    if (entry.isDirectory()) yield* filesUnder(join(path, entry.name), depth + 1, onReject);
    else if (entry.isFile() && fileExtensions.has(extname(entry.name).toLowerCase())) yield join(path, entry.name);
  }
}

async function statOf(path: string, onReject: OnReject): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    onReject(path, messageOf(error));
    return undefined;
  }
}

async function textOf(file: string, onReject: OnReject): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size > maxBytes) {
      onReject(file, 'larger than 20 MB');
      return undefined;
    }
    const bytes = await readFile(file);
    if (!bytes.includes(0)) return bytes.toString('utf8');
    onReject(file, 'not a text');
  } catch (error) {
    onReject(file, messageOf(error));
  }
  return undefined;
}

/** Searches every text: they are few. */
function passagesWith(words: string, cables: Iterable<Cable>): Passage[] {
  const quotation = readQuotation(words);
  if (quotation.words.length === 0) return [];
  const passages: Passage[] = [];
  for (const { referenceId, paragraphs } of cables) {
    for (const { number, text } of paragraphs) {
      const passage = passageAt({ paragraph: number, text }, quotation, referenceId);
      if (passage !== undefined) passages.push(passage);
    }
  }
  return bestFirst(passages);
}
