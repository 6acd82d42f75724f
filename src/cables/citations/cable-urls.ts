import type { ReferenceId } from '../../core/cable.ts';
import { isPlausible } from '../ids/months.ts';
import { canonicalReferenceId, partsOf } from '../ids/reference-id.ts';
import { type Found, looksLikeYear } from './found.ts';
import { ellipsis, isWordUnit } from './folded-text.ts';
import { hiddenMark } from './plain-text.ts';

/** The URLs of a text. */
export interface Urls {
  /** All links of the text. */
  readonly stretches: readonly (readonly [number, number])[];
  /** The cables among them. */
  readonly found: readonly Found[];
  /** The platform's links that have no place in the text. */
  readonly unplaced: readonly string[];
}

/**
 * Cable URLs of plain text. A URL that the platform cut (`wikileaks.org/cable/2007/08/07AST…`) stands for the listed link that begins like
 * it. Without such a link, a URL whose ID is cut does not count.
 */
export function findUrls(text: string, links: readonly string[]): Urls {
  const stretches: (readonly [number, number])[] = [];
  const found: Found[] = [];
  const placed = new Set<string>();
  const listed = links.map((link) => ({ link, bare: withoutScheme(link) }));
  for (const [start, end] of urlsIn(text)) {
    stretches.push([start, end]);
    const written = text.slice(start, end);
    const dots = text.startsWith('...', end);
    const full = dots || written.endsWith(ellipsis) ? linkOf(written, listed) : undefined;
    if (full !== undefined) placed.add(full);
    const cable = cableAt(full ?? written, { span: [start, end], written: null }, dots && full === undefined);
    if (cable !== undefined) found.push(cable);
  }
  return { stretches, found, unplaced: links.filter((link) => !placed.has(link)) };
}

/** The link that begins with what is written before the cut. */
function linkOf(cut: string, listed: readonly { link: string; bare: string }[]): string | undefined {
  const stub = withoutScheme(cut.endsWith(ellipsis) ? cut.slice(0, -ellipsis.length) : cut);
  return listed.find(({ bare }) => bare.startsWith(stub))?.link;
}

function withoutScheme(url: string): string {
  return url.replace(/^(?:https?:\/\/)?(?:www\.)?/i, '');
}

/**
 * The links, except those that the text shows only in code or in quoted lines. `original` is folded, `text` is plain; positions are the
 * same in both.
 */
export function shownLinks(links: readonly string[], original: string, text: string): readonly string[] {
  if (original === text || !original.includes('/')) return links;
  const hidden = new Set<string>();
  const listed = links.map((link) => ({ link, bare: withoutScheme(link) }));
  for (const [start, end] of urlsIn(original)) {
    if (text[start] !== hiddenMark) continue;
    const written = original.slice(start, end);
    const isCut = written.endsWith(ellipsis) || original.startsWith('...', end);
    const bare = withoutScheme(written);
    const link = isCut
      ? linkOf(written, listed)
      : listed.find((each) => each.bare === bare || each.bare === `${bare}/`)?.link;
    if (link !== undefined) hidden.add(link);
  }
  for (const { link, bare } of listed) if (hidden.has(link) && text.includes(bare)) hidden.delete(link);
  return hidden.size === 0 ? links : links.filter((link) => !hidden.has(link));
}

/** A cable among the links that the platform names beside the text. */
export function foundLink(url: string): Found | undefined {
  return url.length <= maxLength ? cableAt(url, { span: null, written: url }) : undefined;
}

/**
 * Reads a cable's URL on any host: viewer and mirrors, PlusD, cablegatesearch, cabledrum, dazzlepod, leakfeed, the Wayback Machine, and any
 * other whose path, query or fragment has a complete ID; undefined for any other URL. If it may be cut, an ID at its end is weak.
 */
function cableAt(url: string, place: Pick<Found, 'span' | 'written'>, mayBeCut = false): Found | undefined {
  const plain = url.includes('%2') ? unescaped(url) : url;
  const cable = cableInPath(plain) ?? idInPath(plain);
  if (cable === undefined) return undefined;
  const { id, start, end } = cable;
  const paragraph = Number(/#par(\d{1,3})(?!\d)/i.exec(plain.slice(start))?.[1] ?? 0);
  const strength = mayBeCut && end === plain.length ? 'weak' : cable.strength;
  return { kind: 'url', strength, ...place, id, paragraphs: paragraph > 0 ? [paragraph] : [], clues: null };
}

interface InUrl extends Pick<Found, 'strength'> {
  readonly id: ReferenceId;
  readonly start: number;
  readonly end: number;
}

function cableInPath(url: string): InUrl | undefined {
  const match = cablePathPattern.exec(url);
  if (match === null) return undefined;
  const [path, written = ''] = match;
  const end = match.index + path.length;
  if (url[end] === ellipsis || isWordUnit(url.charCodeAt(end))) return undefined;
  const id = canonicalReferenceId(written);
  return id && { id, start: match.index, end, strength: 'strong' };
}

/** `https://example.org/cable_09ASUNCION381?page=2` */
function idInPath(url: string): InUrl | undefined {
  if (!mayHaveId.test(url)) return undefined;
  const host = /^(?:https?:\/\/)?[^/?#]*/i.exec(url)?.[0].length ?? 0;
  for (const { index, 0: written } of url.slice(host).matchAll(idInPathPattern)) {
    const id = canonicalReferenceId(written);
    const [start, end] = [host + index, host + index + written.length];
    const parts = id && partsOf(id);
    if (id === undefined || parts === undefined || url[end] === ellipsis) continue;
    const isSure = isPlausible(parts) && !looksLikeYear(/\d+$/.exec(written)?.[0] ?? '');
    return { id, start, end, strength: isSure ? 'strong' : 'weak' };
  }
  return undefined;
}

/** A cheap check that excludes most URLs. */
const mayHaveId = /\d\d[A-Z]{4,20}\d/i;
const idInPathPattern = /(?<![0-9A-Za-z])(?:19|20)?\d\d[A-Z]{4,20}\d{1,8}(?![0-9A-Za-z])/gi;

const maxLength = 2000;
const viewerPathSource = String.raw`\/cable\/(?:\d{4}\/\d{1,2}\/)?`;
const itemPathSource = String.raw`\/cables\/`;
const searchPathSource = String.raw`\/cable\.php\?(?:[^#\s]{0,300}&)?id=`;
const cablePathPattern = new RegExp(
  `(?:${viewerPathSource}|${itemPathSource}|${searchPathSource})([0-9A-Z]{4,44})(?:_[a-e])?`,
  'i',
);

function unescaped(url: string): string {
  return url.replaceAll(/%2F/gi, '/').replaceAll(/%23/gi, '#').replaceAll(/%3F/gi, '?').replaceAll(/%3D/gi, '=');
}

/** With a scheme or `www.`; or, without, a host and a cable's path. */
const urlStartPattern = /https?:\/\/|www\.|\/cables?\/|\/cable\.php\?/gi;
const urlEndPattern = /[\s<>"“”«»`\uE001]|[,;](?=https?:\/\/)/gi;

function* urlsIn(text: string): Generator<readonly [number, number]> {
  urlStartPattern.lastIndex = 0;
  let last = 0;
  for (let match = urlStartPattern.exec(text); match !== null; match = urlStartPattern.exec(text)) {
    const start = match[0].startsWith('/') ? hostBefore(text, match.index, last) : match.index;
    if (start === undefined) continue;
    last = endOfUrl(text, start, match.index + match[0].length);
    urlStartPattern.lastIndex = last;
    yield [start, last];
  }
}

/** Start of the host before a path; searches at most 200 units back. */
function hostBefore(text: string, path: number, floor: number): number | undefined {
  let start = path;
  while (start > floor && path - start < 200 && /[\w.:/~-]/.test(text[start - 1] ?? '')) start -= 1;
  return /^[\w-]+(?:\.[\w-]+)+/.test(text.slice(start, path)) ? start : undefined;
}

/** The punctuation of the sentence around it is not part of a URL. */
function endOfUrl(text: string, start: number, from: number): number {
  urlEndPattern.lastIndex = from;
  let end = Math.min(urlEndPattern.exec(text)?.index ?? text.length, start + maxLength);
  const bracket = text.slice(start, end).search(/[()]/);
  if (bracket !== -1 && text[start + bracket] === ')') end = start + bracket;
  while (end > from && /[.,;:!?'*\])}]/.test(text[end - 1] ?? '')) end -= 1;
  return end;
}
