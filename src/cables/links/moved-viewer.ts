import type { ReferenceId } from '../../core/cable.ts';
import { cableOn, readPage } from '../corpus/combined.ts';
import { viewerPageOf } from './viewer-pages.ts';

/**
 * Says what has become of the old viewer, by what the address of one of its pages leads to now: `leads to plusd`; null: its anchors stand. Undefined:
 * nothing is certain, because the cable is not there (a login, an error page) or has no numbered lines.
 */
export async function fateOfViewer(requested: string, ended: string, text: string): Promise<string | null | undefined> {
  const id = viewerPageOf(requested)?.id;
  const found = cableOn(await readPage(text), id as ReferenceId)?.cable;
  if (found === undefined || found.anchors.length === 0) return undefined;
  if (/\sid\s?=\s?["']?par\d/i.test(text)) return null;
  if (found.page === 'plusd') return 'leads to plusd';
  const { host, pathname } = new URL(ended);
  return viewerPageOf(ended) === undefined
    ? `leads to ${host}${pathname.split('/', 2).join('/')}`
    : 'has other pages now';
}
