import type { VerifiedEvent } from 'nostr-tools/core';
import { finalizeEvent } from 'nostr-tools/pure';
import type { Payload } from '../../core/reply.ts';
import type { KeyPair } from './event.ts';

const note = 1;
const deletion = 5;

/** Builds the event of a reply. Its id depends on the payload alone, so a repeat is the same event. */
export function replyEvent(payload: Payload, keys: KeyPair): VerifiedEvent {
  const event = {
    kind: note,
    created_at: Math.floor(payload.createdAt / 1000),
    tags: [...(payload.alone ? [] : threadTags(payload)), ...labels(payload)],
    content: payload.text,
  };
  return finalizeEvent(event, keys.secret);
}

/** Builds a deletion request (NIP-09). `now` in milliseconds. */
export function deletionEvent(id: string, keys: KeyPair, now: number): VerifiedEvent {
  const tags = [
    ['e', id],
    ['k', String(note)],
  ];
  return finalizeEvent({ kind: deletion, created_at: Math.floor(now / 1000), tags, content: '' }, keys.secret);
}

/** NIP-10: root and parent with their markers, and a p tag for the author alone, not for everybody in the thread. */
function threadTags({ replyTo: { id, thread, authorId, native } }: Payload): string[][] {
  const hint = native?.['relay'] ?? '';
  const author = authorId === undefined ? [] : [authorId];
  const parent = (marker: string) => ['e', id, hint, marker, ...author];
  const marked = thread === id ? [parent('root')] : [['e', thread, hint, 'root'], parent('reply')];
  return [...marked, ...(authorId === undefined ? [] : [['p', authorId]])];
}

/** The parent's content warning (NIP-36), and the language (NIP-32). */
function labels({ language, replyTo: { warning } }: Payload): string[][] {
  const code = language === null ? undefined : /^[a-z]{2}(?=$|-)/i.exec(language)?.[0].toLowerCase();
  return [
    ...(warning === undefined ? [] : [['content-warning', warning]]),
    ...(code === undefined
      ? []
      : [
          ['L', 'ISO-639-1'],
          ['l', code, 'ISO-639-1'],
        ]),
  ];
}
