import type { ServerResponse } from 'node:http';
import type { Answer } from './actions.ts';
import type { PlatformRecord, WireAuthor, WirePost } from './record.ts';
import type { PlatformState } from './state.ts';

/** What happens to source posts, as the stream tells it. */
export type SourceEvent =
  { readonly kind: 'post' | 'edit'; readonly post: WirePost } | { readonly kind: 'delete'; readonly id: string };

/** The people of the platform, in the test's hands. */
export interface People {
  post(post: { id: string; text: string; author?: string; mentionsBot?: boolean; createdAt?: number }): WirePost;
  edit(id: string, text: string): void;
  delete(id: string): void;
  /** The bot gets 403 for whatever it answers this author from now on. */
  block(author: string): void;
  /** Somebody answers a reply of the bot, addressing it. */
  answer(reply: { to: string; id: string; text: string; author: string }): WirePost;
}

/** Posts of a page of `GET /posts`. */
const pageSize = 40;

export function openSources(state: PlatformState, record: PlatformRecord) {
  const listeners = new Set<ServerResponse>();

  function emit(event: SourceEvent): void {
    for (const listener of listeners) listener.write(`${JSON.stringify(event)}\n`);
  }

  function put(event: 'post' | 'edit', post: WirePost): WirePost {
    record.write({ kind: 'source', at: Date.now(), event, post });
    emit({ kind: event, post });
    return post;
  }

  const people: People = {
    post({ id, text, author = 'ada', mentionsBot = false, createdAt = Date.now() }) {
      return put('post', newPost({ id, text, author, mentionsBot, createdAt, inReplyTo: null, thread: id }));
    },
    edit(id, text) {
      const post = state.sources.get(id)?.post;
      if (post === undefined) throw new Error(`there is no post ${id} to edit`);
      put('edit', { ...post, text, editedAt: Date.now() });
    },
    delete(id) {
      record.write({ kind: 'source deleted', at: Date.now(), id });
      emit({ kind: 'delete', id });
    },
    block(author) {
      record.write({ kind: 'blocked', at: Date.now(), author });
    },
    answer({ to, id, text, author }) {
      const reply = state.replies.get(to);
      if (reply === undefined) throw new Error(`there is no reply ${to} to answer`);
      const thread = state.sources.get(reply.source)?.post.thread ?? reply.source;
      return put(
        'post',
        newPost({ id, text, author, mentionsBot: true, createdAt: Date.now(), inReplyTo: to, thread }),
      );
    },
  };

  return {
    people,
    /** `GET /posts?after=`: what stands now, in the order in which it was made. A cursor is a position. */
    page(after: string | null): Answer {
      const from = after === null ? 0 : Number(after);
      if (!Number.isSafeInteger(from) || from < 0) return { status: 422, body: { error: 'no such cursor' } };
      const later = [...state.sources.values()].filter(({ position }) => position > from).slice(0, pageSize);
      return {
        status: 200,
        body: { posts: later.map(({ post }) => post), cursor: String(later.at(-1)?.position ?? from) },
      };
    },
    one(id: string): Answer {
      const post = state.sources.get(id)?.post;
      return post === undefined
        ? { status: 404, body: { error: 'there is no such post' } }
        : { status: 200, body: post };
    },
    /** What happens from now on, a JSON object a line; what happened before is not told. */
    stream(response: ServerResponse): void {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders();
      listeners.add(response);
      response.once('close', () => listeners.delete(response));
    },
    /** How many listen to the stream. */
    listening: () => listeners.size,
  };
}

function newPost(fields: Omit<WirePost, 'author' | 'editedAt'> & { author: string }): WirePost {
  const author: WireAuthor = { id: fields.author, handle: fields.author, bot: false };
  return { ...fields, author, editedAt: null };
}
