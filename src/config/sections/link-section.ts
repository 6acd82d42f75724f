import { z } from 'zod';
import { Duration } from '../../core/durations.ts';
import { distinct } from '../../core/text/names.ts';

const Check = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Check that the pages that replies link to still exist. Off: no requests to any site.'),
  every: Duration.prefault('30d').describe('How often a page is checked, plus or minus 10 %.'),
  perHost: Duration.refine((ms) => ms >= 1000, 'at least 1s between two requests to a site')
    .prefault('10s')
    .describe(
      'Time between two requests to a site, for all its pages together. A longer crawl delay in its robots.txt takes precedence.',
    ),
  confirm: Duration.prefault('1h').describe('A missing page is checked again after this, before it counts as gone.'),
  deadAfter: z
    .strictObject({
      failures: z.int().min(2).max(100).default(5).describe('This many failures in a row …'),
      over: Duration.prefault('3d').describe('… over at least this time.'),
    })
    .prefault({})
    .describe('When a page counts as gone although its site does not answer, or answers only 5xx.'),
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
  check: Check.prefault({}).describe('Checks that the pages still exist. Off by default.'),
  archive: z
    .string()
    .regex(/^https?:\/\/[^\s{}]+\{url\}[^\s{}]*$/, 'expected an address with {url} in it')
    .nullable()
    .default('https://web.archive.org/web/2011/{url}')
    .describe(
      'Web archive to link to when the pages of all targets are gone; `{url}` stands for the address of the page. `null`: none.',
    ),
  fetchMissing: z
    .boolean()
    .default(false)
    .describe(
      'Fetch the viewer’s page of a cited cable whose text is not in the corpus, as politely as checks do: the next post about it gets exact paragraphs.',
    ),
  keepPages: Duration.prefault('365d').describe('How long fetched pages are kept, from when they were fetched.'),
});
export type Links = z.output<typeof Links>;
