import * as nip19 from 'nostr-tools/nip19';
import type { VerifiedEvent } from 'nostr-tools/core';
import { type Post, postKey, withAltTexts, writtenAt } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { statedLanguage } from '../../core/text/languages.ts';
import { webUrl } from '../shared/html.ts';
import { tagValues } from './event.ts';
import type { Profile } from './profiles.ts';
import { names, threadOf, rootTagsOf } from './thread.ts';

/** The URL of the relay where an event was seen; the author's profile; the public key of the bot, and ids of events that are its own. */
interface PostOptions {
  readonly relay: string;
  readonly profile: Profile | undefined;
  readonly account: string | undefined;
  readonly own: ReadonlySet<string>;
  readonly now: number;
}

const maxTags = 100;

export function toPost(event: VerifiedEvent, options: PostOptions): Post {
  const { relay, profile, now } = options;
  const { parent, root } = threadOf(event);
  const [quoted] = tagValues(event, 'q');
  const warning = warningOf(event);
  return {
    key: keyOf(event.id),
    platform: 'nostr',
    id: event.id,
    url: webPage(event, relay),
    author: { name: null, bot: false, ...profile, id: event.pubkey, handle: nip19.npubEncode(event.pubkey) },
    ...withAltTexts(storable(withMentions(event.content)), altTextsOf(event)),
    language: languageOf(event),
    createdAt: writtenAt(event.created_at * 1000, now),
    hashtags: [...new Set(tagValues(event, 't').map((tag) => storable(tag.slice(0, 200))))].slice(0, maxTags),
    links: [...new Set(tagValues(event, 'r').flatMap((link) => webUrl(link) ?? []))].slice(0, maxTags),
    summoned: summons(event, options),
    repost: false,
    visibility: 'public',
    inReplyTo: parent?.id ?? null,
    ...(quoted !== undefined && { quotes: storable(quoted) }),
    thread: root ?? parent?.id ?? event.id,
    ...(warning !== undefined && { warning }),
    native: { relay, ...forReply(event) },
  };
}

/** What a reply needs: the root of a comment, when the event expires (NIP-40), and whether it must stay at its relay (NIP-70). */
function forReply(event: VerifiedEvent): Record<string, string> {
  const root = rootTagsOf(event);
  const [expiration] = tagValues(event, 'expiration');
  return {
    ...(root !== undefined && { root }),
    ...(expiration !== undefined && /^\d{1,15}$/.test(expiration) && { expiration }),
    ...(event.tags.some(([name]) => name === '-') && { protected: 'yes' }),
  };
}

/** Clients copy p tags along a thread (NIP-10), so that one in an answer to somebody else addresses nobody. */
function summons(event: VerifiedEvent, { account, own }: PostOptions): boolean {
  if (account === undefined) return false;
  const { parent } = threadOf(event);
  if (parent === undefined) return tagValues(event, 'p').includes(account) || names(event.content, account);
  return names(event.content, account) || parent.author === account || own.has(parent.id ?? '');
}

/** NIP-92: `["imeta", "url https://…", "alt …"]`. */
function altTextsOf({ tags }: VerifiedEvent): string[] {
  const media = tags.filter(([name]) => name === 'imeta');
  return media.flatMap((tag) => tag.flatMap((entry) => (entry.startsWith('alt ') ? [entry.slice(4)] : [])));
}

export function keyOf(id: string): string {
  return postKey('nostr', id);
}

/** A web page that shows the event to people without a client, with a hint where it is stored (NIP-19). */
export function webPage({ id, pubkey }: Pick<VerifiedEvent, 'id' | 'pubkey'>, ...relays: readonly string[]): string {
  return `${pages}${nip19.neventEncode({ id, author: pubkey, relays: [...relays] })}`;
}

const pages = 'https://njump.me/';

/** The relays in such an address. */
export function relaysIn(page: string | null): readonly string[] {
  try {
    const { type, data } = nip19.decode((page ?? '').slice(pages.length));
    return type === 'nevent' ? (data.relays ?? []) : [];
  } catch {
    return [];
  }
}

/** Writes mentions of people with an @: in the event they are `nostr:` URIs (NIP-27). */
function withMentions(content: string): string {
  return content.replaceAll(/(?<![\w:])nostr:(?=(?:npub|nprofile)1[02-9ac-hj-np-z])/g, '@');
}

/** NIP-36; the reason is optional. */
function warningOf(event: VerifiedEvent): string | undefined {
  const tag = event.tags.find(([name]) => name === 'content-warning');
  if (tag === undefined) return undefined;
  const reason = storable((tag[1] ?? '').trim().slice(0, 500));
  return reason === '' ? 'sensitive' : reason;
}

/** NIP-32: `["l", "en", "ISO-639-1"]`. */
function languageOf({ tags }: VerifiedEvent): string | null {
  const labels = tags.filter(([name, , space]) => name === 'l' && space?.toUpperCase() === 'ISO-639-1');
  return statedLanguage(...labels.map(([, label]) => label));
}
