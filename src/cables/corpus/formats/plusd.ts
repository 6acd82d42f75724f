import { Parser } from 'htmlparser2';
import type { CableCopy, Cut } from '../../parse/raw-cable.ts';
import { splitMessage } from '../../parse/header/message-text.ts';
import { documentFormat } from './documents.ts';

/**
 * A page of PlusD (`wikileaks.org/plusd/cables/10SHANGHAI60_a.html`). Experimental: built from the selectors of two scrapers
 * (`table#synopsis` with `div.s_key` and `div.s_val`, the text in `#tagged-text`), without a real page.
 */
export const plusd = documentFormat(
  'a page of PlusD',
  (head) => /\bid\s?=\s?["']?tagged-text\b/i.test(head) || /\bid\s?=\s?["']?synopsis\b/i.test(head),
  plusdPage,
);

function plusdPage(html: string): Cut | undefined {
  const { fields, subject, body } = partsOf(html);
  const written = fields.get('canonical id');
  if (written === undefined && body === undefined) return undefined;
  if (written === undefined) return rejected('PlusD page: no "Canonical ID"');
  if (body === undefined || body.trim() === '') return rejected(`PlusD page of ${written.slice(0, 60)}: no text`);
  const tags = (fields.get('tags') ?? '').split('|').map((tag) => tag.split(' - ', 1)[0] ?? '');
  const copy: CableCopy = {
    // `_a` is the collection: Cablegate.
    writtenId: written.replace(/_[a-z]$/, ''),
    title: subject || null,
    created: fields.get('date') || null,
    released: null,
    classification: fields.get('original classification') || null,
    origin: fields.get('from') || null,
    ...splitMessage(body),
    cutShort: false,
    listed: { references: [], tags },
  };
  return { copies: [copy], rejects: [] };
}

function rejected(reason: string): Cut {
  return { copies: [], rejects: [{ reason }] };
}

interface Parts {
  /** Values by heading, in lower case without its colon. */
  readonly fields: ReadonlyMap<string, string>;
  readonly subject: string;
  readonly body: string | undefined;
}

/** Real pages do not nest this deep, and the parser would get slow. */
const maxDepth = 200;
const lineElements = new Set(['p', 'div', 'tr', 'li']);

/** The part of the page that text belongs to, until the end of the element that began it. */
type Part = 'subject' | 'key' | 'value' | 'body';

function partsOf(html: string): Parts {
  const fields = new Map<string, string>();
  const words: Record<Part, string> = { subject: '', key: '', value: '', body: '' };
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
  const parser = new Parser({
    onopentag(name, { id, class: classes = '', colspan }) {
      if (++open.depth > maxDepth) return parser.reset();
      if (open.part === 'body') {
        if (name === 'br' || (lineElements.has(name) && !open.atLineStart)) {
          words.body += '\n';
          // A separate flag, because reading the end of a growing string copies all of it each time.
          open.atLineStart = true;
        }
      } else if (id === 'tagged-text') {
        begin('body');
        open.hasBody = true;
      } else if (id === 'synopsis') open.synopsis = true;
      else if (/\bs_key\b/.test(classes)) begin('key');
      else if (/\bs_val\b/.test(classes)) begin('value');
      else if (open.synopsis && name === 'td' && colspan !== undefined && words.subject === '') begin('subject');
    },
    ontext(text) {
      if (open.part === undefined) return;
      words[open.part] += text;
      open.atLineStart = text.endsWith('\n');
    },
    onclosetag() {
      if (open.part !== undefined && open.depth === open.partDepth) {
        if (open.part === 'value') fields.set(headingOf(words.key), oneLine(words.value));
        open.part = undefined;
      }
      open.depth -= 1;
    },
  });
  parser.end(html);
  return { fields, subject: oneLine(words.subject), body: open.hasBody ? words.body : undefined };
}

function headingOf(key: string): string {
  return oneLine(key).replace(/\s?:$/, '').toLowerCase();
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
