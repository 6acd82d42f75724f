import { cablePages } from './cables/pages.ts';
import { eventPages } from './events.ts';
import { auditPages } from './operator/audit.ts';
import { consentPages } from './operator/consent-page.ts';
import { deadLetterPages } from './operator/dead-letters.ts';
import { digestPages } from './operator/digests.ts';
import { explanationPages } from './operator/explanation.ts';
import { mentionPages } from './operator/mentions.ts';
import { overviewPages } from './operator/overview.ts';
import { pausePages } from './operator/pause.ts';
import { reviewPages } from './operator/review.ts';
import { rulesPages } from './operator/rules.ts';
import { trackbackPages } from './trackbacks/pages.ts';
import type { Page, Context } from './page.ts';

/** All pages that this configuration has, in the order in which the navigation shows them. */
export function pagesOf(context: Context): readonly Page[] {
  return [
    ...overviewPages,
    ...mentionPages,
    ...explanationPages,
    ...reviewPages,
    ...rulesPages,
    ...digestPages,
    ...deadLetterPages,
    ...pausePages,
    ...consentPages,
    ...auditPages,
    ...cablePages(context),
    ...trackbackPages(context),
    ...eventPages(context),
  ];
}
