import * as nip19 from 'nostr-tools/nip19';
import { getPublicKey } from 'nostr-tools/pure';
import { PermanentError } from '../../core/errors.ts';
import type { SecretValue } from '../../core/secret.ts';

export interface KeyPair {
  readonly secret: Uint8Array;
  /** 64 hexadecimal digits, as events have it. */
  readonly public: string;
}

/** Errors: PermanentError, which never shows what stands there. */
export function keyPairOf(value: SecretValue): KeyPair {
  const written = value.reveal().trim();
  try {
    const secret = /^[0-9a-f]{64}$/i.test(written)
      ? new Uint8Array(Buffer.from(written, 'hex'))
      : decodedSecret(written);
    return { secret, public: getPublicKey(secret) };
  } catch {
    // Without the cause: its message quotes the key.
    throw new PermanentError('the secret key cannot be read: expected nsec1… or 64 hexadecimal digits');
  }
}

/** Of an npub or of hexadecimal digits. Errors: PermanentError. */
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
