import type { Entry, Posted, WirePost } from './record.ts';

/** What is on the platform now: a fold of its record. */
export interface PlatformState {
  readonly apply: (entry: Entry) => void;
  /** Replies that were not withdrawn, by id. */
  readonly replies: ReadonlyMap<string, Posted>;
  /** The reply that was posted last under an idempotency key, withdrawn or not. */
  readonly byKey: ReadonlyMap<string, Posted>;
  /** Standing replies with a marker. */
  marked(marker: string): readonly Posted[];
  /** Source posts in the order in which they were made; deleted ones are not in it. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly deleted: ReadonlySet<string>;
  readonly blocked: ReadonlySet<string>;
}

export interface Source {
  readonly post: WirePost;
  /** Position in the feed, from 1. */
  readonly position: number;
}

export function newState(): PlatformState {
  const replies = new Map<string, Posted>();
  const byKey = new Map<string, Posted>();
  const byMarker = new Map<string, Posted[]>();
  const sources = new Map<string, Source>();
  const deleted = new Set<string>();
  const blocked = new Set<string>();
  let position = 0;

  function posted(entry: Posted): void {
    replies.set(entry.id, entry);
    if (entry.idempotencyKey !== null) byKey.set(entry.idempotencyKey, entry);
    if (entry.marker !== null) byMarker.set(entry.marker, [...(byMarker.get(entry.marker) ?? []), entry]);
  }

  function replaced(id: string, text: string): void {
    const reply = replies.get(id);
    if (reply !== undefined) replies.set(id, { ...reply, text });
  }

  function apply(entry: Entry): void {
    if (entry.kind === 'posted') posted(entry);
    if (entry.kind === 'replaced') replaced(entry.id, entry.text);
    if (entry.kind === 'withdrawn') replies.delete(entry.id);
    if (entry.kind === 'blocked') blocked.add(entry.author);
    if (entry.kind === 'source deleted') {
      sources.delete(entry.id);
      deleted.add(entry.id);
    }
    if (entry.kind === 'source') {
      const { post } = entry;
      sources.set(post.id, { post, position: sources.get(post.id)?.position ?? (position += 1) });
    }
  }

  const marked = (marker: string) => (byMarker.get(marker) ?? []).flatMap(({ id }) => replies.get(id) ?? []);
  return { apply, replies, byKey, marked, sources, deleted, blocked };
}
