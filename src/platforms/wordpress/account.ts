import { z } from 'zod';
import { PermanentError } from '../../core/errors.ts';
import { type Api, wordsOf } from './api.ts';

/** The bot's account on the site. */
export interface Account {
  readonly id: number;
  /** Display name. */
  readonly name: string;
  /** May see pending comments, delete comments, and write without a rate limit. */
  readonly moderates: boolean;
}

const Me = z.object({
  id: z.int(),
  name: z.string(),
  capabilities: z.record(z.string(), z.unknown()).catch({}),
});

/** Errors: PermanentError if the site rejects the account; those of the API. */
export async function readAccount(api: Api, signal: AbortSignal): Promise<Account> {
  const query = { context: 'edit', _fields: 'id,name,capabilities' };
  const { status, json } = await api.call({ path: 'users/me', query }, signal);
  if (status !== 200) throw new PermanentError(`the site rejects the account: it answered ${status}${wordsOf(json)}`);
  const me = Me.safeParse(json).data;
  if (me === undefined) throw new Error('the site’s answer has no account');
  return { id: me.id, name: me.name, moderates: me.capabilities['moderate_comments'] === true };
}
