import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { unauthorized } from './problems.ts';

/** What the app and the bot's account prove themselves with. */
export interface Credentials {
  readonly bearerToken: string;
  readonly appKey: string;
  readonly appSecret: string;
  readonly accessToken: string;
  readonly accessSecret: string;
}

export type AuthKind = 'app' | 'user';

const mostSkewSeconds = 300;

/** Who calls, verified by the token or by the OAuth 1.0a signature over method, address and parameters. */
export function openGate(credentials: Credentials) {
  const seen = new Set<string>();
  return (request: IncomingMessage, url: URL): AuthKind => {
    const header = request.headers.authorization ?? '';
    if (header.startsWith('Bearer ')) {
      if (header.slice(7) !== credentials.bearerToken) throw unauthorized();
      return 'app';
    }
    if (!header.startsWith('OAuth ')) throw unauthorized();
    const parts = partsOf(header.slice(6));
    const { oauth_signature: signature, ...signed } = parts;
    if (signed['oauth_consumer_key'] !== credentials.appKey) throw unauthorized();
    if (signed['oauth_token'] !== credentials.accessToken) throw unauthorized();
    if (signed['oauth_signature_method'] !== 'HMAC-SHA1' || signed['oauth_version'] !== '1.0') throw unauthorized();
    if (Math.abs(Date.now() / 1000 - Number(signed['oauth_timestamp'])) > mostSkewSeconds) throw unauthorized();
    const nonce = `${signed['oauth_timestamp']} ${signed['oauth_nonce']}`;
    if (seen.has(nonce)) throw unauthorized();
    seen.add(nonce);
    if (signatureOf(request.method ?? 'GET', url, signed, credentials) !== signature) throw unauthorized();
    return 'user';
  };
}

function partsOf(header: string): Record<string, string> {
  const pairs = [...header.matchAll(/(\w+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name, decodeURIComponent(value ?? '')]));
}

/** RFC 5849, section 3.4. Bodies of JSON are not signed. */
function signatureOf(method: string, url: URL, oauth: Record<string, string>, credentials: Credentials): string {
  const parameters = [...Object.entries(oauth), ...url.searchParams].map(
    ([name, value]) => [encode(name), encode(value)] as const,
  );
  const sorted = parameters.toSorted(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)));
  const list = sorted.map(([name, value]) => `${name}=${value}`).join('&');
  const base = [method, `https://api.x.com${url.pathname}`, list].map(encode).join('&');
  const key = `${encode(credentials.appSecret)}&${encode(credentials.accessSecret)}`;
  return createHmac('sha1', key).update(base).digest('base64');
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
