import { z } from 'zod';
import { messageOf, PermanentError, RetryLater } from '../../../src/core/errors.ts';
import { type Change, type Post, postKey } from '../../../src/core/post.ts';
import { type Payload, Published } from '../../../src/core/reply.ts';
import type { Context, Feed, Publisher, Repeat } from '../../../src/platforms/platform.ts';

const Wire = z.object({
  id: z.string(),
  author: z.object({ id: z.string(), handle: z.string(), bot: z.boolean() }),
  text: z.string(),
  createdAt: z.number(),
  inReplyTo: z.string().nullable(),
  thread: z.string(),
  mentionsBot: z.boolean(),
});
const WirePage = z.object({ posts: z.array(Wire), cursor: z.string() });
const Found = z.object({ replies: z.array(Published) });
const WireEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['post', 'edit']), post: Wire }),
  z.object({ kind: z.literal('delete'), id: z.string() }),
]);

/** What the stream tells. */
export type SourceChange = { readonly kind: 'post'; readonly post: Post } | Change;

/** What a client of the platform must know of it. */
export interface FakeAddress {
  readonly url: string;
  readonly repeat: Repeat;
  readonly maxLength?: number;
  /** Each call says when it was sent: the platform then remembers keys by the sender's clock, and a slow machine makes no call late. */
  readonly tellsTime?: boolean;
  /** Replies can be edited. */
  readonly edits?: boolean;
  /** The account that replies; left out, there is none, and a lost reply is not looked for. */
  readonly self?: string;
}

export function fakePublisher({
  url,
  repeat,
  maxLength = 500,
  tellsTime = false,
  edits = false,
  self,
}: FakeAddress): Publisher & AsyncDisposable {
  return {
    limits: { maxLength, length: (text) => text.length },
    repeat,
    ...(self !== undefined && { self }),
    async publish({ key, text, idempotencyKey, replyTo }, signal) {
      if (signal.aborted) throw new RetryLater('the bot is stopping', 1000);
      const response = await reach(`${url}/replies`, {
        method: 'POST',
        signal,
        headers: {
          'content-type': 'application/json',
          'idempotency-key': encodeURIComponent(idempotencyKey),
          ...(tellsTime ? { 'sent-at': String(Date.now()) } : {}),
        },
        body: JSON.stringify({ text, inReplyTo: replyTo.id, marker: key }),
      });
      return Published.parse(await bodyOf(response));
    },
    async find({ key }, signal) {
      const response = await reach(`${url}/replies?marker=${encodeURIComponent(key)}`, { signal });
      const [first] = Found.parse(await bodyOf(response)).replies;
      return first ?? 'absent';
    },
    async withdraw({ id }, signal) {
      const response = await reach(`${url}/replies/${encodeURIComponent(id)}`, { method: 'DELETE', signal });
      // Gone already is as good as gone now.
      if (response.status === 404) await response.body?.cancel();
      else await bodyOf(response);
    },
    ...(edits && {
      async replace({ id }: Published, { text }: Payload, signal: AbortSignal) {
        const body = JSON.stringify({ text });
        const headers = { 'content-type': 'application/json' };
        const request = { method: 'PUT', signal, headers, body };
        return Published.parse(await bodyOf(await reach(`${url}/replies/${encodeURIComponent(id)}`, request)));
      },
    }),
    [Symbol.asyncDispose]: async () => {},
  };
}

export function fakeFeed({ url }: FakeAddress): Feed & AsyncDisposable {
  return {
    async *pages(after, signal) {
      for (let cursor = after; ;) {
        const query = cursor === undefined ? '' : `?after=${encodeURIComponent(cursor)}`;
        const page = WirePage.parse(await bodyOf(await reach(`${url}/posts${query}`, { signal })));
        if (page.posts.length === 0) return;
        cursor = page.cursor;
        yield { posts: page.posts.map(toPost), rejects: [], cursor };
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

export function fakeContext({ url }: FakeAddress): Context {
  return {
    async posts(refs, signal) {
      const answers = refs.map(async ({ id }) => {
        const response = await reach(`${url}/posts/${encodeURIComponent(id)}`, { signal });
        const found = response.status === 404 ? 'gone' : toPost(Wire.parse(await bodyOf(response)));
        if (found === 'gone') await response.body?.cancel();
        return [id, found] as const;
      });
      return new Map(await Promise.all(answers));
    },
  };
}

/** What happens on the platform from now on, until the signal or the platform ends it. */
export async function* fakeStream({ url }: FakeAddress, signal: AbortSignal): AsyncGenerator<SourceChange> {
  const response = await fetch(`${url}/stream`, { signal });
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = WireEvent.parse(JSON.parse(line));
      if (event.kind === 'delete') yield { kind: 'delete', key: postKey('fake', event.id) };
      else if (event.kind === 'edit') yield { kind: 'edit', post: toPost(event.post) };
      else yield { kind: 'post', post: toPost(event.post) };
    }
  }
}

/** Errors: RetryLater where nobody listened, so that nothing can have been taken; what `fetch` throws otherwise. */
async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const refused = cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
    if (refused) throw new RetryLater('the platform refuses connections', 200, { cause: error });
    throw new Error(`no answer: ${messageOf(cause ?? error)}`, { cause: error });
  }
}

/**
 * What a good answer holds. Errors: RetryLater (429) and PermanentError (other 4xx) are the platform's word that it did nothing;
 * 5xx and what cannot be read say nothing about that.
 */
async function bodyOf(response: Response): Promise<unknown> {
  const { status } = response;
  const written = await response.text();
  if (status === 429) throw new RetryLater('429 too many calls', waitOf(response.headers), { account: true });
  if (status >= 400 && status < 500) throw new PermanentError(`${status} ${written.slice(0, 100)}`);
  if (status >= 300) throw new Error(`${status} ${written.slice(0, 100)}`);
  return JSON.parse(written) as unknown;
}

/** Rounded up: a timer may end within the last millisecond. */
function waitOf(headers: Headers): number {
  return Math.ceil(Number(headers.get('x-ratelimit-reset-after') ?? 60) * 1000) + 1;
}

function toPost({ id, author, text, createdAt, inReplyTo, thread, mentionsBot }: z.infer<typeof Wire>): Post {
  return {
    key: postKey('fake', id),
    platform: 'fake',
    id,
    url: `https://fake.example/posts/${id}`,
    author: { ...author, name: null },
    text,
    language: null,
    createdAt,
    hashtags: [...text.matchAll(/#([\p{L}\p{N}_]+)/gu)].map((match) => match[1]!),
    links: [],
    summoned: mentionsBot,
    repost: false,
    visibility: 'public',
    inReplyTo,
    thread,
  };
}
