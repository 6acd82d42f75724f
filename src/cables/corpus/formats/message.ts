import { isHtml } from '../../parse/parse-document.ts';
import { messageText } from '../../parse/header/message-text.ts';
import { documentFormat } from './documents.ts';

/** The bare message, as archive.org has it (with U+FFFD for ¶): its ID is in the text or is the file's name. */
export const message = documentFormat(
  'the text of a message',
  (head) => !isHtml(head) && messageText(head) !== undefined,
  messageText,
);
