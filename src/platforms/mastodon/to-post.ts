import { type Author, type Post, postKey } from '../../core/post.ts';
import { webUrl, wordsOfHtml } from '../shared/html.ts';
import type { Account, Status } from './wire.ts';

/** Where a post was seen, and by whom. */
export interface Sight {
  /** Origin of the server that told of it. */
  readonly server: string;
  /** Author ids of the bot's own accounts. */
  readonly ownAccounts: ReadonlySet<string>;
  /** The server says that it mentions one of them. */
  readonly mentioned: boolean;
  /** What it answers, as far as the server could tell. */
  readonly thread: Thread | undefined;
}

export interface Thread {
  readonly first: string;
  readonly parent: string;
}

/** Posts are known by their address in the fediverse, which is the same on every server. */
export function toPost(status: Status, { server, ownAccounts, mentioned, thread }: Sight): Post {
  const words = wordsOf(status);
  const repost = status.reblog !== null && status.reblog !== undefined;
  const closed = closedBy(status.account);
  const warning = status.spoilerText?.trim();
  return {
    key: keyOf(status.uri),
    platform: 'mastodon',
    id: status.uri,
    url: webUrl(status.url ?? undefined, null) ?? webUrl(status.uri, null),
    author: authorOf(status.account),
    ...words,
    language: status.language ?? null,
    createdAt: status.createdAt,
    hashtags: (status.tags ?? []).map(({ name }) => name).slice(0, 200),
    summoned: mentioned || addresses(status, ownAccounts),
    repost,
    visibility: visibilityOf(status.visibility),
    inReplyTo: status.inReplyToId ? (thread?.parent ?? `${server}/statuses/${status.inReplyToId}`) : null,
    thread: status.inReplyToId ? (thread?.first ?? `${server}/statuses/${status.inReplyToId}`) : status.uri,
    ...(closed !== undefined && { closed }),
    ...(warning && { warning: warning.slice(0, 1000) }),
    native: { server, id: status.id },
  };
}

export function keyOf(uri: string): string {
  return postKey('mastodon', uri);
}

/** What is not known is kept as narrow as can be. */
export function visibilityOf(written: string | null | undefined): Post['visibility'] {
  if (written === 'public' || written === 'unlisted') return written;
  return written === 'private' ? 'followers' : 'direct';
}

type Addressed = Pick<Status, 'mentions' | 'content'>;

/** Whether it mentions one of these authors. */
export function addresses(status: Addressed, ids: ReadonlySet<string>): boolean {
  return mentionedIn(status).some((id) => ids.has(id));
}

/** Whether it mentions somebody on one of these servers. */
export function mayMention(status: Addressed, servers: ReadonlySet<string>): boolean {
  return servers.size > 0 && mentionedIn(status).some((id) => servers.has(URL.parse(id)?.origin ?? ''));
}

/** Author ids. Small servers list no mentions in what came from elsewhere, but mark them in the text. */
function mentionedIn({ mentions, content }: Addressed): string[] {
  const listed = (mentions ?? []).map(({ url }) => url);
  const marked = [...content.slice(0, maxHtml).matchAll(LINKED_NAME)].map(([, url]) => url);
  return [...listed, ...marked].map((url) => webUrl(url ?? undefined, null) ?? '');
}

const maxHtml = 100_000;
const LINKED_NAME = /<a href="([^"<>]{1,500})" class="u-url mention"/g;

function wordsOf(status: Status): Pick<Post, 'text' | 'links'> {
  const { text, links } = wordsOfHtml(status.content, status.url ?? status.uri);
  const linked = [...(status.tags ?? []), ...(status.mentions ?? [])].map(({ url }) => webUrl(url ?? undefined, null));
  const known = new Set([...linked, authorIdOf(status.account)]);
  return {
    text: headed(status, text),
    links: links.filter((link) => !known.has(link) && !leadsToTag(link, status) && !text.includes(link)),
  };
}

/** In the words of another server a hashtag leads there, while the list of tags leads here. */
function leadsToTag(link: string, { tags }: Status): boolean {
  const name = /\/tags?\/([^/?#]+)\/?$/.exec(link)?.[1];
  if (name === undefined) return false;
  return (tags ?? []).some(
    (tag) =>
      encodeURIComponent(tag.name.toLowerCase()) === name.toLowerCase() ||
      tag.name.toLowerCase() === name.toLowerCase(),
  );
}

/** Many write what it is about into the warning. One of a reply is that of the post it answers. */
function headed({ spoilerText, inReplyToId }: Status, text: string): string {
  const heading = inReplyToId ? '' : wordsOfHtml(spoilerText ?? '', null).text.replaceAll('\n', ' ');
  return heading === '' || text.startsWith(heading) ? text : `${heading}\n\n${text}`.trim();
}

/**
 * The address of the profile: unlike numbers and `acct` it is the same whichever server tells of it, and unlike the `uri` every
 * server tells it.
 */
export function authorIdOf({ url, uri, acct }: Account): string {
  return webUrl(url ?? undefined, null) ?? webUrl(uri ?? undefined, null) ?? acct;
}

function authorOf(account: Account): Author {
  const { displayName, bot, createdAt } = account;
  return {
    id: authorIdOf(account),
    handle: handleOf(account).slice(0, 300),
    name: displayName ? displayName.slice(0, 200) : null,
    bot: bot === true,
    ...(typeof createdAt === 'number' && { since: createdAt }),
  };
}

/** Why the account's owner does not want to hear of bots; undefined: nothing is said. */
export function closedBy({ note, fields }: Account): string | undefined {
  const words = [note ?? '', ...(fields ?? []).flatMap(({ name, value }) => [name, value])];
  // The tag is cut by HTML, as in `#<span>nobot</span>`.
  const found = words.map((html) => NOBOT.exec(wordsOfHtml(html, null).text)?.[0]).find((tag) => tag !== undefined);
  return found === undefined ? undefined : `its author’s profile says ${found}`;
}

const NOBOT = /(?<![\p{L}\p{N}_#＃])[#＃]nobots?(?![\p{L}\p{N}_])/iu;

/** With the server, also where that is the one that was asked. */
function handleOf(account: Account): string {
  const { acct } = account;
  const host = URL.parse(authorIdOf(account))?.host;
  return acct.includes('@') || host === undefined ? acct : `${acct}@${host}`;
}
