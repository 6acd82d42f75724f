import type { Payload } from '../../core/reply.ts';
import { isTooLarge, openPageSize } from '../shared/page-size.ts';
import { wordsOfHtml } from '../shared/html.ts';
import { type Server, readAs, within } from './server.ts';
import { parentOf } from './statuses.ts';
import { addresses } from './to-post.ts';
import { StatusError } from './transport.ts';
import { type Account, Context, Status } from './wire.ts';

const pageSize = 40;
/** A thousand posts back. */
const maxPages = 25;
/** Clocks differ. */
const slackMs = 3_600_000;

/**
 * The bot's own post that says what the payload says: among the answers in the thread, then among all its posts. Servers keep no mark
 * of ours. 'absent': both were read as far as it could stand there.
 */
export async function findOwn(
  payload: Payload,
  server: Server,
  self: Account,
  signal: AbortSignal,
): Promise<Status | 'absent' | 'cannot-tell'> {
  const parent = payload.alone ? undefined : await parentOf(payload.replyTo, server, signal);
  const since = payload.createdAt - slackMs;
  const isIt = (status: Status) =>
    status.account.id === self.id &&
    status.createdAt >= since &&
    lettersOf(status.content) === lettersOf(payload.text) &&
    answers(status, payload, parent, server);
  const inThread = parent === undefined ? [] : await answersTo(parent.id, server, signal);
  return inThread.find(isIt) ?? (await findAmongOwn(isIt, since, server, self, signal));
}

/**
 * Whether it answers that very post: the bot says the same to many. Of a post that is gone, or hidden from the bot, servers clear
 * the number or keep it; where they clear it, the name of whom it addresses is left.
 */
function answers(
  { inReplyToId, ...status }: Status,
  { alone, replyTo: { native, authorId } }: Payload,
  parent: Status | undefined,
  server: Server,
): boolean {
  if (alone) return !inReplyToId;
  if (parent !== undefined) return inReplyToId === parent.id;
  if (inReplyToId) return native?.['server'] === server.url && native['id'] === inReplyToId;
  return authorId !== undefined && addresses(status, new Set([authorId]));
}

async function answersTo(id: string, server: Server, signal: AbortSignal): Promise<Status[]> {
  try {
    const context = await server.rest.v1.statuses
      .$select(encodeURIComponent(id))
      .context.fetch(undefined, within(signal));
    return readable(readAs(Context, context, 'a thread').descendants);
  } catch (error) {
    if ((error instanceof StatusError && error.status === 404) || isTooLarge(error)) return [];
    throw error;
  }
}

async function findAmongOwn(
  isIt: (status: Status) => boolean,
  since: number,
  server: Server,
  self: Account,
  signal: AbortSignal,
): Promise<Status | 'absent' | 'cannot-tell'> {
  const own = server.rest.v1.accounts.$select(encodeURIComponent(self.id)).statuses;
  const fitting = openPageSize(pageSize);
  let maxId: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const params = { excludeReblogs: true, ...(maxId !== undefined && { maxId }) };
    const fit = await fitting(async (limit): Promise<unknown> => own.list({ limit, ...params }, within(signal)));
    if (fit === undefined) return 'cannot-tell';
    const statuses = readable(Array.isArray(fit.answer) ? fit.answer : []);
    const found = statuses.find(isIt);
    if (found !== undefined) return found;
    const last = statuses.at(-1);
    // Pinned posts may stand first, however old: the last one counts.
    if (last === undefined || last.createdAt < since) return 'absent';
    if (last.id === maxId) return 'cannot-tell';
    maxId = last.id;
  }
  return 'cannot-tell';
}

function readable(list: readonly unknown[]): Status[] {
  return list.flatMap((raw) => Status.safeParse(raw).data ?? []);
}

/** A server turns text into HTML, shortens links and sets marks of its own; letters and digits stay. Names before it do not count. */
export function lettersOf(written: string): string {
  const text = wordsOfHtml(written, null).text.replace(/^(?:@\S+\s+)+/, '');
  return text.replaceAll(/[^\p{L}\p{N}]+/gu, '').toLowerCase();
}
