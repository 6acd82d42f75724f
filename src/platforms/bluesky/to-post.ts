import { type Post, type Reject, postKey, withAltTexts, writtenAt } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { statedLanguage } from '../../core/text/languages.ts';
import { faultIn } from '../shared/parse-json.ts';
import { hashtagsOf } from './hashtags.ts';
import { altTextsOf, type AuthorView, PostRecord, didOf, linksOf, parseTime, quotedBy } from './wire.ts';

/** A post, from any source; `seenAt`: when the source received it, in milliseconds since the epoch. */
export interface Found {
  readonly uri: string;
  readonly cid: string | undefined;
  readonly record: PostRecord;
  readonly seenAt: number;
}

/** What the network shows to the bot about a post and its author. */
export interface Known {
  readonly author?: AuthorView | undefined;
  readonly replyDisabled?: boolean | undefined;
}

/** Labels by which authors warn of their own posts. */
const warnings = ['!warn', 'porn', 'sexual', 'nudity', 'graphic-media', 'gore', 'spoiler'];

export function toPost({ uri, cid, record, seenAt }: Found, bot: string | undefined, known: Known = {}): Post {
  const { parent, root = parent } = record.reply ?? {};
  const quotes = quotedBy(record);
  const warning = warningOf(record);
  const closed = closedBecause(known);
  return {
    key: postKey('bluesky', uri),
    platform: 'bluesky',
    id: uri,
    url: urlOf(uri),
    author: authorOf(didOf(uri), known.author),
    ...withAltTexts(storable(record.text), altTextsOf(record)),
    language: statedLanguage(...record.langs),
    createdAt: writtenAt(parseTime(record.createdAt), seenAt),
    hashtags: hashtagsOf(record).map(storable),
    links: linksOf(record).map(storable),
    summoned: addresses(record, bot),
    repost: false,
    visibility: 'public',
    inReplyTo: parent?.uri ?? null,
    ...(quotes !== undefined && { quotes }),
    thread: root?.uri ?? uri,
    ...(closed !== undefined && { closed }),
    ...(warning !== '' && { warning }),
    native: { ...(cid !== undefined && { cid }), ...(root?.cid && { rootUri: root.uri, rootCid: root.cid }) },
  };
}

/** An @mention of the bot, or a reply to one of its posts. */
export function addresses({ facets, reply }: PostRecord, bot: string | undefined): boolean {
  if (bot === undefined) return false;
  if (reply?.parent !== undefined && didOf(reply.parent.uri) === bot) return true;
  return facets.some(({ features }) => features.some(({ did }) => did === bot));
}

/** The record of a post, or its fault in words. */
export function readRecord(raw: unknown): PostRecord | string {
  const { data, error } = PostRecord.safeParse(raw);
  return data ?? `not a post as the network describes it: ${faultIn(error)}`;
}

export function rejectOf(position: string, reason: string, raw: unknown): Reject {
  const excerpt = typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? '');
  return { position: storable(position.slice(0, 300)), reason, excerpt: storable(excerpt.slice(0, 200)) };
}

/** The post's URL in the app. */
export function urlOf(uri: string): string {
  return `https://bsky.app/profile/${didOf(uri)}/post/${uri.slice(uri.lastIndexOf('/') + 1)}`;
}

function warningOf({ labels }: PostRecord): string {
  const values = (labels?.values ?? []).map(({ val }) => val);
  return warnings.filter((label) => values.includes(label)).join(', ');
}

/** The labels in a post's warning, to be repeated on the reply. */
export function labelsIn(warning: string | undefined): string[] {
  return (warning ?? '').split(', ').filter((label) => warnings.includes(label));
}

/** Why the bot may not reply, in words; undefined: it may. */
export function closedBecause({ author, replyDisabled }: Known): string | undefined {
  if (author?.viewer?.blockedBy === true) return 'its author blocks the bot';
  if (author?.viewer?.blocking !== undefined) return 'the bot blocks its author';
  return replyDisabled === true ? 'its author limits who may reply' : undefined;
}

function authorOf(did: string, view: AuthorView | undefined): Post['author'] {
  if (view === undefined) return { id: did, handle: did, name: null, bot: false };
  const since = parseTime(view.createdAt);
  return {
    id: did,
    handle: view.handle === 'handle.invalid' ? did : storable(view.handle),
    name: view.displayName ? storable(view.displayName) : null,
    bot: view.labels.some(({ src, val, neg }) => val === 'bot' && src === did && neg !== true),
    ...(since !== undefined && { since }),
    ...(view.viewer && { follower: view.viewer.followedBy !== undefined }),
  };
}
