import { createHash } from 'node:crypto';
import { PermanentError } from '../../core/errors.ts';
import type { Payload } from '../../core/reply.ts';
import { limits } from './config.ts';
import { labelsIn } from './to-post.ts';
import { PostUri, StrongRef } from './wire.ts';

/** `app.bsky.feed.post` as it is sent. */
export interface OutgoingPost {
  readonly $type: 'app.bsky.feed.post';
  readonly text: string;
  readonly createdAt: string;
  readonly langs?: readonly string[];
  readonly facets?: readonly Facet[];
  readonly reply?: { readonly root: StrongRef; readonly parent: StrongRef };
  readonly embed?: object;
  readonly labels?: object;
}

/** The same payload gives the same record, byte for byte. Errors: PermanentError if the source post is not on Bluesky. */
export function compose(payload: Payload): OutgoingPost {
  const { text, language, createdAt, replyTo, alone, card, warning } = payload;
  const answered = alone ? undefined : { handle: replyTo.author, did: replyTo.authorId ?? '' };
  const facets = facetsOf(text, answered);
  const labels = labelsIn(warning);
  return {
    $type: 'app.bsky.feed.post',
    text,
    createdAt: new Date(createdAt).toISOString(),
    ...(language !== null && { langs: [language] }),
    ...(facets.length > 0 && { facets }),
    ...(!alone && { reply: refsOf(replyTo) }),
    ...(card && { embed: cardOf(card) }),
    ...(labels.length > 0 && {
      labels: { $type: 'com.atproto.label.defs#selfLabels', values: labels.map((val) => ({ val })) },
    }),
  };
}

/** The first post of the thread is the root of all replies in it. */
function refsOf({ id, native = {} }: Payload['replyTo']): { root: StrongRef; parent: StrongRef } {
  const parent = StrongRef.safeParse({ uri: id, cid: native['cid'] });
  if (!parent.success || !PostUri.safeParse(id).success) {
    throw new PermanentError('the source post is not on Bluesky, so it cannot be answered there');
  }
  const root = StrongRef.safeParse({ uri: native['rootUri'], cid: native['rootCid'] });
  return { root: root.success ? root.data : parent.data, parent: parent.data };
}

function cardOf({ url, title, description }: NonNullable<Payload['card']>): object {
  return { $type: 'app.bsky.embed.external', external: { uri: url, title, description } };
}

const alphabet = '234567abcdefghijklmnopqrstuvwxyz';

/**
 * The key of a record: a TID (53 bits of microseconds, 10 bits of clock id), as posts require. Its time is that of the answered post's own key,
 * not that of the plan, so that a bot whose ledger was restored gives the same reply the same key. Where the post has none, as the edition of
 * a digest, a hash gives the time as well.
 */
export function recordKeyOf({ key, replyTo }: Pick<Payload, 'key' | 'replyTo'>): string {
  const ownTime = timeIn(replyTo.id.slice(replyTo.id.lastIndexOf('/') + 1));
  return recordKey(
    ownTime ?? hashedFrom + (createHash('sha256').update(`time ${key}`).digest().readUInt32BE() >>> 1),
    key,
  );
}

/** 31 bits of milliseconds, 25 days, follow. */
const hashedFrom = Date.UTC(2023, 0);

/** A hash of the reply's key gives the microseconds within the millisecond and the clock id. */
export function recordKey(atMs: number, key: string): string {
  const hash = createHash('sha256').update(key).digest().readUInt32BE();
  const micros = BigInt(Math.trunc(atMs)) * 1000n + BigInt((hash >>> 10) % 1000);
  let bits = (micros << 10n) | BigInt(hash & 1023);
  let written = '';
  for (let digit = 0; digit < 13; digit += 1) {
    written = `${alphabet[Number(bits & 31n)]}${written}`;
    bits >>= 5n;
  }
  return written;
}

/** The time of a TID, in milliseconds since the epoch; undefined: it is none. */
function timeIn(tid: string): number | undefined {
  if (!/^[2-7a-j][2-7a-z]{12}$/.test(tid)) return undefined;
  let bits = 0n;
  for (const digit of tid) bits = (bits << 5n) | BigInt(alphabet.indexOf(digit));
  return Number((bits >> 10n) / 1000n);
}

/** `app.bsky.richtext.facet`: the link or mention of a span of the text, in UTF-8 bytes. */
interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly ({ readonly $type: string } & Readonly<Record<string, string>>)[];
}

const bytesPerGrapheme = 10;

/** Length in graphemes (limit 300), at least a tenth of the bytes (limit 3000). */
export function lengthOf(text: string): number {
  return Math.max(limits.length(text), Math.ceil(Buffer.byteLength(text) / bytesPerGrapheme));
}

const link = /(?<![\p{L}\p{N}@/])https?:\/\/[^\s<>"'“”„«»`]+/giu;
/** Punctuation at the end of a sentence does not belong to a URL. */
const trailing = /[.,;:!?…]+$/;

/** Facets of the links in the text, and of the mention of the answered author, so that nobody else is notified. */
export function facetsOf(
  text: string,
  answered: { readonly handle: string; readonly did: string } | undefined,
): Facet[] {
  const links = Array.from(text.matchAll(link), ({ 0: written, index }) => {
    const uri = withoutTail(written);
    return facet(text, index, uri.length, { $type: 'app.bsky.richtext.facet#link', uri });
  });
  const mentions = answered?.did.startsWith('did:') ? mentionsOf(text, answered.handle, answered.did) : [];
  return [...links, ...mentions].toSorted((a, b) => a.index.byteStart - b.index.byteStart);
}

function mentionsOf(text: string, handle: string, did: string): Facet[] {
  const name = `@${handle.replace(/^@/, '')}`;
  if (name === '@') return [];
  const pattern = String.raw`(?<![\p{L}\p{N}@/.])${RegExp.escape(name)}(?![\p{L}\p{N}-]|\.[\p{L}\p{N}])`;
  return Array.from(text.matchAll(new RegExp(pattern, 'giu')), ({ index }) =>
    facet(text, index, name.length, { $type: 'app.bsky.richtext.facet#mention', did }),
  );
}

function facet(text: string, at: number, length: number, feature: Facet['features'][number]): Facet {
  const byteStart = Buffer.byteLength(text.slice(0, at));
  const byteEnd = byteStart + Buffer.byteLength(text.slice(at, at + length));
  return { index: { byteStart, byteEnd }, features: [feature] };
}

/** Cuts off trailing punctuation. A closing bracket belongs to the URL only if the URL contains the opening one. */
function withoutTail(url: string): string {
  const bare = url.replace(trailing, '');
  const isUnopened = ['()', '[]'].some(
    ([opening = '', closing = '']) => bare.endsWith(closing) && bare.split(opening).length < bare.split(closing).length,
  );
  return isUnopened ? withoutTail(bare.slice(0, -1)) : bare;
}
