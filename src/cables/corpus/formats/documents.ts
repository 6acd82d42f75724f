import type { Cable } from '../../../core/cable.ts';
import { messageText, splitMessage } from '../../parse/header/message-text.ts';
import { repostedPage } from '../../parse/paragraphs/reposted-page.ts';
import { isHtml, readCut } from '../../parse/parse-document.ts';
import type { CableCopy, Cut, Format } from '../../parse/raw-cable.ts';
import { viewerPage } from '../../parse/viewer-page.ts';
import { type CorpusFormat, documentText, type Portion, type Readout, rejected } from './format.ts';

/** A page of the old viewer, of any release. */
export const viewer = documentFormat(
  'a page of the old cable viewer',
  (head) => /<table class=['"]cable['"]>/.test(head),
  viewerPage,
);

/** A page of the old viewer as text on a blog. */
export const blog = documentFormat(
  'a page of the cable viewer re-posted as text',
  (head) => !isHtml(head) && repostedPage(head) !== undefined,
  repostedPage,
);

/** The bare message, as archive.org has it (with U+FFFD for ¶). Its ID is in the text or is the file's name. */
export const message = documentFormat(
  'the text of a message',
  (head) => !isHtml(head) && messageText(head) !== undefined,
  messageText,
);

const topSource = String.raw`^\uFEFF?([0-9]{2,4}[A-Z0-9'-]{2,60})[ \t]*\r?\n([^\r\n]{0,2000})\r?\n([A-Z][a-z]{2} [A-Z][a-z]{2} [^\r\n]{5,40}|\d{4}-\d\d-\d\d[^\r\n]{0,40})\r?\n`;
const levelSource = String.raw`((?:UNCLASSIFIED|CONFIDENTIAL|SECRET)[^\r\n]{0,40})\r?\n([^\r\n]{2,60})(?:\r?\n|$)`;
const startPattern = new RegExp(topSource + levelSource);

/**
 * A text of the mirror `alx/cablegate`: five lines (ID, subject, date in Ruby's format, classification, origin), then header and body,
 * which run together without a line break: `... is not available.UNCLAS ADANA 0397`.
 */
export const mirror = documentFormat('a text of a mirror', (head) => startPattern.test(head), mirrorText);

/** A format whose source is one document. `what` names it in the reject of a document that is something else. */
export function documentFormat(what: string, begins: CorpusFormat['begins'], cut: Format): CorpusFormat {
  return { scanner: null, begins, read: (portion) => readDocument(portion, what, cut) };
}

function readDocument({ source, bytes }: Portion, what: string, cut: Format): Readout {
  const decoded = documentText(bytes);
  if ('reason' in decoded) return rejected(source, '', decoded.reason);
  const found = cut(decoded.text);
  if (found === undefined) return rejected(source, '', `not ${what}`);
  const { cables, rejects } = readCut(found, nameIn(source));
  return {
    cables: cables.map(({ cable, lines }) => ({
      cable: noted(cable, decoded.note),
      body: lines.join('\n'),
      number: null,
    })),
    rejects: rejects.map(({ reason }) => ({ source, position: '', reason })),
  };
}

/** The cable with a warning, if there is one about its document. */
function noted(cable: Cable, note: string | null): Cable {
  if (note === null) return cable;
  return { ...cable, warnings: [...cable.warnings, { code: 'encoding', paragraph: null, message: note }] };
}

/** The file's own name, which may give the ID: `pages.zip!07ASTANA2244.txt`. */
function nameIn(source: string): string {
  return source.slice(source.lastIndexOf('!') + 1);
}

function mirrorText(text: string): Cut | undefined {
  const start = startPattern.exec(text);
  if (start === null) return undefined;
  const [top, id = '', title = '', created = '', classification = '', origin = ''] = start;
  const printed = splitAtJoin(text.slice(top.length));
  if (printed.header === '' && printed.body.length === 0)
    return { copies: [], rejects: [{ reason: `text of ${id}: no message below its five lines` }] };
  const copy: CableCopy = {
    writtenId: id,
    title: title.trim() || null,
    created,
    released: null,
    classification: classification.trim(),
    origin: origin.trim(),
    ...printed,
    cutShort: false,
  };
  return { copies: [copy], rejects: [] };
}

/** The classification line that begins the body, directly after the header's last letter. */
const joinPattern =
  /(?<=\S)(?=(?:UNCLAS|C O N F I D E N T I A L|S E C R E T|CONFIDENTIAL|SECRET)\b[^\n]{0,60}[A-Z] {1,3}\d{3,8}\b)/;
/** Headers with many addressees have 5,000 characters. */
const maxHeaderLength = 20_000;

function splitAtJoin(text: string): { header: string; body: readonly string[] } {
  const join = joinPattern.exec(text.slice(0, maxHeaderLength));
  if (join === null) return splitMessage(text);
  return { header: text.slice(0, join.index).trim(), body: text.slice(join.index).trimEnd().split('\n') };
}
