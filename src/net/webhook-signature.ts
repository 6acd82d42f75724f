import { createHmac } from 'node:crypto';
import type { SecretValue } from '../core/secret.ts';

const prefix = 'whsec_';

/** Signature version 1 of https://www.standardwebhooks.com. A secret without its prefix is a key as it is. */
export function signatureOf(secret: SecretValue, signed: string): string {
  const value = secret.reveal();
  const key = value.startsWith(prefix) ? Buffer.from(value.slice(prefix.length), 'base64') : value;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
