import { z } from 'zod';
import { Duration } from '../../core/durations.ts';
import { distinct } from '../distinct.ts';

const Check = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Look whether the pages that replies link to are still there. Without it nothing is asked of any site.'),
  every: Duration.prefault('30d').describe('How often a page is looked at, give or take a tenth.'),
  perHost: Duration.refine((ms) => ms >= 1000, 'at least 1s between two requests to a site')
    .prefault('10s')
    .describe(
      'Between two requests to a site, of all pages together. Where its robots.txt asks for more, that counts.',
    ),
  confirm: Duration.prefault('1h').describe(
    'A page that is not there is looked for again after this, before it counts as gone.',
  ),
  deadAfter: z
    .strictObject({
      failures: z.int().min(2).max(100).default(5).describe('So many faults in a row …'),
      over: Duration.prefault('3d').describe('… over at least this time.'),
    })
    .prefault({})
    .describe('When a page counts as gone whose site gives no answer, or none but 5xx.'),
});

/** Schema of `links`. */
export const Links = z.strictObject({
  targets: z
    .array(z.enum(['viewer', 'plusd', 'cablegatesearch', 'cabledrum', 'own']))
    .min(1)
    .check(distinct('target'))
    .default(['viewer', 'plusd', 'cablegatesearch', 'cabledrum'])
    .describe(
      'Sites to link to, in this order: a reply carries the first whose page is not known to be gone. Paragraphs have links of their own in the viewer, as far as its anchors are true, and on the bot’s own cable pages (`own`: set `web.cables: public` and `web.publicUrl`), where each one lands.',
    ),
  check: Check.prefault({}).describe('Whether the pages are still there. Off by default.'),
  archive: z
    .string()
    .regex(/^https?:\/\/[^\s{}]+\{url\}[^\s{}]*$/, 'expected an address with {url} in it')
    .nullable()
    .default('https://web.archive.org/web/2011/{url}')
    .describe(
      'Where copies of pages are kept, `{url}` in the place of a page’s address: linked to when the pages of all targets are gone. `null`: nowhere.',
    ),
  fetchMissing: z
    .boolean()
    .default(false)
    .describe(
      'Fetch the viewer’s page of a cable that is cited and whose text is not at hand, as politely as pages are looked at: the next post about it gets exact paragraphs.',
    ),
  keepPages: Duration.prefault('365d').describe('How long fetched pages are kept, from when they were fetched.'),
});
export type Links = z.output<typeof Links>;
