import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { serve } from '../serve.ts';
import { type Call, type FakeState, answerCall } from './calls.ts';
import { type FakeAccount, type FakeOptions, type FakeStatus, asMastodon } from './state.ts';
import { openStreaming } from './streaming.ts';

/** Answers a call in the server’s place; false: the server answers itself. */
export type Mood = (call: Call, response: ServerResponse) => boolean;

/** A strict server on 127.0.0.1, for what snac has not: limits, streams, keys, deletion, rules, and faults of all kinds. */
export async function openFakeMastodon(changes: Partial<FakeOptions> = {}) {
  const options: FakeOptions = { ...asMastodon, ...changes };
  const people = new Map<string, FakeAccount>();
  const statuses: FakeStatus[] = [];
  const calls: Call[] = [];
  const keys = new Map<string, FakeStatus>();
  const spent = { count: 0, resetAt: Date.now() + 300_000 };
  let mood: Mood = () => false;
  let serial = 0;
  const server = await serve((request, response) => void receive(request, response));
  const url = `http://127.0.0.1:${server.port}`;
  const state: FakeState = {
    url,
    options,
    people,
    statuses,
    keys,
    spent,
    write,
    remove,
    streamingUrl: () => streaming.url,
  };
  const streaming = await openStreaming(url, people);

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const written = await readText(request);
    const call: Call = {
      method: request.method ?? 'GET',
      path: pathname,
      query: searchParams,
      headers: request.headers,
      body: written === '' ? {} : (JSON.parse(written) as Record<string, unknown>),
    };
    calls.push(call);
    if (!mood(call, response)) answerCall(call, response, state);
  }

  /** Ids grow with time, as Mastodon’s do; `at` may lie in the past, as of a post that comes late from another server. */
  function newId(at: number): string {
    serial += 1;
    return String(BigInt(at) * 65_536n + BigInt(serial % 65_536));
  }

  function write(by: FakeAccount, text: string, more: Partial<FakeStatus> = {}): FakeStatus {
    const createdAt = more.createdAt ?? Date.now();
    const status: FakeStatus = {
      id: newId(createdAt),
      by,
      text,
      visibility: 'public',
      spoilerText: '',
      language: 'en',
      inReplyToId: null,
      editedAt: null,
      ...more,
      createdAt,
    };
    statuses.push(status);
    statuses.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    streaming.emit(status, 'update');
    return status;
  }

  function remove(status: FakeStatus): void {
    statuses.splice(statuses.indexOf(status), 1);
    streaming.emit(status, 'delete');
  }

  return {
    ...state,
    port: server.port,
    allow: server.allow,
    calls,
    join(name: string): FakeAccount {
      const id = String(100 + people.size);
      const account = {
        id,
        name,
        token: `token-of-${name}`,
        bot: false,
        note: '',
        filtered: false,
        blocks: new Set<string>(),
      };
      people.set(name, account);
      return account;
    },
    edit(status: FakeStatus, text: string): void {
      status.text = text;
      status.editedAt = Math.max(Date.now(), (status.editedAt ?? 0) + 1);
      streaming.emit(status, 'status.update');
    },
    behave(next: Mood): void {
      mood = next;
    },
    streaming,
    /** Resolves once a client has subscribed to all of these, such as `hashtag:cablegate`. */
    async subscribed(...streams: string[]): Promise<void> {
      while (!streams.every((stream) => streaming.has(stream))) await once(streaming.changes, 'change');
    },
    async [Symbol.asyncDispose]() {
      await streaming.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
