interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Subdomains get it too. */
  readonly isShared: boolean;
}

/**
 * The cookies of one exchange (RFC 6265): sites that set one and redirect to the same page want to see it. Paths and lifetimes do not matter
 * for the seconds that an exchange takes, nor public suffixes, since a server can as well put what it says into the redirect.
 */
export function openCookieJar() {
  const jar = new Map<string, Cookie>();
  return {
    /** `lines`: the values of `Set-Cookie`. */
    take(host: string, lines: readonly string[]): void {
      for (const line of lines.slice(0, 50)) {
        const cookie = cookieIn(line.slice(0, 4096), host);
        if (cookie !== undefined) jar.set(`${cookie.domain} ${cookie.name}`, cookie);
      }
    },
    /** The header of a request to `host`: none if it has no cookies. */
    header(host: string): { cookie?: string } {
      const own = [...jar.values()].filter(
        ({ domain, isShared }) => host === domain || (isShared && host.endsWith(`.${domain}`)),
      );
      const pairs = own.filter(({ value }) => value !== '').map(({ name, value }) => `${name}=${value}`);
      return pairs.length === 0 ? {} : { cookie: pairs.join('; ').slice(0, 8192) };
    },
  };
}

function cookieIn(line: string, host: string): Cookie | undefined {
  const [, name = '', value = ''] = /^\s*([^\s=;]+)=([\x21-\x3a\x3c-\x7e]*)\s*(?:;|$)/.exec(line) ?? [];
  const domain = /;\s*domain=\.?([^\s;]+)/i.exec(line)?.[1]?.toLowerCase();
  if (name === '' || (domain !== undefined && domain !== host && !host.endsWith(`.${domain}`))) return undefined;
  return { name, value, domain: domain ?? host, isShared: domain !== undefined };
}
