import type { Cable } from '../../core/cable.ts';
import { readCopy } from './cable.ts';
import type { Format } from './copy.ts';
import { messageText } from './message-text.ts';
import { repostedPage } from './reposted-page.ts';
import { viewerPage } from './viewer-page.ts';

/** What a document gave: its cables in order, and a sentence for each part that could not be read. */
export interface ParsedDocument {
  readonly cables: Cable[];
  readonly rejects: { readonly reason: string }[];
}

/** The kinds of documents, the surest first. */
const FORMATS: readonly Format[] = [viewerPage, repostedPage, messageText];

/**
 * Parses a page of the old viewer, such a page re-posted as text, or a bare message. Takes any text, never throws, and needs time in
 * proportion to its length. `name` is the file's name, which tells the ID where the text does not.
 */
export function parseDocument(text: string, name?: string): ParsedDocument {
  const plain = text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
  for (const format of isHtml(plain) ? [viewerPage] : FORMATS) {
    const cut = format(plain);
    if (cut === undefined) continue;
    const cables: Cable[] = [];
    const rejects = [...cut.rejects];
    for (const copy of cut.copies) {
      const read = readCopy(copy, cut.copies.length === 1 ? name : undefined);
      if (typeof read === 'string') rejects.push({ reason: read });
      else cables.push(read);
    }
    return { cables, rejects };
  }
  const reason = isHtml(plain)
    ? "an HTML page, but not the old cable viewer's"
    : 'no cable found: neither a page of the cable viewer nor a message';
  return { cables: [], rejects: [{ reason }] };
}

function isHtml(text: string): boolean {
  return /^\s{0,99}(?:<\?xml|<!doctype html|<html)/i.test(text.slice(0, 200));
}
