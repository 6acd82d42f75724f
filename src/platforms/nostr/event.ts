import { createHash } from 'node:crypto';
import type { VerifiedEvent } from 'nostr-tools/core';
import * as nip19 from 'nostr-tools/nip19';
import { getPublicKey, verifyEvent } from 'nostr-tools/pure';
import { z } from 'zod';
import { PermanentError } from '../../core/errors.ts';
import type { SecretValue } from '../../core/secret.ts';
import { faultIn } from '../shared/parse-json.ts';

const hex = (digits: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `expected ${digits} hexadecimal digits`);

const Received = z.object({
  id: hex(64),
  pubkey: hex(64),
  created_at: z.int().min(0),
  kind: z.int().min(0).max(65_535),
  tags: z.array(z.array(z.string())).max(2000),
  content: z.string().max(65_536),
  sig: hex(128),
});

const maxTagsLength = 262_144;
/** Clocks differ; events dated further ahead are rejected. */
export const aheadSeconds = 15 * 60;

/** Verifies a received event, or says what is wrong with it. `now` in milliseconds. */
export function readEvent(received: unknown, now: number): VerifiedEvent | { readonly fault: string } {
  const { data: event, error } = Received.safeParse(received);
  if (error) return { fault: `not an event: ${faultIn(error)}`.slice(0, 200) };
  if (event.tags.flat().reduce((sum, { length }) => sum + length, 0) > maxTagsLength)
    return { fault: 'its tags are too long' };
  if (!verifyEvent(event)) return { fault: 'its id or its signature is wrong' };
  if (event.created_at > now / 1000 + aheadSeconds) return { fault: 'it is dated in the future' };
  return event;
}

const Claims = z.object({
  id: z.string().max(64).catch(''),
  pubkey: hex(64).catch(''),
  kind: z.number().catch(-1),
  /** Seconds. */
  created_at: z.number().catch(-1),
});

/** Reads id, author, kind and time of an unverified event; -1 and empty texts where they are missing. */
export function claimsOf(received: unknown): z.infer<typeof Claims> {
  return Claims.safeParse(received).data ?? { id: '', pubkey: '', kind: -1, created_at: -1 };
}

/** A short hash of an id, or of an event whose id cannot be trusted. 64 bits are enough to tell a few thousand apart. */
export function fingerprintOf(received: unknown): string {
  const text = typeof received === 'string' ? received : JSON.stringify(received);
  return createHash('sha256').update(text).digest().subarray(0, 8).toString('base64url');
}

/** The values of all tags of a name. */
export function tagValues({ tags }: Pick<VerifiedEvent, 'tags'>, name: string): string[] {
  return tags.flatMap(([tag, value]) => (tag === name && value !== undefined ? [value] : []));
}

export function isExpired(event: VerifiedEvent, now: number): boolean {
  const [at] = tagValues(event, 'expiration');
  return at !== undefined && Number(at) * 1000 <= now;
}

/** `public`: 64 hexadecimal digits, as events have it. */
export interface KeyPair {
  readonly secret: Uint8Array;
  readonly public: string;
}

/** Errors: PermanentError, which never quotes the key. */
export function keyPairOf(value: SecretValue): KeyPair {
  return keyPairFrom(value.reveal().trim());
}

/** As `keyPairOf`, of a key as a person writes it. */
export function keyPairFrom(written: string): KeyPair {
  try {
    const isHex = /^[0-9a-f]{64}$/i.test(written);
    const secret = isHex ? new Uint8Array(Buffer.from(written, 'hex')) : decodedSecret(written);
    return { secret, public: getPublicKey(secret) };
  } catch {
    // Without the cause: its message quotes the key.
    throw new PermanentError('the secret key cannot be read: expected nsec1… or 64 hexadecimal digits');
  }
}

/** Reads an npub or hexadecimal digits. Errors: PermanentError. */
export function publicKeyOf(written: string): string {
  if (!written.startsWith('npub1')) return written;
  try {
    const { type, data } = nip19.decode(written);
    if (type === 'npub') return data;
  } catch {
    // As below.
  }
  throw new PermanentError(`${written.slice(0, 12)}… is no public key: a letter of it is wrong`);
}

function decodedSecret(written: string): Uint8Array {
  const { type, data } = nip19.decode(written);
  if (type !== 'nsec') throw new Error('not a secret key');
  return data;
}
