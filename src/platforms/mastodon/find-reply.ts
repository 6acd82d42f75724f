import type { Payload } from '../../core/reply.ts';
import { isTooLarge, openPageSize } from '../shared/page-size.ts';
import { htmlToText } from '../shared/html.ts';
import { type Server, StatusError } from './server.ts';
import { answeredStatus, contextOf } from './statuses.ts';
import { addresses } from './to-post.ts';
import { type Account, List, Status } from './wire.ts';

const pageSize = 40;
/** A thousand posts back. */
const maxPages = 25;
/** Clocks differ. */
const slackMs = 3_600_000;

/**
 * Finds the bot's post with the text of the payload: first among the replies in the thread, then among all its posts, since servers store no
 * id of ours. 'absent': both were read as far back as it could be.
 */
export async function findOwn(
  payload: Payload,
  server: Server,
  self: Account,
  signal: AbortSignal,
): Promise<Status | 'absent' | 'cannot-tell'> {
  const parent = payload.alone ? undefined : await answeredStatus(payload.replyTo, server, signal);
  const since = payload.createdAt - slackMs;
  const matches = (status: Status) =>
    status.account.id === self.id &&
    status.created_at >= since &&
    lettersOf(status.content) === lettersOf(payload.text) &&
    isReplyTo(status, payload, parent, server);
  const inThread = parent === undefined ? [] : await repliesTo(parent.id, server, signal);
  return inThread.find(matches) ?? (await findAmongOwn(matches, since, server, self, signal));
}

/**
 * True if the status replies to that very post, since many replies have the same text. If the post was deleted or is hidden from the bot,
 * some servers clear `in_reply_to_id`; then the mentioned author is left to compare.
 */
function isReplyTo(
  { in_reply_to_id: parentId, ...status }: Status,
  { alone, replyTo: { native, authorId } }: Payload,
  parent: Status | undefined,
  server: Server,
): boolean {
  if (alone) return !parentId;
  if (parent !== undefined) return parentId === parent.id;
  if (parentId) return native?.['server'] === server.url && native['id'] === parentId;
  return authorId !== undefined && addresses(status, new Set([authorId]));
}

async function repliesTo(id: string, server: Server, signal: AbortSignal): Promise<Status[]> {
  try {
    const { descendants } = await contextOf(server, id, signal);
    return readable(descendants);
  } catch (error) {
    if ((error instanceof StatusError && error.status === 404) || isTooLarge(error)) return [];
    throw error;
  }
}

async function findAmongOwn(
  matches: (status: Status) => boolean,
  since: number,
  server: Server,
  self: Account,
  signal: AbortSignal,
): Promise<Status | 'absent' | 'cannot-tell'> {
  const path = `v1/accounts/${encodeURIComponent(self.id)}/statuses`;
  const withPageSize = openPageSize(pageSize);
  let maxId: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const range = { exclude_reblogs: true, ...(maxId !== undefined && { max_id: maxId }) };
    const sized = await withPageSize((limit) => server.call(List, { path, query: { limit, ...range } }, signal));
    if (sized === undefined) return 'cannot-tell';
    const statuses = readable(sized.answer);
    const found = statuses.find(matches);
    if (found !== undefined) return found;
    const last = statuses.at(-1);
    // Pinned posts may come first, however old, so the last one counts.
    if (last === undefined || last.created_at < since) return 'absent';
    if (last.id === maxId) return 'cannot-tell';
    maxId = last.id;
  }
  return 'cannot-tell';
}

function readable(list: readonly unknown[]): Status[] {
  return list.flatMap((raw) => Status.safeParse(raw).data ?? []);
}

/** Letters and digits only, without leading mentions: servers turn text into HTML, shorten links and add markup. */
export function lettersOf(written: string): string {
  const text = htmlToText(written).text.replace(/^(?:@\S+\s+)+/, '');
  return text.replaceAll(/[^\p{L}\p{N}]+/gu, '').toLowerCase();
}
