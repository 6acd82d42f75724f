import type { FetchedPage } from '../cables/corpus/combined.ts';
import type { LinkHealth } from '../cables/links/live-links.ts';
import { viewerPageOf } from '../cables/links/viewer-pages.ts';
import type { Links } from '../config/sections/sections.ts';
import type { Resolution } from '../core/citation.ts';
import { deadPages, movedHosts, type Purpose, type LinkedPage } from '../ledger/links/link-checks.ts';
import { pageOf } from '../ledger/links/link-list.ts';
import type { Executor } from '../ledger/db/schema.ts';

export type LedgerKnowledge = ReturnType<typeof ledgerKnowledge>;

/** Lookups of cables and their pages in the ledger. Undefined: do not look up. */
export function ledgerKnowledge({ check, archive, fetchMissing }: Links, db: Executor) {
  const linkHealth: LinkHealth = {
    deadPages: (pages) => deadPages(db, pages),
    async movedPages(pages) {
      const hosts = await movedHosts(db);
      return new Map(
        pages.flatMap((page) => {
          const moved = viewerPageOf(page) === undefined ? undefined : hosts.get(new URL(page).host);
          return moved === undefined ? [] : [[page, movedSentence(new URL(page).host, moved)] as const];
        }),
      );
    },
    archived: (page) => archive?.replace('{url}', () => page) ?? null,
  };
  const page: FetchedPage = (id) => pageOf(db, id);
  // Without checks an old result would never change.
  return { linkHealth: check.enabled ? linkHealth : undefined, page: fetchMissing ? page : undefined };
}

/** `wikileaks.org/cable leads to plusd: paragraph anchors are gone`, for each such site. */
export async function movedViewers({ check }: Links, db: Executor): Promise<string[]> {
  if (!check.enabled) return [];
  return [...(await movedHosts(db))].map(([host, moved]) => movedSentence(host, moved));
}

function movedSentence(host: string, moved: string): string {
  return `${host}/cable ${moved}: paragraph anchors are gone`;
}

/** Which pages to check; undefined: none, no requests. */
export function purposeOf({ check, fetchMissing }: Links): Purpose | undefined {
  if (check.enabled) return 'all';
  return fetchMissing ? 'wanted' : undefined;
}

/** The pages that resolutions link to, as far as they should be checked; undefined: none. */
export function linksToNote(links: Links, resolutions: readonly Resolution[]): LinkedPage[] | undefined {
  const purpose = purposeOf(links);
  if (purpose === undefined) return undefined;
  const seen = new Map<string, LinkedPage>();
  for (const resolution of resolutions) {
    for (const { url: address, target } of resolution.links) {
      const url = address.replace(/#.*$/s, '');
      const missing = links.fetchMissing && target === 'viewer' && resolution.cable === null;
      const wanted = missing ? resolution.referenceId : null;
      if (purpose === 'wanted' && wanted === null) continue;
      if (wanted !== null || !seen.has(url)) seen.set(url, { url, host: new URL(url).host, wanted });
    }
  }
  return seen.size === 0 ? undefined : [...seen.values()];
}
