import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Cable, ReferenceId } from '../../core/cable.ts';
import { messageOf } from '../../core/errors.ts';
import { type CableIndex, type Facet, inOrder, inTime, keyOf, pageOf, spanOf, summed } from './cable-index.ts';
import { isMoreComplete } from './copies.ts';
import type { CableBrief, Corpus, Passage } from './corpus.ts';
import { bestFirst, passageAt } from './search/matching.ts';
import { readQuotation } from './search/find-quotation.ts';
import { partsOf } from '../ids/reference-id.ts';
import { filesAt } from './sources/files.ts';

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

function split(briefs: readonly CableBrief[], id: ReferenceId, each: number) {
  const at = briefs.findIndex(({ referenceId }) => referenceId === id);
  if (at === -1) return { before: [], after: [] };
  return {
    before: briefs.slice(Math.max(0, at - each), at),
    after: briefs.slice(at + 1, at + 1 + each),
  };
}

function briefOf({ referenceId, subject, created, classification }: Cable): CableBrief {
  return { referenceId, subject, created, classification };
}

/** Lists of cables in memory. */
function listingOf(all: Iterable<Cable>): CableIndex {
  const cables = inOrder([...all], keyOf);
  return {
    size: cables.length,
    list({ of, after = '', most, ...date }) {
      const [start, end] = spanOf(date);
      const found = cables.filter((cable) => {
        const key = keyOf(cable);
        return (
          key > after && key >= start && key < end && (of === undefined || namesOf(cable, of.facet).includes(of.name))
        );
      });
      return pageOf(found.slice(0, most + 1).map(briefOf), most);
    },
    groups(by, year) {
      const names = cables.flatMap((cable) => (by === 'date' ? dateOf(cable, year) : namesOf(cable, by)));
      return summed(names.map((name) => ({ name, cables: 1 })));
    },
  };
}

function namesOf({ referenceId, classification, tags }: Cable, facet: Facet): readonly string[] {
  if (facet === 'tag') return [...new Set(tags)];
  const name = facet === 'station' ? partsOf(referenceId)?.station : classification;
  return name === undefined || name === null ? [] : [name];
}

function dateOf({ created }: Cable, year: number | undefined): string[] {
  if (created === null) return [];
  if (year === undefined) return [created.slice(0, 4)];
  return created.startsWith(String(year)) ? [created.slice(5, 7)] : [];
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

async function textOf(file: string, onReject: OnReject): Promise<string | undefined> {
  try {
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
