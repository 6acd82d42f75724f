import { z } from 'zod';
import { PermanentError } from '../../core/errors.ts';
import { type Api, wordsOf } from './api.ts';

/** Who the bot is on the site. */
export interface Account {
  readonly id: number;
  /** As readers see it. */
  readonly name: string;
  /** May see comments that wait, take comments back, and write as fast as it likes. */
  readonly moderates: boolean;
}

const Me = z.object({
  id: z.int(),
  name: z.string(),
  capabilities: z.record(z.string(), z.unknown()).catch({}),
});

/** Errors: PermanentError where the site does not know the account; those of the API. */
export async function readAccount(api: Api, signal: AbortSignal): Promise<Account> {
  const query = { context: 'edit', _fields: 'id,name,capabilities' };
  const { status, json } = await api.call({ path: 'users/me', query }, signal);
  if (status !== 200)
    throw new PermanentError(`the site does not let the account in: it answers ${status}${wordsOf(json)}`);
  const me = Me.safeParse(json).data;
  if (me === undefined) throw new Error('the site answers with no account');
  return { id: me.id, name: me.name, moderates: me.capabilities['moderate_comments'] === true };
}
