import { messageText } from '../../parse/header/message-text.ts';
import { repostedPage } from '../../parse/paragraphs/reposted-page.ts';
import { isHtml, readCut } from '../../parse/parse-document.ts';
import type { Format } from '../../parse/raw-cable.ts';
import { viewerPage } from '../../parse/viewer-page.ts';
import type { CorpusFormat, Portion, Readout } from './format.ts';
import { textOf } from './text.ts';

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

/** A format whose source is one document. `what` names it in the reject of a document that is something else. */
export function documentFormat(what: string, begins: CorpusFormat['begins'], cut: Format): CorpusFormat {
  return { scanner: null, begins, read: (portion) => readDocument(portion, what, cut) };
}

function readDocument({ source, bytes }: Portion, what: string, cut: Format): Readout {
  const reject = (reason: string) => ({ source, position: '', reason });
  const decoded = textOf(bytes);
  if ('reason' in decoded) return { cables: [], rejects: [reject(decoded.reason)] };
  const found = cut(decoded.text);
  if (found === undefined) return { cables: [], rejects: [reject(`not ${what}`)] };
  const { cables, rejects } = readCut(found, nameIn(source));
  return {
    cables: cables.map((read) => ({ ...read, number: null })),
    rejects: rejects.map(({ reason }) => reject(reason)),
  };
}

/** The file's own name, which may give the ID: `pages.zip!07ASTANA2244.txt`. */
function nameIn(source: string): string {
  return source.slice(source.lastIndexOf('!') + 1);
}
