import type { Mark } from '../ledger/marks.ts';

/** The place behind which a page of a list begins, from the address: `1764000000000~file:1`. */
export function markOf(url: URL): Mark | undefined {
  const [, at, key] = /^(\d{1,15})~(.{1,2000})$/s.exec(url.searchParams.get('after') ?? '') ?? [];
  return at === undefined || key === undefined ? undefined : { at: Number(at), key };
}

export function writtenMark(mark: Mark | undefined): string | undefined {
  return mark && `${mark.at}~${mark.key}`;
}
