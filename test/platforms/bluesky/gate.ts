import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A request on its way to the real server, in the test's hands. */
export interface Exchange {
  readonly body: string;
  /** The real server's response. */
  readonly forward: () => Promise<{ status: number; headers: Record<string, string>; body: string }>;
  readonly answer: (status: number, body: unknown, headers?: Record<string, string>) => void;
  /** The connection breaks. */
  readonly cut: () => void;
}

export type Rule = (exchange: Exchange) => unknown;

/**
 * Stands before a real server and lets all through, but where a rule for a method says otherwise. `seenAs`: where it is reached, if that is
 * another address than its own.
 */
export async function openGate(target: string, { seenAs }: { seenAs?: () => string } = {}) {
  const rules = new Map<string, Rule>();
  const passed: string[] = [];
  const server = createServer((request, response) => {
    void pass(request, response).catch(() => response.destroy());
  });

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { method = 'GET', url = '/' } = request;
    const name = /^\/xrpc\/([\w.]+)/.exec(url)?.[1] ?? url;
    passed.push(name);
    const answer: Exchange['answer'] = (status, content, headers = {}) => {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      const type = typeof content === 'string' ? 'text/plain' : 'application/json';
      response.writeHead(status, { 'content-type': type, ...headers }).end(text);
    };
    const exchange: Exchange = {
      body: body.toString(),
      answer,
      cut: () => request.socket.resetAndDestroy(),
      async forward() {
        const { authorization, 'content-type': type } = request.headers;
        const answered = await fetch(`${target}${url}`, {
          method,
          headers: { ...(authorization && { authorization }), ...(type && { 'content-type': type }) },
          ...(method === 'POST' && body.length > 0 && { body: new Uint8Array(body) }),
        });
        const kept = [...answered.headers].filter(([header]) =>
          /^(content-type|ratelimit|retry-after|date)/.test(header),
        );
        // The account's document says where its server is: here.
        const text = (await answered.text()).replaceAll(target, seenAs?.() ?? gate.url);
        return { status: answered.status, headers: Object.fromEntries(kept), body: text };
      },
    };
    const rule = rules.get(name);
    if (rule !== undefined) return void (await rule(exchange));
    const { status, headers, body: text } = await exchange.forward();
    answer(status, text, headers);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const gate = {
    url: `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`,
    /** Methods that came by, in order. */
    passed,
    /** From now on; without a rule all is let through again. */
    rule(method: string, rule?: Rule): void {
      if (rule === undefined) rules.delete(method);
      else rules.set(method, rule);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return gate;
}
