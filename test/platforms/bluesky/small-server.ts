import { serve } from '../../support/serve.ts';

type Answering = (query: URLSearchParams, token: string) => Answer | undefined;
type Answer = readonly [status: number, body: object];

/**
 * A small server of an account, with logins and the test's own answers, for tests that need no whole network. `called` has the methods in
 * order; an answer of undefined never comes.
 */
export async function openSmallServer() {
  const called: string[] = [];
  const answers = new Map<string, Answering>([['com.atproto.server.createSession', () => [200, session]]]);
  const server = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const method = pathname.replace('/xrpc/', '');
    called.push(method);
    const answer = answers.get(method) ?? (() => [501, { error: 'MethodNotImplemented', message: method }]);
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const [status, body] = answer(searchParams, token) ?? [];
    if (status !== undefined)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    called,
    count: (method: string) => called.filter((name) => name === method).length,
    answer(method: string, how: Answering): void {
      answers.set(method, how);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const jwt = `e30.${Buffer.from(JSON.stringify({ scope: 'com.atproto.appPass', exp: 4_000_000_000 })).toString('base64url')}.x`;
const session = { accessJwt: jwt, refreshJwt: jwt, handle: 'bot.test', did: 'did:plc:bot', active: true };
