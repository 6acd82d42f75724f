import type { ReferenceId } from '../../core/cable.ts';
import { cableOn, readPage } from '../corpus/combined.ts';

const viewerPage = /^https:\/\/(wikileaks\.org\/cable)\/\d{4}\/\d\d\/(\w+)\.html$/;

/** The site of a page of the old viewer, whose links to paragraphs rely on its anchors: `wikileaks.org/cable`. Undefined: another page. */
export function viewerSite(url: string): string | undefined {
  return viewerPage.exec(url)?.[1];
}

/**
 * Says what has become of the old viewer, by what the address of one of its pages leads to now: `leads to plusd`; null: its anchors stand. Undefined:
 * nothing is certain, because the cable is not there (a login, an error page) or has no numbered lines.
 */
export async function fateOfViewer(requested: string, ended: string, text: string): Promise<string | null | undefined> {
  const id = viewerPage.exec(requested)?.[2];
  const found = cableOn(await readPage(text), id as ReferenceId)?.cable;
  if (found === undefined || found.anchors.length === 0) return undefined;
  if (/\sid\s?=\s?["']?par\d/i.test(text)) return null;
  if (found.page === 'plusd') return 'leads to plusd';
  const { host, pathname } = new URL(ended);
  return viewerSite(ended) === undefined
    ? `leads to ${host}${pathname.split('/', 2).join('/')}`
    : 'has other pages now';
}
