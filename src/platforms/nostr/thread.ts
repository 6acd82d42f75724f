import type { VerifiedEvent } from 'nostr-tools/core';
import * as nip19 from 'nostr-tools/nip19';
import { parse } from 'nostr-tools/nip10';
import { z } from 'zod';
import type { Payload } from '../../core/reply.ts';
import { jsonIn } from '../shared/parse-json.ts';
import { tagValues } from './event.ts';

/** Kinds of events: a note, a deletion request (NIP-09), and a comment on something else than a note (NIP-22). */
export const kinds = { note: 1, deletion: 5, comment: 1111 } as const;
/** What a feed reads. */
export const readKinds: readonly number[] = [kinds.note, kinds.comment];

/** What an event answers. `author`: public key; left out: the event does not say. */
export interface Parent {
  /** Undefined: no event, but an address or a page. */
  readonly id: string | undefined;
  readonly author: string | undefined;
}

/** Where an event is in its thread. Undefined where it begins one. */
export function threadOf(event: VerifiedEvent): { parent: Parent | undefined; root: string | undefined } {
  if (event.kind === kinds.comment) {
    const [root] = ['E', 'A', 'I'].flatMap((name) => tagValues(event, name));
    const [, id, , author] = event.tags.find(([name]) => name === 'e') ?? [];
    return { parent: { id, author }, root };
  }
  const { root, reply } = parse(event);
  const parent = reply ?? root;
  return { parent: parent && { id: parent.id, author: parent.author }, root: (root ?? reply)?.id };
}

/** Of a comment, the tags that name its root: every answer repeats them. They fit into what a post may carry along. */
export function rootTagsOf({ kind, tags }: VerifiedEvent): string | undefined {
  if (kind !== kinds.comment) return undefined;
  const named = ['E', 'A', 'I', 'K', 'P'].flatMap((name) => tags.filter(([tag]) => tag === name).slice(0, 1));
  const written = JSON.stringify(named);
  return written.length <= maxRootTags
    ? written
    : JSON.stringify(named.map(([name, value = '']) => [name, value.slice(0, 200)]));
}

const maxRootTags = 1200;
const RootTags = z.array(z.array(z.string()));

/** Parent and root for a reply, and one p tag for the author alone, not for everybody in the thread: by NIP-10, and by NIP-22 for a comment. */
export function threadTags({ id, thread, authorId, native }: Payload['replyTo']): string[][] {
  const hint = native?.['relay'] ?? '';
  const author = authorId === undefined ? [] : [authorId];
  const people = author.map((key) => ['p', key]);
  const rootTags = native?.['root'];
  if (rootTags !== undefined)
    return [...RootTags.parse(jsonIn(rootTags)), ['e', id, hint, ...author], ['k', String(kinds.comment)], ...people];
  const parent = (marker: string) => ['e', id, hint, marker, ...author];
  const marked = thread === id ? [parent('root')] : [['e', thread, hint, 'root'], parent('reply')];
  return [...marked, ...people];
}

const written = /\b(?:npub1[02-9ac-hj-np-z]{58}|nprofile1[02-9ac-hj-np-z]{58,1000})\b/g;
const maxNames = 100;

/** True if a text names the account (NIP-27). */
export function names(content: string, account: string): boolean {
  return (content.match(written) ?? []).slice(0, maxNames).some((name) => keyIn(name) === account);
}

function keyIn(name: string): string | undefined {
  try {
    const { type, data } = nip19.decode(name);
    return type === 'npub' ? data : type === 'nprofile' ? data.pubkey : undefined;
  } catch {
    return undefined;
  }
}
