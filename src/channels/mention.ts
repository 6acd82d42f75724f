import type { Resolution } from '../core/citation.ts';
import type { Post } from '../core/post.ts';
import { shortened } from '../core/storable.ts';
import type { Verdict } from '../core/verdict.ts';

const excerptLength = 280;

/** A notice to a channel about a post that cites cables; without an excerpt if the post is not public. */
export function noticeOn(post: Post, resolutions: readonly Resolution[], { action, rule }: Verdict) {
  const cables = resolutions.map(({ referenceId, written, status, paragraphs, links }) => {
    return { referenceId, written, status, paragraphs, link: links[0]?.url ?? null };
  });
  const isPublic = post.visibility === 'public' || post.visibility === 'unlisted';
  const excerpt = isPublic ? oneLine(post.text) : '';
  const named = [...new Set(cables.map((cable) => cable.referenceId ?? cable.written))].join(', ');
  const subject = `@${post.author.handle} cites ${named === '' ? 'nothing' : named}`;
  const lines = [
    `${subject} (${post.platform}${post.url === null ? '' : `: ${post.url}`})`,
    ...(excerpt === '' ? [] : [`“${excerpt}”`]),
    ...cables.map(({ referenceId, written, status, paragraphs, link }) => {
      const pins = paragraphs.length === 0 ? '' : ` ¶${paragraphs.join(', ')}`;
      return `- ${referenceId ?? written}${pins}: ${status}${link === null ? '' : ` ${link}`}`;
    }),
    `Verdict: ${action}${rule === null ? '' : ` by rule ${rule}`}. Details: pilcrow explain ${post.key}`,
  ];
  return {
    subject: oneLine(subject),
    text: lines.join('\n'),
    post: { key: post.key, url: post.url, author: post.author.handle, excerpt },
    cables,
    verdict: { action, rule },
  };
}

/** Joins the lines and cuts the text, so that a stranger cannot inject headers or lines. */
function oneLine(text: string): string {
  const words = text.split(/[\s\p{Cc}]+/u).filter(Boolean);
  return shortened(words.join(' '), excerptLength + 1);
}
