import { noBotTag } from '../../core/control.ts';
import { type Author, type Post, postKey, withAltTexts } from '../../core/post.ts';
import { statedLanguage } from '../../core/text/languages.ts';
import { webUrl, htmlToText } from '../shared/html.ts';
import type { Account, Status } from './wire.ts';

/** The server that sent a post, and what it knows about it. */
export interface StatusContext {
  /** Origin of the server that sent it. */
  readonly server: string;
  /** Author ids of the bot's own accounts. */
  readonly ownAccounts: ReadonlySet<string>;
  /** The server says that it mentions one of them. */
  readonly mentioned: boolean;
  /** The thread, as far as the server knows it. */
  readonly thread: Thread | undefined;
  /** When it was read, in milliseconds since the Unix epoch: the time of a post that says none. */
  readonly readAt: number;
}

export interface Thread {
  readonly first: string;
  readonly parent: string;
}

/** The id of a post is its URI, which is the same on every server. */
export function toPost(status: Status, { server, ownAccounts, mentioned, thread, readAt }: StatusContext): Post {
  const { quoteLine, ...words } = textAndLinksOf(status);
  const quotes = status.quote ? quotedBy(status.quote, server) : quoteLine;
  const repost = typeof status.reblog === 'object' && status.reblog !== null;
  const closed = closedBy(status, ownAccounts);
  const warning = status.spoiler_text?.trim();
  return {
    key: keyOf(status.uri),
    platform: 'mastodon',
    id: status.uri,
    url: webUrl(status.url) ?? webUrl(status.uri),
    author: authorOf(status),
    ...words,
    language: statedLanguage(status.language),
    createdAt: status.created_at ?? readAt,
    hashtags: status.tags.map(({ name }) => name).slice(0, 200),
    summoned: mentioned || addresses(status, ownAccounts),
    repost,
    visibility: visibilityOf(status.visibility),
    inReplyTo: status.in_reply_to_id ? (thread?.parent ?? `${server}/statuses/${status.in_reply_to_id}`) : null,
    ...(quotes !== undefined && { quotes }),
    thread: status.in_reply_to_id ? (thread?.first ?? `${server}/statuses/${status.in_reply_to_id}`) : status.uri,
    ...(closed !== undefined && { closed }),
    ...(warning && { warning: warning.slice(0, 1000) }),
    native: { server, ...(status.id !== undefined && { id: status.id }) },
  };
}

export function keyOf(uri: string): string {
  return postKey('mastodon', uri);
}

/** An unknown visibility becomes the narrowest. */
export function visibilityOf(written: string | null | undefined): Post['visibility'] {
  if (written === 'public' || written === 'unlisted') return written;
  return written === 'private' ? 'followers' : 'direct';
}

type Addressed = Pick<Status, 'mentions' | 'content'>;

/** True if the status mentions one of these authors. */
export function addresses(status: Addressed, ids: ReadonlySet<string>): boolean {
  return mentionedIn(status).some((id) => ids.has(id));
}

/** True if the status mentions somebody on one of these servers. */
export function mayMention(status: Addressed, servers: ReadonlySet<string>): boolean {
  return servers.size > 0 && mentionedIn(status).some((id) => servers.has(URL.parse(id)?.origin ?? ''));
}

/** Ids of the mentioned authors. Small servers do not list the mentions in remote posts, but mark them in the text. */
function mentionedIn({ mentions, content }: Addressed): string[] {
  const listed = mentions.map(({ url }) => url);
  const marked = [...(content ?? '').slice(0, maxHtml).matchAll(linkedName)].map(([, url]) => url);
  return [...listed, ...marked].map((url) => webUrl(url) ?? '');
}

const maxHtml = 100_000;
const linkedName = /<a href="([^"<>]{1,500})" class="u-url mention"/g;

/** `quoteLine`: where the line “RE: link” leads by which quotes are announced to servers that know none. */
function textAndLinksOf(status: Status): Pick<Post, 'text' | 'altTextStart' | 'links'> & { quoteLine?: string } {
  const { text: words, links, quotes } = htmlToText(status.content ?? '', status.url ?? status.uri);
  const quoteLine = quotes ?? webUrl(/^RE: ?(https?:\/\/\S+)$/m.exec(words)?.[1]);
  const linked = [...status.tags, ...status.mentions].map(({ url }) => webUrl(url));
  const known = new Set([...linked, authorIdOf(status.account)]);
  const options = (status.poll?.options ?? []).map(({ title }) => `- ${title}`).join('\n');
  const text = [withHeading(status, words), options].filter((part) => part !== '').join('\n\n');
  // The preview of a link knows where a shortened one leads.
  const all = new Set([...links, webUrl(status.card?.url) ?? '']);
  return {
    ...withAltTexts(
      text,
      status.media_attachments.map(({ description }) => description),
    ),
    links: [...all].filter(
      (link) => link !== '' && !known.has(link) && !leadsToTag(link, status) && !text.includes(link),
    ),
    ...(quoteLine !== null && { quoteLine }),
  };
}

/** In the text of a remote post a hashtag links to its own server, but the list of tags links to this one. */
function leadsToTag(link: string, { tags }: Status): boolean {
  const name = /\/tags?\/([^/?#]+)\/?$/.exec(link)?.[1]?.toLowerCase();
  return tags.some((tag) => encodeURIComponent(tag.name.toLowerCase()).toLowerCase() === name);
}

/** Text with the content warning as heading, since many put the topic there. A reply's warning is only that of the answered post. */
function withHeading({ spoiler_text: warning, in_reply_to_id: parentId }: Status, text: string): string {
  const heading = parentId ? '' : htmlToText(warning ?? '').text.replaceAll('\n', ' ');
  return heading === '' || text.startsWith(heading) ? text : `${heading}\n\n${text}`.trim();
}

/** The URL of the profile: unlike ids and `acct` it is the same on every server, and unlike the `uri` every server sends it. Empty: unknown. */
export function authorIdOf({ url, uri, acct, username }: Account): string {
  return webUrl(url) ?? webUrl(uri) ?? acct ?? username ?? '';
}

/** Each post without an author has an anonymous author of its own. */
function authorOf({ account, uri }: Status): Author {
  const { acct, username, display_name: name, bot, created_at: since } = account;
  const id = authorIdOf(account);
  const host = URL.parse(id)?.host;
  const written = acct ?? username ?? 'anonymous';
  // With its server, even for accounts of the server that sent it.
  const handle = written.includes('@') || host === undefined ? written : `${written}@${host}`;
  return {
    id: id === '' ? `anonymous:${uri}` : id,
    handle: handle.slice(0, 300),
    name: name ? name.slice(0, 200) : null,
    bot: bot === true,
    ...(since !== undefined && { since }),
  };
}

function quotedBy(quote: NonNullable<Status['quote']>, server: string): string | undefined {
  const { uri, url, quoted_status: quoted, quoted_status_id: id } = quote;
  return quoted?.uri ?? quoted?.url ?? uri ?? url ?? (id && `${server}/statuses/${id}`);
}

/** Whom GoToSocial lets reply; whether the bot is one of the latter three, the server decides. */
const permittedKinds = ['public', 'me', 'followers', 'following', 'mutuals'];

/** Why bots, or this one, may not reply, in words; undefined: it may. Whoever is mentioned always may. */
export function closedBy(status: Status, ownAccounts: ReadonlySet<string>): string | undefined {
  const { account, interaction_policy: policy } = status;
  const { always, automatic_approval: automatic = always } = policy?.can_reply ?? {};
  const permitted = automatic && [...automatic, ...(always ?? [])];
  if (permitted && !permitted.some((who) => permittedKinds.includes(who)) && !addresses(status, ownAccounts))
    return 'its author limits who may reply';
  if (authorIdOf(account) === '') return 'the server does not say who wrote it';
  const texts = [account.note, ...account.fields.flatMap(({ name, value }) => [name, value])];
  // HTML splits the tag, as in `#<span>nobot</span>`.
  const found = texts.map((html) => noBotTag.exec(htmlToText(html ?? '').text)?.[0]).find((tag) => tag !== undefined);
  return found === undefined ? undefined : `its author’s profile says ${found}`;
}
