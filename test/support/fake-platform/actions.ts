import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { FakePlatformOptions } from './options.ts';
import type { PlatformRecord, Posted } from './record.ts';
import type { PlatformState } from './state.ts';

/** What the platform says when nothing gets in the way. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Actions {
  publish(body: unknown, how: Publishing): Answer;
  find(marker: string): Answer;
  replace(id: string, body: unknown): Answer;
  withdraw(id: string): Answer;
}

export interface Publishing {
  readonly idempotencyKey: string | null;
  /** What the platform remembers a key by: see `FakeAddress.tellsTime`. */
  readonly sentAt: number;
  /** The reply can be found only after this long. */
  readonly showsAfterMs: number;
}

const NewReply = z.strictObject({ text: z.string().min(1), inReplyTo: z.string(), marker: z.string().nullish() });
const NewText = z.strictObject({ text: z.string().min(1) });
type NewReply = z.infer<typeof NewReply>;

/** What a call does, at one stroke: nothing else happens between its checks and its entry in the record. */
export function openActions(options: FakePlatformOptions, state: PlatformState, record: PlatformRecord): Actions {
  const { repeat, maxLength = 500, anySource = false } = options;

  /** The reply of an earlier call with this key, as long as the platform keeps its keys. */
  function repeated({ idempotencyKey, sentAt }: Publishing): Posted | undefined {
    const earlier = idempotencyKey === null || repeat === 'doubles' ? undefined : state.byKey.get(idempotencyKey);
    if (earlier === undefined || repeat === 'harmless' || repeat === 'doubles') return earlier;
    return sentAt - earlier.sentAt < repeat.harmlessForMs ? earlier : undefined;
  }

  function refusal({ text, inReplyTo }: NewReply): Answer | undefined {
    if (text.length > maxLength) return refused(422, `a text has at most ${maxLength} characters`);
    const source = state.sources.get(inReplyTo)?.post;
    if (state.deleted.has(inReplyTo)) return refused(404, 'the post was deleted');
    if (source === undefined && !anySource) return refused(404, 'there is no such post');
    if (source !== undefined && state.blocked.has(source.author.id)) return refused(403, 'the author blocks you');
    return undefined;
  }

  return {
    publish(body, how) {
      const parsed = NewReply.safeParse(body);
      if (!parsed.success) return refused(422, 'expected { text, inReplyTo, marker? }');
      const earlier = repeated(how);
      if (earlier !== undefined) return { status: 200, body: shown(earlier) };
      const no = refusal(parsed.data);
      if (no !== undefined) return no;
      const { text, inReplyTo: source, marker = null } = parsed.data;
      const { idempotencyKey, sentAt, showsAfterMs } = how;
      const id = randomUUID();
      const now = Date.now();
      record.write({
        kind: 'posted',
        at: now,
        id,
        marker,
        idempotencyKey,
        sentAt,
        source,
        text,
        showsAt: now + showsAfterMs,
      });
      return { status: 201, body: shown({ id, text, source }) };
    },
    find(marker) {
      const visible = state.marked(marker).filter(({ showsAt }) => showsAt <= Date.now());
      return { status: 200, body: { replies: visible.map(shown) } };
    },
    replace(id, body) {
      const { success, data } = NewText.safeParse(body);
      if (!success) return refused(422, 'expected { text }');
      const reply = state.replies.get(id);
      if (reply === undefined) return refused(404, 'there is no such reply');
      const { text } = data;
      const no = refusal({ text, inReplyTo: reply.source });
      if (no !== undefined) return no;
      record.write({ kind: 'replaced', at: Date.now(), id, text });
      return { status: 200, body: shown({ ...reply, text }) };
    },
    withdraw(id) {
      if (!state.replies.has(id)) return refused(404, 'there is no such reply');
      record.write({ kind: 'withdrawn', at: Date.now(), id });
      return { status: 200, body: { withdrawn: id } };
    },
  };
}

function refused(status: number, error: string): Answer {
  return { status, body: { error } };
}

function shown({ id, text, source }: Pick<Posted, 'id' | 'text' | 'source'>) {
  return { id, text, inReplyTo: source, url: `https://fake.example/replies/${id}` };
}
