import { createHash } from 'node:crypto';
import { z } from 'zod';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import { answerIn, beforeSending, sending, StatusError } from '../shared/answers.ts';
import { htmlToText, webUrl } from '../shared/html.ts';
import { isTooLarge, openPageSize } from '../shared/page-size.ts';
import type { DriverContext, LostReply, Publisher } from '../platform.ts';
import { addresses, authorIdOf, closedBy } from './to-post.ts';
import type { MastodonPublisher } from './config.ts';
import { limitsOf, type StatusContext, statusOf } from './new-status.ts';
import { isUnsent, Server } from './server.ts';
import { answeredStatus, contextOf, statusByUri } from './statuses.ts';
import { type Account, type IdentifiedStatus, List, type OwnAccount, OwnStatus, Relationship, Status } from './wire.ts';

const retryMs = 60_000;
/** The bot's server must first fetch a post that another server reported, and its origin may be down. */
const fetchedWithinMs = 3_600_000;
const fetchAgainMs = 120_000;
/** An idempotency key protects only after the server has finished the first request with it, which may take longer than our time-out. */
const afterMs = 180_000;

/** Errors: RetryLater or PermanentError, if the server does not describe itself and the bot's account. */
export async function openPublisher(config: MastodonPublisher, context: DriverContext): Promise<Publisher> {
  const server = publishingServer(config, context);
  const signal = AbortSignal.timeout(60_000);
  const info = await beforeSending(signal, () => server.info(signal));
  const self = await beforeSending(signal, () => server.self(signal));
  if (self === undefined) throw new Error('a publisher needs a token');
  return {
    limits: limitsOf(info),
    repeat: info.keepsKeysMs === undefined ? 'doubles' : { harmlessForMs: info.keepsKeysMs, afterMs },
    self: authorIdOf(self),
    async publish(payload, abort) {
      const now = context.clock.now();
      const parent = await beforeSending(abort, () => answerable(payload, { server, self, now }, abort));
      return await send(payload, { server, parent, visibility: config.visibility }, abort);
    },
    async find(payload, abort, lost) {
      const found = await findOwn(payload, { server, self, lost }, abort);
      return typeof found === 'string' ? found : publishedOf(found);
    },
    withdraw: (published, abort) => withdraw(published, server, abort),
    async replace(published, payload, abort) {
      const now = context.clock.now();
      const parent = await beforeSending(abort, () => answerable(payload, { server, self, now }, abort));
      return await edit(published, payload, { server, parent, visibility: config.visibility }, abort);
    },
  };
}

/** The publisher's server: it leaves no calls of the rate limits for others. */
export function publishingServer({ server, token }: MastodonPublisher, context: DriverContext): Server {
  return new Server({ url: server, token: token.reveal() }, context, { keep: 0 });
}

/** Fetches the post to answer, as it is now. Errors: PermanentError if it may not be answered. */
async function answerable(
  { replyTo, alone, createdAt }: Payload,
  { server, self, now }: { readonly server: Server; readonly self: OwnAccount; readonly now: number },
  signal: AbortSignal,
): Promise<IdentifiedStatus | undefined> {
  if (alone) return undefined;
  const parent = await answeredStatus(replyTo, server, signal);
  // A server gives the same response for a deleted post and for one that it cannot fetch at the moment.
  if (parent === undefined && isFromElsewhere(replyTo, server) && now - createdAt < fetchedWithinMs)
    throw new RetryLater(`${server.url} cannot show the post yet`, fetchAgainMs);
  if (parent === undefined)
    throw new PermanentError('the post was deleted, or its author blocks the bot: the server does not show it');
  if (authorIdOf(parent.account) === '') throw new Error(`${server.url} does not say who wrote the post`);
  const closed = closedBy(parent, new Set([authorIdOf(self)]));
  if (closed !== undefined) throw new PermanentError(`not answered: ${closed}`);
  const { blocking, muting, blocked_by: blockedBy } = await relationshipTo(parent.account, server, signal);
  if (blockedBy) throw new PermanentError('its author blocks the bot');
  if (blocking || muting) throw new PermanentError('the bot’s account blocks or mutes its author');
  return parent;
}

function isFromElsewhere({ id, native }: Payload['replyTo'], { url }: Server): boolean {
  return native?.['server'] !== url && URL.parse(id)?.origin !== url;
}

/** The call, or the scope for it. */
const lacking: ReadonlySet<number> = new Set([400, 403, 404, 405, 410, 422, 501]);

async function relationshipTo({ id }: Account, server: Server, signal: AbortSignal) {
  if (id === undefined) throw new Error(`${server.url} names the author of the post without an id`);
  try {
    const [first] = await server.call(List, { path: 'v1/accounts/relationships', query: { id: [id] } }, signal);
    return Relationship.safeParse(first).data ?? {};
  } catch (error) {
    // Some servers lack this call, or the token lacks its scope: then the server decides when the reply is sent.
    if (error instanceof StatusError && lacking.has(error.status)) return {};
    throw error;
  }
}

async function send(
  payload: Payload,
  { server, ...context }: StatusContext & { readonly server: Server },
  signal: AbortSignal,
): Promise<Published> {
  try {
    const key = createHash('sha256').update(payload.idempotencyKey).digest('base64url');
    const call = { method: 'POST', path: 'v1/statuses', headers: { 'idempotency-key': key } } as const;
    const body = statusOf(payload, context);
    return publishedOf(await sending(() => server.call(Status, { ...call, body }, signal)));
  } catch (error) {
    if (isUnsent(error)) throw new RetryLater(`not sent: ${messageOf(error)}`, retryMs, { cause: error });
    throw error;
  }
}

function publishedOf({ uri, url }: Pick<Status, 'uri' | 'url'>): Published {
  return { id: uri, url: webUrl(url) ?? webUrl(uri) };
}

async function withdraw({ id: uri }: Published, server: Server, signal: AbortSignal): Promise<void> {
  const status = await statusByUri(server, uri, signal);
  if (status === undefined) return;
  try {
    const path = `v1/statuses/${encodeURIComponent(status.id)}`;
    await server.call(z.unknown(), { method: 'DELETE', path }, signal);
  } catch (error) {
    if (!(error instanceof StatusError) || error.status !== 404) throw error;
    // Some servers answer 404 because they do not implement deletion.
    if ((await statusByUri(server, uri, signal)) === undefined) return;
    throw new PermanentError(`${server.url} does not delete posts for clients: delete it by hand`, { cause: error });
  }
}

/** https://docs.joinmastodon.org/methods/statuses/#edit . What is left out is emptied, but for who may see it. */
async function edit(
  { id: uri }: Published,
  payload: Payload,
  { server, ...context }: StatusContext & { readonly server: Server },
  signal: AbortSignal,
): Promise<Published> {
  const own = await beforeSending(signal, () => statusByUri(server, uri, signal));
  if (own === undefined) throw new PermanentError('the reply is gone');
  const { status, spoiler_text = '', language } = statusOf(payload, context);
  const call = { method: 'PUT', path: `v1/statuses/${encodeURIComponent(own.id)}` } as const;
  try {
    const body = { status, spoiler_text, ...(language !== undefined && { language }) };
    const edited = await sending(() => server.call(Status, { ...call, body }, signal));
    return { ...publishedOf(edited), id: uri };
  } catch (error) {
    if (!lacking.has(answerIn(error)?.status ?? 0) || (error instanceof RetryLater && error.trouble === 'login'))
      throw error;
    throw new PermanentError(`${server.url} does not edit posts for clients: ${messageOf(error)}`, { cause: error });
  }
}

const pageSize = 40;
/** A thousand posts back. */
const maxPages = 25;
/** Clocks differ. */
const slackMs = 3_600_000;

/**
 * Finds the bot's post with the text of the payload: first among the replies in the thread, then among all its posts, since servers store no
 * id of ours. 'absent': its own posts were read as far back as it could be, and all of them could be read.
 */
async function findOwn(
  payload: Payload,
  { server, self, lost }: { readonly server: Server; readonly self: OwnAccount; readonly lost: LostReply | undefined },
  signal: AbortSignal,
): Promise<OwnStatus | 'absent' | 'cannot-tell'> {
  const parent = payload.alone ? undefined : await answeredStatus(payload.replyTo, server, signal);
  const since = (lost?.since ?? payload.createdAt) - slackMs;
  const anyWords = lost?.anyWords === true && payload.alone !== true;
  const matches = (status: OwnStatus) =>
    status.account.id === self.id &&
    status.created_at >= since &&
    (anyWords || lettersOf(status.content) === lettersOf(payload.text)) &&
    isReplyTo(status, payload, parent, server);
  const inThread = parent === undefined ? [] : await repliesTo(parent.id, server, signal);
  return inThread.find(matches) ?? (await findAmongOwn(matches, since, server, self, signal));
}

/**
 * True if the status replies to that very post, since many replies have the same text. If the post was deleted or is hidden from the bot,
 * some servers clear `in_reply_to_id`; then the mentioned author is left to compare.
 */
function isReplyTo(
  { in_reply_to_id: parentId, ...status }: OwnStatus,
  { alone, replyTo: { native, authorId } }: Payload,
  parent: Status | undefined,
  server: Server,
): boolean {
  if (alone) return !parentId;
  if (parent !== undefined) return parentId === parent.id;
  if (parentId) return native?.['server'] === server.url && native['id'] === parentId;
  return authorId !== undefined && addresses(status, new Set([authorId]));
}

async function repliesTo(id: string, server: Server, signal: AbortSignal): Promise<OwnStatus[]> {
  try {
    const { descendants } = await contextOf(server, id, signal);
    return readable(descendants);
  } catch (error) {
    if ((error instanceof StatusError && error.status === 404) || isTooLarge(error)) return [];
    throw error;
  }
}

async function findAmongOwn(
  matches: (status: OwnStatus) => boolean,
  since: number,
  server: Server,
  self: OwnAccount,
  signal: AbortSignal,
): Promise<OwnStatus | 'absent' | 'cannot-tell'> {
  const path = `v1/accounts/${encodeURIComponent(self.id)}/statuses`;
  const withPageSize = openPageSize(pageSize);
  let maxId: string | undefined;
  let isDoubtful = false;
  for (let page = 0; page < maxPages; page++) {
    const range = { exclude_reblogs: true, ...(maxId !== undefined && { max_id: maxId }) };
    const sized = await withPageSize((limit) => server.call(List, { path, query: { limit, ...range } }, signal));
    if (sized === undefined) return 'cannot-tell';
    const statuses = readable(sized.answer);
    const found = statuses.find(matches);
    if (found !== undefined) return found;
    // What cannot be read may be the wanted one.
    isDoubtful ||= statuses.length < sized.answer.length;
    const last = statuses.at(-1);
    // Pinned posts may come first, however old, so the last one counts.
    if (last === undefined || last.created_at < since) return isDoubtful ? 'cannot-tell' : 'absent';
    if (last.id === maxId) return 'cannot-tell';
    maxId = last.id;
  }
  return 'cannot-tell';
}

function readable(list: readonly unknown[]): OwnStatus[] {
  return list.flatMap((raw) => OwnStatus.safeParse(raw).data ?? []);
}

/** Letters and digits only, without leading mentions: servers turn text into HTML, shorten links and add markup. */
export function lettersOf(written: string): string {
  const text = htmlToText(written).text.replace(/^(?:@\S+\s+)+/, '');
  return text.replaceAll(/[^\p{L}\p{N}]+/gu, '').toLowerCase();
}
