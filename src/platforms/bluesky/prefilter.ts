import { type Change, type Page, type Post, type Reject, postKey } from '../../core/post.ts';
import type { Commit, StreamEvent, Spoken } from './stream-event.ts';
import type { Listener } from './tags.ts';
import { type Found, addresses, linksOf, readRecord, rejectOf, toPost } from './to-post.ts';
import { type AuthorView, PostUri, didOf } from './wire.ts';

/** What of a batch is worth a post. */
export type Filtered =
  | { readonly kind: 'post' | 'edit'; readonly found: Found }
  | { readonly kind: 'delete'; readonly uri: string }
  | { readonly kind: 'reject'; readonly reject: Reject };

/** Deletions and edits all come: what they touch was perhaps kept. `bot`: the account's DID, whose own posts are left out. */
export function prefilter(
  batch: readonly Spoken[],
  host: string,
  listener: Listener,
  bot: string | undefined,
): Filtered[] {
  const filtered: Filtered[] = [];
  for (const record of batch) {
    if ('fault' in record) filtered.push({ kind: 'reject', reject: rejectOf(host, record.fault, record.raw) });
    if (!('commit' in record) || record.commit === undefined) continue;
    const one = filterCommit(record, record.commit, listener, bot);
    if (one !== undefined) filtered.push(one);
  }
  return filtered;
}

/** The posts of a page, and what became of others. */
export function contentOf(
  filtered: readonly Filtered[],
  bot: string | undefined,
  authorOf: (did: string) => AuthorView | undefined,
): Omit<Page, 'cursor'> {
  const post = (found: Found): Post => toPost(found, bot, { author: authorOf(didOf(found.uri)) });
  const changes = filtered.flatMap((one): Change[] => {
    if (one.kind === 'edit') return [{ kind: 'edit', post: post(one.found) }];
    return one.kind === 'delete' ? [{ kind: 'delete', key: postKey('bluesky', one.uri) }] : [];
  });
  return {
    posts: filtered.flatMap((one) => (one.kind === 'post' ? [post(one.found)] : [])),
    rejects: filtered.flatMap((one) => (one.kind === 'reject' ? [one.reject] : [])),
    ...(changes.length > 0 && { changes }),
  };
}

function filterCommit(
  { timeUs }: StreamEvent,
  commit: Commit,
  listener: Listener,
  bot: string | undefined,
): Filtered | undefined {
  const { operation, uri, cid, record } = commit;
  if (bot !== undefined && didOf(uri) === bot) return undefined;
  if (operation === 'delete') return { kind: 'delete', uri };
  if (operation === 'create' && !atAGlance(record, listener, bot)) return undefined;
  const read = PostUri.safeParse(uri).success ? readRecord(record) : 'not the address of a post';
  if (typeof read === 'string') return { kind: 'reject', reject: rejectOf(uri, read, record) };
  const found = { uri, cid, record: read, seenAt: Math.floor(timeUs / 1000) };
  if (operation === 'update') return { kind: 'edit', found };
  return addresses(read, bot) || listener.accepts(read, linksOf(read)) ? { kind: 'post', found } : undefined;
}

interface Glance {
  readonly text?: unknown;
  readonly tags?: unknown;
  readonly facets?: unknown;
  readonly embed?: { readonly external?: { readonly uri?: unknown } | null } | null;
  readonly reply?: { readonly parent?: { readonly uri?: unknown } | null } | null;
}

/** Whether it is worth reading closely: thousands a second are not. What is no post at all is, for it is told of. */
export function atAGlance(record: unknown, { may }: Pick<Listener, 'may'>, bot: string | undefined): boolean {
  if (typeof record !== 'object' || record === null) return true;
  const { text, tags, facets, embed, reply } = record as Glance;
  if (typeof text !== 'string' || may(text)) return true;
  if (Array.isArray(tags) && tags.some((tag) => typeof tag === 'string' && may(tag))) return true;
  const card = embed?.external?.uri;
  if (typeof card === 'string' && may(card)) return true;
  const parent = bot === undefined ? undefined : reply?.parent?.uri;
  if (typeof parent === 'string' && didOf(parent) === bot) return true;
  if (!Array.isArray(facets)) return false;
  for (const facet of facets) if (isOfInterest(facet, may, bot)) return true;
  return false;
}

function isOfInterest(facet: unknown, may: Listener['may'], bot: string | undefined): boolean {
  const features = (facet as { features?: unknown } | null)?.features;
  if (!Array.isArray(features)) return false;
  for (const feature of features) {
    const { tag, uri, did } = (feature ?? {}) as { tag?: unknown; uri?: unknown; did?: unknown };
    if (did !== undefined && did === bot) return true;
    if ((typeof tag === 'string' && may(tag)) || (typeof uri === 'string' && may(uri))) return true;
  }
  return false;
}
