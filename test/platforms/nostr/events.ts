import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { SecretValue } from '../../../src/core/secret.ts';

/** A person with a new key pair. */
export function newPerson() {
  const secret = generateSecretKey();
  return { secret, key: getPublicKey(secret), hex: Buffer.from(secret).toString('hex') };
}
type Person = ReturnType<typeof newPerson>;

export const ada = newPerson();
export const bot = newPerson();

export const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;

interface Written {
  readonly by?: Person;
  readonly at?: number;
  readonly tags?: string[][];
  readonly kind?: number;
}

/** A signed event; by default Ada's note with #cablegate, five minutes old. */
export function note(content: string, { by = ada, at = secondsAgo(300), tags, kind = 1 }: Written = {}) {
  return finalizeEvent({ kind, created_at: at, tags: tags ?? [['t', 'cablegate']], content }, by.secret);
}

export function profile(by: Person, content: object) {
  return note(JSON.stringify(content), { by, kind: 0, tags: [] });
}

export function deletion(of: { id: string }, by: Person) {
  const tags = [
    ['e', of.id],
    ['k', '1'],
  ];
  return note('', { by, kind: 5, tags, at: secondsAgo(1) });
}

export function secretOf(value: string): SecretValue {
  const secret = new SecretValue({ env: 'NOSTR_KEY' });
  secret.resolve(value);
  return secret;
}
