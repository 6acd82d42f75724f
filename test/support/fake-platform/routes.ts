import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Actions, Answer } from './actions.ts';
import type { CallKind } from './options.ts';
import type { openSources } from './sources.ts';

/** What a call asks for. */
export interface Call {
  readonly kind: CallKind;
  /** The same for calls that are about the same thing. */
  readonly key: string;
  /** `showsAfterMs`: how long what is posted stays hidden. */
  readonly act: (showsAfterMs: number) => Answer;
}

export async function readCall(
  request: IncomingMessage,
  actions: Actions,
  sources: ReturnType<typeof openSources>,
): Promise<Call> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const [, what = '', id] = url.pathname.split('/').map(decodeURIComponent);
  const route = `${request.method} /${what}${id === undefined ? '' : '/:id'}`;
  if (route === 'POST /replies') return publishing(await text(request), request, actions);
  if (route === 'GET /replies') {
    const marker = url.searchParams.get('marker') ?? '';
    return { kind: 'find', key: marker, act: () => actions.find(marker) };
  }
  if (route === 'PUT /replies/:id') {
    const body = jsonOf(await text(request));
    return { kind: 'replace', key: id!, act: () => actions.replace(id!, body) };
  }
  if (route === 'DELETE /replies/:id') return { kind: 'withdraw', key: id!, act: () => actions.withdraw(id!) };
  if (route === 'GET /posts') return { kind: 'read', key: '', act: () => sources.page(url.searchParams.get('after')) };
  if (route === 'GET /posts/:id') return { kind: 'read', key: id!, act: () => sources.one(id!) };
  return { kind: 'read', key: route, act: () => ({ status: 404, body: { error: 'there is no such page' } }) };
}

function publishing(written: string, request: IncomingMessage, actions: Actions): Call {
  const body = jsonOf(written) as { marker?: unknown; inReplyTo?: unknown } | null | undefined;
  const header = request.headers['idempotency-key'];
  const idempotencyKey = typeof header === 'string' ? header : null;
  // What the call is known by, also where it is malformed.
  const key = [body?.marker, body?.inReplyTo].find((name) => typeof name === 'string') ?? '';
  const sentAt = Number(request.headers['sent-at'] ?? Date.now());
  return {
    kind: 'publish',
    key,
    act: (showsAfterMs) => actions.publish(body, { idempotencyKey, sentAt, showsAfterMs }),
  };
}

function jsonOf(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}
