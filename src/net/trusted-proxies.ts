import ipaddr from 'ipaddr.js';

/** True if the address is one of the networks or in one: `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`. */
export function isIn(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return networks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(
      network.includes('/') ? network : `${network}/${network.includes(':') ? 128 : 32}`,
    );
    return base.kind() === parsed.kind() && parsed.match(base, bits);
  });
}

/**
 * The client of a request, for counting: the last hop of `X-Forwarded-For` that is no trusted proxy. What stands before it is the client's own
 * word. A peer that is not trusted is the client itself.
 */
export function clientBehind(
  trusted: readonly string[],
  { peer, forwardedFor = '' }: { readonly peer: string; readonly forwardedFor?: string | undefined },
): string {
  let client = peer;
  for (const hop of forwardedFor.split(',').toReversed()) {
    const address = withoutPort(hop.trim());
    if (!isIn(client, trusted) || !ipaddr.isValid(address)) break;
    client = address;
  }
  return networkOf(client);
}

/** An IPv4 address, or the /64 of an IPv6 address: one customer has all of it. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6
    ? `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()}/64`
    : parsed.toString();
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  return hop.replace(/^\[(.+)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
}
