import * as nip19 from 'nostr-tools/nip19';
import type { VerifiedEvent } from 'nostr-tools/core';
import { parse } from 'nostr-tools/nip10';
import { type Post, postKey, writtenAt } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { webUrl } from '../shared/html.ts';
import { tagValues } from './event.ts';
import type { Profile } from './profiles.ts';

/** The URL of the relay where an event was seen; the author's profile; the public key of the bot. */
interface PostOptions {
  readonly relay: string;
  readonly profile: Profile | undefined;
  readonly account: string | undefined;
  readonly now: number;
}

const maxTags = 100;

export function toPost(event: VerifiedEvent, { relay, profile, account, now }: PostOptions): Post {
  const { root, reply, quotes } = parse(event);
  const quoted = quotes[0]?.id;
  const warning = warningOf(event);
  return {
    key: keyOf(event.id),
    platform: 'nostr',
    id: event.id,
    url: webPage(event, relay),
    author: { name: null, bot: false, ...profile, id: event.pubkey, handle: nip19.npubEncode(event.pubkey) },
    text: storable(withMentions(event.content)),
    language: languageOf(event),
    createdAt: writtenAt(event.created_at * 1000, now),
    hashtags: [...new Set(tagValues(event, 't').map((tag) => storable(tag.slice(0, 200))))].slice(0, maxTags),
    links: [...new Set(tagValues(event, 'r').flatMap((link) => webUrl(link) ?? []))].slice(0, maxTags),
    summoned: account !== undefined && tagValues(event, 'p').includes(account),
    repost: false,
    visibility: 'public',
    inReplyTo: reply?.id ?? root?.id ?? null,
    ...(quoted !== undefined && { quotes: storable(quoted) }),
    thread: root?.id ?? reply?.id ?? event.id,
    ...(warning !== undefined && { warning }),
    native: { relay },
  };
}

export function keyOf(id: string): string {
  return postKey('nostr', id);
}

/** A web page that shows the event to people without a client, with a hint where it is stored (NIP-19). */
export function webPage({ id, pubkey }: Pick<VerifiedEvent, 'id' | 'pubkey'>, relay: string): string {
  return `https://njump.me/${nip19.neventEncode({ id, author: pubkey, relays: [relay] })}`;
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
  const label = tags.find(([name, , space]) => name === 'l' && space === 'ISO-639-1')?.[1];
  return label !== undefined && /^[a-z]{2}$/i.test(label) ? label.toLowerCase() : null;
}
