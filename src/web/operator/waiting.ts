import { html } from 'hono/html';
import { maxWaiting, type WaitingWork } from '../../ledger/operators/waiting-work.ts';
import type { Html } from '../page.ts';
import { badge, count, type Tone } from '../parts.ts';

interface Kind {
  readonly one: string;
  readonly many: string;
  readonly does: string;
  readonly path: string;
  readonly tone: Tone;
}

/** What waits for a person, in the order of urgency, and the page where it is dealt with. */
const kinds: Readonly<Record<keyof WaitingWork, Kind>> = {
  held: { one: 'held reply', many: 'held replies', does: 'to review', path: '/review', tone: 'warn' },
  refused: {
    one: 'refused reply',
    many: 'refused replies',
    does: 'to retry',
    path: '/dead-letters#refused',
    tone: 'bad',
  },
  abandoned: {
    one: 'abandoned reply',
    many: 'abandoned replies',
    does: 'to look at',
    path: '/dead-letters#abandoned',
    tone: 'bad',
  },
  posts: { one: 'failed post', many: 'failed posts', does: 'to retry', path: '/dead-letters#posts', tone: 'bad' },
  deliveries: {
    one: 'failed digest',
    many: 'failed digests',
    does: 'to deliver again',
    path: '/dead-letters#digests',
    tone: 'bad',
  },
  notices: {
    one: 'lost notice',
    many: 'lost notices',
    does: 'to send again',
    path: '/dead-letters#notices',
    tone: 'bad',
  },
  unknown: {
    one: 'reply of unknown outcome',
    many: 'replies of unknown outcome',
    does: 'being looked up',
    path: '/mentions?reply=unknown',
    tone: 'warn',
  },
  trackbacks: { one: 'trackback', many: 'trackbacks', does: 'to review', path: '/trackbacks', tone: 'warn' },
  rejects: { one: 'unreadable item', many: 'unreadable items', does: 'to look at', path: '/rejects', tone: 'warn' },
};

/** The kinds that a dead letter may be of. */
export const deadLetters = ['refused', 'abandoned', 'posts', 'deliveries', 'notices'] as const;

/** A number that was counted up to `maxWaiting`: `3`, `999+`. */
export function counted(n: number): string {
  return n < maxWaiting ? count(n) : `${count(maxWaiting - 1)}+`;
}

/** Links to what waits; empty: nothing does. */
export function waitingList(waiting: WaitingWork): Html {
  const entries = Object.entries(kinds).flatMap(([kind, named]) => {
    const n = Object.entries(waiting).find(([name]) => name === kind)?.[1] ?? 0;
    return n === 0 ? [] : [{ n, ...named }];
  });
  if (entries.length === 0) return html``;
  return html`<section aria-labelledby="waiting">
    <h2 id="waiting">Waiting for you</h2>
    <ul class="waiting">
      ${entries.map(
        ({ n, one, many, does, path, tone }) =>
          html`<li>
            <a href="${path}">${badge(counted(n), tone)} <span>${n === 1 ? one : many}</span></a> <small>${does}</small>
          </li>`,
      )}
    </ul>
  </section>`;
}

/** True if nothing waits for a person. */
export function isClear(waiting: WaitingWork): boolean {
  return Object.values(waiting).every((n) => n === 0);
}
