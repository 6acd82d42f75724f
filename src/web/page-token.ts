import type { PageToken } from '../ledger/db/page-token.ts';

/** The place behind which a page of a list begins, from the address: `1764000000000~file:1`. */
export function tokenOf(url: URL): PageToken | undefined {
  const [, at, key] = /^(\d{1,15})~(.{1,2000})$/s.exec(url.searchParams.get('after') ?? '') ?? [];
  return at === undefined || key === undefined ? undefined : { at: Number(at), key };
}

export function writtenToken(token: PageToken | undefined): string | undefined {
  return token && `${token.at}~${token.key}`;
}
