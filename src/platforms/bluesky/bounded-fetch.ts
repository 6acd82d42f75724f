import { TooLarge } from '../../net/body.ts';

const maxBytes = 10_000_000;
/** Bodies that must be absent. */
const bodiless = new Set([204, 205, 304]);

/** `fetch` to the account's own server, that ends: in time, in size, and without redirects, which could carry the session elsewhere. */
export function boundedFetch(timeoutMs: number): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, { ...init, redirect: 'error' });
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(request, { signal });
    const body = bodiless.has(response.status) ? null : await readAll(response);
    return new Response(body, { status: response.status, headers: response.headers });
  };
}

async function readAll({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new TooLarge(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
