import type { CableCopy, Cut } from '../../parse/raw-cable.ts';
import { splitMessage } from '../../parse/header/message-text.ts';
import { documentFormat } from './documents.ts';

const topSource = String.raw`^\uFEFF?([0-9]{2,4}[A-Z0-9'-]{2,60})[ \t]*\r?\n([^\r\n]{0,2000})\r?\n([A-Z][a-z]{2} [A-Z][a-z]{2} [^\r\n]{5,40}|\d{4}-\d\d-\d\d[^\r\n]{0,40})\r?\n`;
const levelSource = String.raw`((?:UNCLASSIFIED|CONFIDENTIAL|SECRET)[^\r\n]{0,40})\r?\n([^\r\n]{2,60})(?:\r?\n|$)`;
const startPattern = new RegExp(topSource + levelSource);

/**
 * A text of the mirror `alx/cablegate`: five lines (ID, subject, date in Ruby's format, classification, origin), then header and body,
 * which run together without a line break: `... is not available.UNCLAS ADANA 0397`.
 */
export const mirror = documentFormat('a text of a mirror', (head) => startPattern.test(head), mirrorText);

function mirrorText(text: string): Cut | undefined {
  const start = startPattern.exec(text);
  if (start === null) return undefined;
  const [top, id = '', title = '', created = '', classification = '', origin = ''] = start;
  const message = splitAtJoin(text.slice(top.length));
  if (message.header === '' && message.body.length === 0)
    return { copies: [], rejects: [{ reason: `text of ${id}: no message below its five lines` }] };
  const copy: CableCopy = {
    writtenId: id,
    title: title.trim() || null,
    created,
    released: null,
    classification: classification.trim(),
    origin: origin.trim(),
    ...message,
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
