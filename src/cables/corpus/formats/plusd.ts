import { Parser } from 'htmlparser2';
import { canonicalReferenceId, partsOf as partsOfId } from '../../ids/reference-id.ts';
import { stationNamed } from '../../ids/stations.ts';
import type { CableCopy, Cut } from '../../parse/raw-cable.ts';
import { splitMessage } from '../../parse/header/message-text.ts';
import { documentFormat } from './documents.ts';

/**
 * A page of PlusD (`wikileaks.org/plusd/cables/10SHANGHAI60_a.html`). The panes `Metadata` and `Raw content` are header and body of the
 * message, as the viewer has them. Where a copy lacks them (a script of the page moves its panes), the body is the hidden head of `Content`
 * and `#tagged-text` below it. Source: five pages saved in 2026.
 */
export const plusd = documentFormat(
  'a page of PlusD',
  (head) => /\bid\s?=\s?["']?tagged-text\b/i.test(head) || /\bid\s?=\s?["']?synopsis\b/i.test(head),
  plusdPage,
);

function plusdPage(html: string): Cut | undefined {
  const { fields, subject, body, panes, head } = partsOf(html);
  const written = fields.get('canonical id');
  const raw = paneOf(
    panes,
    'raw content',
    /^\s*(?:UNCLAS|C ?O ?N ?F ?I ?D|S ?E ?C ?R ?E ?T\b|E\.?O\.? ?\d|TAGS|SUBJ)/i,
  );
  if (written === undefined && body === undefined) return undefined;
  if (written === undefined) return rejected('PlusD page: no "Canonical ID"');
  const text = raw === '' ? `${head}\n${body ?? ''}` : raw;
  if (text.trim() === '') return rejected(`PlusD page of ${written.slice(0, 60)}: no text`);
  // `_a` is the collection: Cablegate.
  const writtenId = written.replace(/_[a-z]$/, '');
  const tags = (fields.get('tags') ?? '').split('|').map((tag) => tag.split(' - ', 1)[0] ?? '');
  const metadata = paneOf(panes, 'metadata', /^\s*(?:VZCZC|[ZOPR]{2} RU|DE RU|[ZOPR] (?:[ZOPR] )?\d{6}Z|FM )/);
  const split = splitMessage(text);
  const copy: CableCopy = {
    writtenId,
    title: subject || null,
    created: fields.get('date') ?? null,
    released: null,
    classification: fields.get('original classification')?.replaceAll(',', '//') ?? null,
    origin: originOf(writtenId) ?? fields.get('from') ?? null,
    header: split.header === '' ? metadata : split.header,
    body: split.body,
    page: 'plusd',
    cutShort: false,
    listed: { references: [], tags },
  };
  return { copies: [copy], rejects: [] };
}

/** The pane with this title, or one without a title that begins like it: a script of the page takes the titles away. */
function paneOf(panes: Parts['panes'], title: string, begins: RegExp): string {
  const pane =
    panes.find((each) => each.title === title) ?? panes.find((each) => each.title === '' && begins.test(each.text));
  return pane?.text.trim() ?? '';
}

/** In the viewer's words: PlusD has the country and the city. */
function originOf(writtenId: string): string | null {
  const id = canonicalReferenceId(writtenId);
  const parts = id && partsOfId(id);
  return (parts && stationNamed(parts.station, parts.year, parts.serial)?.label) ?? null;
}

function rejected(reason: string): Cut {
  return { copies: [], rejects: [{ reason }] };
}

interface Parts {
  /** Values by heading, in lower case without its colon. */
  readonly fields: ReadonlyMap<string, string>;
  readonly subject: string;
  /** Titles are in lower case, empty where the page has none. */
  readonly panes: readonly { readonly title: string; readonly text: string }[];
  /** Of the content: what stands hidden above the text. */
  readonly head: string;
  readonly body: string | undefined;
}

/** Real pages do not nest this deep, and the parser would get slow. */
const maxDepth = 200;
const lineElements = new Set(['p', 'div', 'tr', 'li']);
const unset = '-- Not Assigned --';

/** The part of the page that text belongs to, until the end of the element that began it. */
type Part = 'subject' | 'key' | 'value' | 'paneTitle' | 'pane' | 'head' | 'body';
/** Texts of several lines. */
const texts: ReadonlySet<Part | undefined> = new Set<Part>(['pane', 'head', 'body']);

function partsOf(html: string): Parts {
  const fields = new Map<string, string>();
  const panes: { title: string; text: string }[] = [];
  const words: Record<Part, string> = { subject: '', key: '', value: '', paneTitle: '', pane: '', head: '', body: '' };
  const open = {
    depth: 0,
    synopsis: false,
    hasBody: false,
    atLineStart: true,
    part: undefined as Part | undefined,
    partDepth: 0,
  };
  const begin = (part: Part): void => {
    open.part = part;
    open.partDepth = open.depth;
    words[part] = '';
  };
  const breakLine = (part: Part): void => {
    words[part] += '\n';
    // A separate flag, because reading the end of a growing string copies all of it each time.
    open.atLineStart = true;
  };
  const parser = new Parser({
    onopentag(name, { id, class: classes = '', colspan }) {
      if (++open.depth > maxDepth) return parser.reset();
      if (id === 'tagged-text') {
        begin('body');
        open.hasBody = true;
      } else if (open.part !== undefined && texts.has(open.part)) {
        if (name === 'br' || (lineElements.has(name) && !open.atLineStart)) breakLine(open.part);
      } else if (id === 'synopsis') open.synopsis = true;
      else if (/\bs_key\b/.test(classes)) begin('key');
      else if (/\bs_val\b/.test(classes)) begin('value');
      else if (/\bpane-header\b/.test(classes)) begin('paneTitle');
      else if (/\btext-header\b/.test(classes)) begin('head');
      else if (/\btext-content\b/.test(classes)) begin('pane');
      else if (open.synopsis && name === 'td' && colspan !== undefined && words.subject === '') begin('subject');
    },
    ontext(text) {
      if (open.part === undefined) return;
      words[open.part] += text;
      open.atLineStart = text.endsWith('\n');
    },
    onclosetag() {
      if (open.part !== undefined && open.depth === open.partDepth) {
        if (open.part === 'value') setField(fields, words);
        if (open.part === 'pane') panes.push({ title: headingOf(words.paneTitle), text: words.pane });
        open.part = undefined;
      }
      open.depth -= 1;
    },
  });
  parser.end(html);
  const body = open.hasBody ? words.body : undefined;
  return { fields, panes, subject: oneLine(words.subject), head: words.head.trim(), body };
}

function setField(fields: Map<string, string>, { key, value }: Record<Part, string>): void {
  const text = oneLine(value);
  if (text !== '' && text !== unset) fields.set(headingOf(key), text);
}

function headingOf(key: string): string {
  return oneLine(key).replace(/\s?:$/, '').toLowerCase();
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
