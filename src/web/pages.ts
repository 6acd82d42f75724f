import { eventPages } from './events.ts';
import { overviewPages } from './operator/overview.ts';
import type { Page, World } from './page.ts';

/** All pages that this configuration has, in the order in which the navigation shows them. */
export function pagesOf(world: World): readonly Page[] {
  return [...overviewPages, ...eventPages(world)];
}
