import { canonicalReferenceId } from '../cables/ids/reference-id.ts';
import { storable } from '../core/storable.ts';
import { Thread } from '../core/thread.ts';

/** The cable page to which a link must lead. */
export interface LinkTarget {
  readonly cable: string;
  /** `https://pilcrow.example.org/cable/07ASTANA2244` */
  readonly page: string;
}

/** An external page; `url` is the base of its relative links. */
export interface SourcePage {
  readonly html: string;
  readonly url: string;
  readonly target: LinkTarget;
}

/** Title and site of an external page (empty: not declared), and whether it links to the cable page. */
export interface ReadSource {
  readonly title: string;
  readonly site: string;
  readonly links: boolean;
}

const reader = new Thread<SourcePage, ReadSource>(new URL('./source-reader.ts', import.meta.url), {
  deadlineMs: 5000,
  maxHeapMb: 256,
});

/** Reads an external page in a thread of its own. Errors: ThreadError for a page that takes too much time or memory. */
export function readSource(html: string, url: string, { cable, page }: LinkTarget): Promise<ReadSource> {
  return reader.run({ html, url, target: { cable, page } });
}

export const maxNameLength = 300;

/** An external title or name, on one line and shortened. */
export function nameIn(text: string): string {
  return storable(text.replaceAll(/\s+/g, ' ').trim().slice(0, maxNameLength));
}

/** The cable whose page has this URL; undefined: it is not the URL of a cable page. */
export function cableIn({ pathname }: URL): string | undefined {
  const written = /^\/cable\/([^/]{1,200})\/?$/.exec(pathname)?.[1];
  if (written === undefined) return undefined;
  try {
    return canonicalReferenceId(decodeURIComponent(written));
  } catch {
    return undefined;
  }
}
