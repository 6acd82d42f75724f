import type { Page, Context } from '../page.ts';
import { openReceiver } from './receiving.ts';
import { reviewPage, decide } from './review-trackbacks.ts';

/** Where other sites tell of their links to cable pages, and where a person decides about them; none where nobody could see the pages. */
export function trackbackPages(context: Context): readonly Page[] {
  if (!takesTrackbacks(context)) return [];
  const receiver = openReceiver();
  const open = { audience: 'anyone', sameForAll: true, fromElsewhere: true, mostBytes: 16 * 1024 } as const;
  return [
    { method: 'GET', path: '/trackbacks', audience: 'viewer', nav: 'Trackbacks', answer: reviewPage },
    { method: 'POST', path: '/trackbacks', audience: 'reviewer', answer: decide },
    { method: 'POST', path: '/webmention', ...open, answer: (request) => receiver.webmention(request) },
    { method: 'GET', path: '/webmention/:id', ...open, answer: (request) => receiver.status(request) },
    { method: 'POST', path: '/trackback/:id', ...open, answer: (request) => receiver.trackback(request) },
  ];
}

export function takesTrackbacks({ config: { web } }: Context): boolean {
  return web.cables === 'public' && web.trackbacks === 'held';
}
