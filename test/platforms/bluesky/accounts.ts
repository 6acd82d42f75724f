import { SecretValue } from '../../../src/core/secret.ts';
import type { Login } from '../../../src/platforms/bluesky/session.ts';

export function loginOf(service: string, { handle, password }: { handle: string; password: string }): Login {
  return { service, identifier: handle, password: secretOf(password) };
}

export function secretOf(value: string): SecretValue {
  const secret = new SecretValue({ env: 'TEST' });
  secret.resolve(value);
  return secret;
}
