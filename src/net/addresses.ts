import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { PermanentError } from '../core/errors.ts';

/** All addresses of a name, in the order in which to try them. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

export const dnsLookup: Lookup = (hostname) => systemLookup(hostname, { all: true });

/** The addresses to connect to, from one DNS lookup, each public unless `HOST:PORT` is an exception. Errors: PermanentError with the reason. */
export async function checkedAddresses(
  hostname: string,
  port: number,
  exceptions: ReadonlySet<string>,
  lookup: Lookup,
): Promise<readonly LookupAddress[]> {
  const family = isIP(hostname);
  const addresses = family === 0 ? await lookup(hostname) : [{ address: hostname, family }];
  if (addresses.length === 0) throw new Error(`${hostname} has no address`);
  if (exceptions.has(normalizeHostPort(`${hostname}:${port}`))) return addresses;
  for (const { address } of addresses) {
    const fault = notPublic(address);
    if (fault === null) continue;
    const where = hostname === address ? address : `${hostname} (${address})`;
    throw new PermanentError(`${where} is ${fault}: not fetched (only public addresses are allowed)`);
  }
  return addresses;
}

/** Normalizes `HOST:PORT`: URLs put IPv6 hosts in brackets, sockets do not. */
export function normalizeHostPort(hostAndPort: string): string {
  return hostAndPort.toLowerCase().replaceAll(/[[\]]/g, '');
}

/** Why an address is not on the public internet, in rangeNames; null: it is. */
export function notPublic(address: string): string | null {
  // An address with a zone (`fe80::1%eth0`) is valid on one link only.
  if (!ipaddr.isValid(address) || address.includes('%')) return 'not a plain address';
  const parsed = ipaddr.parse(address);
  return parsed instanceof ipaddr.IPv6 ? notPublicV6(parsed) : notPublicV4(parsed);
}

function notPublicV4(address: ipaddr.IPv4): string | null {
  const range = address.range();
  return range === 'unicast' ? null : (rangeNames[range] ?? range);
}

function notPublicV6(address: ipaddr.IPv6): string | null {
  const inner = embeddedV4(address);
  if (inner) return notPublicV4(inner);
  const range = address.range();
  if (range !== 'unicast') return rangeNames[range] ?? range;
  // IANA allocates only 2000::/3 for the public internet (RFC 4291); `::127.0.0.1` and the like are outside it.
  return address.match(globalUnicast, 3) ? null : 'outside global unicast';
}

const globalUnicast = ipaddr.IPv6.parse('2000::');

/** The IPv4 address in `::ffff:a.b.c.d` (mapped) or `64:ff9b::a.b.c.d` (NAT64, RFC 6052, which reaches every IPv4 site). */
function embeddedV4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const nat64 = ipaddr.IPv6.parse('64:ff9b::');
  return address.match(nat64, 96) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : null;
}

const rangeNames: Readonly<Record<string, string>> = {
  linkLocal: 'link-local',
  carrierGradeNat: 'carrier-grade NAT',
  uniqueLocal: 'unique-local',
  deprecatedSiteLocal: 'site-local',
  rfc6052: 'NAT64',
  rfc6145: 'IPv4-translated',
  teredo: 'Teredo',
};
