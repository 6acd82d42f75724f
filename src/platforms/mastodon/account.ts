import type { Author } from '../../core/post.ts';
import { webUrl, wordsOfHtml } from '../shared/html.ts';
import type { Account } from './wire.ts';

/**
 * The address of the profile: unlike numbers and `acct` it is the same whichever server tells of it, and unlike the `uri` every
 * server tells it.
 */
export function authorIdOf({ url, uri, acct }: Account): string {
  return webUrl(url ?? undefined, null) ?? webUrl(uri ?? undefined, null) ?? acct;
}

export function authorOf(account: Account): Author {
  const { displayName, bot, createdAt } = account;
  return {
    id: authorIdOf(account),
    handle: handleOf(account).slice(0, 300),
    name: displayName ? displayName.slice(0, 200) : null,
    bot: bot === true,
    ...(typeof createdAt === 'number' && { since: createdAt }),
  };
}

/** Why the account's owner does not want to hear of bots; undefined: nothing is said. */
export function closedBy({ note, fields }: Account): string | undefined {
  const words = [note ?? '', ...(fields ?? []).flatMap(({ name, value }) => [name, value])];
  // The tag is cut by HTML, as in `#<span>nobot</span>`.
  const found = words.map((html) => NOBOT.exec(wordsOfHtml(html, null).text)?.[0]).find((tag) => tag !== undefined);
  return found === undefined ? undefined : `its author’s profile says ${found}`;
}

const NOBOT = /(?<![\p{L}\p{N}_#＃])[#＃]nobots?(?![\p{L}\p{N}_])/iu;

/** With the server, also where that is the one that was asked. */
function handleOf(account: Account): string {
  const { acct } = account;
  const host = URL.parse(authorIdOf(account))?.host;
  return acct.includes('@') || host === undefined ? acct : `${acct}@${host}`;
}
