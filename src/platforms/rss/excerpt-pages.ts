import type { Post } from '../../core/post.ts';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';
import { htmlToText } from '../shared/html.ts';
import { decodeFeed } from './charset.ts';
import { together } from './to-post.ts';

const maxBytes = 2_000_000;
const timeoutMs = 15_000;

/** True if the text of an item is the start of that of its page, as in feeds that are set to excerpts. */
export function isExcerpt(text: string): boolean {
  return /(?:…|\.{3})\]?$|\b(?:continue reading|read more)\b.{0,120}$/i.test(text.slice(-300));
}

/**
 * An item with the words and links of its page, which is on the feed's own host: on another one they could be somebody else's. Errors: those of
 * the fetch; an Error for a page without an article.
 */
export async function withPage(
  post: Post,
  { fetch, signal }: { fetch: GuardedFetch; signal: AbortSignal },
): Promise<Post> {
  const { status, url, headers, body } = await fetch(post.url ?? '', { signal, maxBytes, timeoutMs });
  if (status !== 200) throw new Error(`answered ${status}`);
  if (URL.parse(url)?.host !== URL.parse(post.url ?? '')?.host) throw new Error('redirects to another site');
  const article = articleIn(decodeFeed(body, headers.get('content-type')));
  if (article === undefined) throw new Error('has no article');
  const { text, links } = htmlToText(article, url);
  return { ...post, text: together([post.text, text]), links: [...new Set([...post.links, ...links])].slice(0, 200) };
}

const starts = [
  /<\w+\s[^>]{0,300}\bclass=["'][^"'>]{0,200}\b(?:entry-content|post-content|e-content)\b/i,
  /<article\b/i,
  /<main\b/i,
];
/** Comments and related posts are not the author's. */
const end = /<\/(?:article|main)\s*>|<footer\b|<\w+\s[^>]{0,200}\b(?:id|class)=["']?(?:comments|respond|related)\b/i;

/** The article of a page, without its navigation and comments. */
function articleIn(html: string): string | undefined {
  const start = starts.map((pattern) => html.search(pattern)).find((index) => index >= 0);
  if (start === undefined) return undefined;
  const rest = html.slice(start);
  const length = rest.search(end);
  return length === -1 ? rest : rest.slice(0, length);
}
