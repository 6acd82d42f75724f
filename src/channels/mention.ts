import type { Resolution } from '../core/citation.ts';
import { type Post, shortId } from '../core/post.ts';
import { lettersIn } from '../core/text/strangers.ts';
import type { Verdict } from '../core/verdict.ts';

/**
 * A notice to a channel about a post that cites cables; without an excerpt if the post is not public. Of the author's words it has letters
 * and digits alone, since chats and mail programs turn others into links and calls to everybody. `page`: address of the operator's page.
 */
export function noticeOn(post: Post, resolutions: readonly Resolution[], { action, rule }: Verdict, page?: string) {
  const cables = resolutions.map(({ referenceId, status, paragraphs, links }) => {
    return { referenceId, status, paragraphs, link: links[0]?.url ?? null };
  });
  const isPublic = post.visibility === 'public' || post.visibility === 'unlisted';
  const excerpt = isPublic ? lettersIn(post.text) : '';
  const author = lettersIn(post.author.handle);
  const ids = [...new Set(cables.flatMap(({ referenceId }) => referenceId ?? []))].join(', ');
  const subject = `${author} cites ${ids || 'no known cable'}`;
  const id = shortId(post.key);
  const lines = [
    `${subject} (${post.platform})`,
    ...(excerpt === '' ? [] : [`“${excerpt}”`]),
    ...cables.map(({ referenceId, status, paragraphs, link }) => {
      const pins = paragraphs.length === 0 ? '' : ` ¶${paragraphs.join(', ')}`;
      return `- ${referenceId ?? 'no ID'}${pins}: ${status}${link === null ? '' : ` ${link}`}`;
    }),
    `Verdict: ${action}${rule === null ? '' : ` by rule ${rule}`}. Details: pilcrow explain ${id}`,
    ...(page === undefined ? [] : [new URL(`/posts/${id}`, page).href]),
  ];
  return {
    subject,
    text: lines.join('\n'),
    post: { key: post.key, url: post.url, author, excerpt },
    cables,
    verdict: { action, rule },
  };
}
