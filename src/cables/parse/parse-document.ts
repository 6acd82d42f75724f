import type { Cable } from '../../core/cable.ts';
import { readCopy } from './parse-cable.ts';
import type { Cut, Format } from './raw-cable.ts';
import { messageText } from './header/message-text.ts';
import { repostedPage } from './paragraphs/reposted-page.ts';
import { viewerPage } from './viewer-page.ts';

/** A parsed document: its cables in order, and a sentence for each part that could not be read. */
export interface ParsedDocument {
  readonly cables: Cable[];
  readonly rejects: { readonly reason: string }[];
}

/** The kinds of documents, most distinctive first. */
const documentFormats: readonly Format[] = [viewerPage, repostedPage, messageText];

/**
 * Parses a page of the old viewer, such a page re-posted as text, or a bare message. Accepts any text, never throws, and takes time in
 * proportion to its length. `name` is the file's name, which gives the ID if the text does not.
 */
export function parseDocument(text: string, name?: string): ParsedDocument {
  const { cables, rejects } = readDocument(text, name);
  return { cables: cables.map(({ cable }) => cable), rejects };
}

/** Like `parseDocument`; each cable has its body's lines as printed, without markup. */
export function readDocument(text: string, name: string | undefined): ReturnType<typeof readCut> {
  const plain = text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
  for (const format of isHtml(plain) ? [viewerPage] : documentFormats) {
    const cut = format(plain);
    if (cut !== undefined) return readCut(cut, name);
  }
  const reason = isHtml(plain)
    ? "an HTML page, but not the old cable viewer's"
    : 'no cable found: neither a page of the cable viewer nor a message';
  return { cables: [], rejects: [{ reason }] };
}

/** The cables of a cut document, as `readDocument` has them. */
export function readCut(
  cut: Cut,
  name: string | undefined,
): { cables: { cable: Cable; lines: readonly string[] }[]; rejects: { reason: string }[] } {
  const cables: { cable: Cable; lines: readonly string[] }[] = [];
  const rejects = [...cut.rejects];
  for (const copy of cut.copies) {
    const cable = readCopy(copy, cut.copies.length === 1 ? name : undefined);
    if (typeof cable === 'string') rejects.push({ reason: cable });
    else cables.push({ cable, lines: copy.body });
  }
  return { cables, rejects };
}

export function isHtml(text: string): boolean {
  return /^\s{0,99}(?:<\?xml|<!doctype html|<html)/i.test(text.slice(0, 200));
}
