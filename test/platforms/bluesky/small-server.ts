import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { serve } from '../../support/serve.ts';

type Answering = (query: URLSearchParams, token: string, body: string) => Answer | undefined;
/** A text is a page. */
type Answer = readonly [status: number, body: object | string];

/**
 * A small server of an account, with logins and the test's own answers, for tests that need no whole network. `called` has the methods in
 * order; an answer of undefined never comes. `GET` and `POST` stand for all methods of that kind.
 */
export async function openSmallServer() {
  const called: string[] = [];
  const answers = new Map<string, Answering>([['com.atproto.server.createSession', () => [200, session]]]);
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const method = pathname.replace('/xrpc/', '');
    called.push(method);
    const missing: Answering = () => [501, { error: 'MethodNotImplemented', message: method }];
    const answer = answers.get(request.method ?? '') ?? answers.get(method) ?? missing;
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const [status, body] = answer(searchParams, token, await text(request)) ?? [];
    const isPage = typeof body === 'string';
    if (status !== undefined)
      response
        .writeHead(status, { 'content-type': isPage ? 'text/html' : 'application/json' })
        .end(isPage ? body : JSON.stringify(body));
  };
  const server = await serve((request, response) => void receive(request, response));
  return {
    url: `http://127.0.0.1:${server.port}`,
    called,
    count: (method: string) => called.filter((name) => name === method).length,
    answer(method: string, how: Answering): void {
      answers.set(method, how);
    },
    /** Takes such an answer back. */
    restore: (method: string) => answers.delete(method),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const jwt = `e30.${Buffer.from(JSON.stringify({ scope: 'com.atproto.appPass', exp: 4_000_000_000 })).toString('base64url')}.x`;
const session = { accessJwt: jwt, refreshJwt: jwt, handle: 'bot.test', did: 'did:plc:bot', active: true };
