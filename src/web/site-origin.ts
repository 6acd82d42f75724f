import type { Web } from '../config/sections/web-section.ts';
import { isLoopback } from '../config/sections/web-section.ts';

/** The host names and origins of this site; a request for any other host name is DNS rebinding. */
export interface SiteOrigin {
  /** `http://127.0.0.1:8190`, for people. */
  readonly url: string;
  /** True for https; cookies are then `Secure`. */
  readonly secure: boolean;
  knowsHost(host: string | undefined): boolean;
  knowsOrigin(origin: string): boolean;
}

/** `port`: the port that the server listens on. */
export function siteOriginOf({ listen, publicUrl }: Pick<Web, 'listen' | 'publicUrl'>, port: number): SiteOrigin {
  const host = (listen ?? '').slice(0, (listen ?? '').lastIndexOf(':'));
  const own = isLoopback(host) ? ['127.0.0.1', 'localhost', '[::1]', host] : [];
  const origins = new Set(own.map((name) => new URL(`http://${name}:${port}`).origin));
  if (publicUrl !== undefined) origins.add(new URL(publicUrl).origin);
  const hosts = new Set([...origins].flatMap(hostsOf));
  return {
    url: publicUrl === undefined ? `http://${host}:${port}` : new URL(publicUrl).origin,
    secure: publicUrl?.startsWith('https:') ?? false,
    knowsHost: (name) => name !== undefined && hosts.has(name.toLowerCase()),
    knowsOrigin: (origin) => origins.has(origin.toLowerCase()),
  };
}

/** How clients write the host of an origin: the scheme's own port may stand there. */
function hostsOf(origin: string): string[] {
  const { host, port, protocol } = new URL(origin);
  return port === '' ? [host, `${host}:${protocol === 'https:' ? 443 : 80}`] : [host];
}
