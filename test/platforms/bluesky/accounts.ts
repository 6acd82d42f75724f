import { SecretValue } from '../../../src/core/secret.ts';
import type { Login } from '../../../src/platforms/bluesky/session.ts';
import type { Member } from '../../servers/bluesky.ts';

export function loginOf(service: string, { handle, password }: Pick<Member, 'handle' | 'password'>): Login {
  return { service, identifier: handle, password: secretOf(password) };
}

export function secretOf(value: string): SecretValue {
  const secret = new SecretValue({ env: 'TEST' });
  secret.resolve(value);
  return secret;
}
