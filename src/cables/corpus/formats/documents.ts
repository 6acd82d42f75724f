import type { Format } from '../../parse/raw-cable.ts';
import { readCut } from '../../parse/parse-document.ts';
import type { CorpusFormat, Portion, Readout } from './format.ts';
import { textOf } from './text.ts';

/** A format whose source is one document: `what` it would be, for the reject of one that is not. */
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

/** The file's own name, which may tell the ID: `pages.zip!07ASTANA2244.txt`. */
function nameIn(source: string): string {
  return source.slice(source.lastIndexOf('!') + 1);
}
