import type { Page, World } from '../page.ts';
import { openReceiver } from './receiving.ts';
import { reviewPage, decide } from './review.ts';

/** Where other sites tell of their links to cable pages, and where a person decides about them; none where nobody could see the pages. */
export function trackbackPages(world: World): readonly Page[] {
  if (!takesTrackbacks(world)) return [];
  const receiver = openReceiver();
  const open = { audience: 'anyone', sameForAll: true, fromElsewhere: true, mostBytes: 16 * 1024 } as const;
  return [
    { method: 'GET', path: '/trackbacks', audience: 'viewer', nav: 'Trackbacks', answer: reviewPage },
    { method: 'POST', path: '/trackbacks', audience: 'reviewer', answer: decide },
    { method: 'POST', path: '/webmention', ...open, answer: (visit) => receiver.webmention(visit) },
    { method: 'GET', path: '/webmention/:id', ...open, answer: (visit) => receiver.status(visit) },
    { method: 'POST', path: '/trackback/:id', ...open, answer: (visit) => receiver.trackback(visit) },
  ];
}

export function takesTrackbacks({ config: { web } }: World): boolean {
  return web.cables === 'public' && web.trackbacks === 'held';
}
