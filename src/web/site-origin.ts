import type { Web } from '../config/sections/web-section.ts';
import { isLoopback } from '../config/sections/web-section.ts';

/** Under which names the site is reached. A request for any other comes by way of a name that somebody else turned to this machine. */
export interface SiteOrigin {
  /** `http://127.0.0.1:8190`, for people. */
  readonly url: string;
  /** By https: cookies are for it alone. */
  readonly secure: boolean;
  knowsHost(host: string | undefined): boolean;
  knowsOrigin(origin: string): boolean;
}

/** `port`: the one that is listened on, where the configuration leaves it open. */
export function siteOriginOf({ listen, publicUrl }: Pick<Web, 'listen' | 'publicUrl'>, port: number): SiteOrigin {
  const host = (listen ?? '').slice(0, (listen ?? '').lastIndexOf(':'));
  const own = isLoopback(host) ? ['127.0.0.1', 'localhost', '[::1]', host] : [];
  const origins = new Set(own.map((name) => new URL(`http://${name}:${port}`).origin));
  if (publicUrl !== undefined) origins.add(new URL(publicUrl).origin);
  const hosts = new Set([...origins].map((origin) => new URL(origin).host));
  return {
    url: publicUrl === undefined ? `http://${host}:${port}` : new URL(publicUrl).origin,
    secure: publicUrl?.startsWith('https:') ?? false,
    knowsHost: (name) => name !== undefined && hosts.has(name.toLowerCase()),
    knowsOrigin: (origin) => origins.has(origin.toLowerCase()),
  };
}
