import { serve } from '../../support/serve.ts';

type Answer = readonly [status: number, body: object];

/**
 * An account's server that knows logins and what the test tells it, where a whole network would be too much. `called` has the methods in
 * order; an answer of undefined never comes.
 */
export async function openSmallServer() {
  const called: string[] = [];
  const answers = new Map<string, () => Answer | undefined>([
    ['com.atproto.server.createSession', () => [200, session]],
  ]);
  const server = await serve((request, response) => {
    const method = /^\/xrpc\/([\w.]+)/.exec(request.url ?? '')?.[1] ?? '';
    called.push(method);
    const answer = answers.get(method) ?? (() => [501, { error: 'MethodNotImplemented', message: method }]);
    const [status, body] = answer() ?? [];
    if (status !== undefined)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    called,
    count: (method: string) => called.filter((name) => name === method).length,
    answer(method: string, how: () => Answer | undefined): void {
      answers.set(method, how);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const jwt = `e30.${Buffer.from(JSON.stringify({ scope: 'com.atproto.appPass', exp: 4_000_000_000 })).toString('base64url')}.x`;
const session = { accessJwt: jwt, refreshJwt: jwt, handle: 'bot.test', did: 'did:plc:bot', active: true };
