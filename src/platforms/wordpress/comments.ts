import { z } from 'zod';
import { dayMs } from '../../core/durations.ts';
import type { Payload } from '../../core/reply.ts';
import { htmlToText } from '../shared/html.ts';
import { type Account, type Api, wordsOf } from './api.ts';
import type { Target } from './comment-pages.ts';

/** A comment of the API. */
export const Comment = z.object({
  id: z.int(),
  author: z.int(),
  parent: z.int(),
  link: z.string(),
  /** approved, hold, spam, trash. */
  status: z.string(),
  content: z.object({ rendered: z.string() }),
});
export type Comment = z.infer<typeof Comment>;

const perPage = 100;
const maxPages = 20;
/** Margin for the site's clock and time zone. */

/** Escapes a text, because comments are HTML. */
export function htmlOf(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Finds the account's own comment with the text of this payload. Errors: those of the API; an Error for an unreadable list. */
export async function findComment(
  api: Api,
  account: Account,
  { post, parent }: Target,
  { text, createdAt }: Payload,
  signal: AbortSignal,
): Promise<Comment | undefined> {
  const wanted = lettersOf(text);
  for (let page = 1; page <= maxPages; page++) {
    const query = {
      post: String(post),
      per_page: String(perPage),
      page: String(page),
      order: 'asc',
      after: new Date(createdAt - dayMs).toISOString(),
      // Only moderators may list pending comments.
      ...(account.moderates && { status: 'all', author: String(account.id) }),
    };
    const { status, json } = await api.call({ path: 'comments', query }, signal);
    if (status >= 400) throw new Error(`the comments cannot be listed: the site answered ${status}${wordsOf(json)}`);
    const listed = z.array(Comment).parse(json);
    const found = listed.find(
      (one) =>
        one.author === account.id &&
        one.parent === parent &&
        lettersOf(htmlToText(one.content.rendered, null).text) === wanted,
    );
    if (found) return found;
    if (listed.length < perPage) return undefined;
  }
  throw new Error('there are too many comments to search');
}

/** Letters and digits only: WordPress rewrites quotation marks, dashes and crosses. */
function lettersOf(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll('×', 'x')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');
}
