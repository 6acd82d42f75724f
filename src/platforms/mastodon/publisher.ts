import { createHash } from 'node:crypto';
import { z } from 'zod';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import { beforeSending } from '../../net/never-sent.ts';
import { webUrl } from '../shared/html.ts';
import type { DriverContext, Publisher } from '../platform.ts';
import { authorIdOf, closedBy } from './to-post.ts';
import type { MastodonPublisher } from './config.ts';
import { findOwn } from './find-reply.ts';
import type { InstanceInfo } from './instance.ts';
import { limitsOf, statusOf } from './new-status.ts';
import { isUnsent, Server, StatusError } from './server.ts';
import { answeredStatus, statusByUri } from './statuses.ts';
import { type Account, List, Relationship, Status } from './wire.ts';

const retryMs = 60_000;
/** The bot's server must first fetch a post that another server reported, and its origin may be down. */
const fetchedWithinMs = 3_600_000;
const fetchAgainMs = 120_000;
/** An idempotency key protects only after the server has finished the first request with it, which may take longer than our time-out. */
const afterMs = 180_000;

/** Errors: those of the call, if the server does not describe itself and the bot's account. */
export async function openPublisher(config: MastodonPublisher, context: DriverContext): Promise<Publisher> {
  const server = new Server({ url: config.server, token: config.token.reveal() }, context, { keep: 0 });
  const signal = AbortSignal.timeout(60_000);
  const info = await server.info(signal);
  const self = await server.self(signal);
  if (self === undefined) throw new Error('a publisher needs a token');
  return {
    limits: limitsOf(info),
    repeat: info.keepsKeysMs === undefined ? 'doubles' : { harmlessForMs: info.keepsKeysMs, afterMs },
    self: authorIdOf(self),
    async publish(payload, abort) {
      const now = context.clock.now();
      const parent = await beforeSending(abort, () =>
        withPermanentRefusals(() => answerable(payload, server, now, abort)),
      );
      return await send(payload, { server, parent, info, visibility: config.visibility }, abort);
    },
    async find(payload, abort) {
      const found = await findOwn(payload, server, self, abort);
      return typeof found === 'string' ? found : publishedOf(found);
    },
    withdraw: (published, abort) => withdraw(published, server, abort),
  };
}

/** Makes a refusal by the server a PermanentError. */
async function withPermanentRefusals<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isKnownRefusal(error)) throw error;
    throw new PermanentError(messageOf(error), { cause: error });
  }
}

/** Fetches the post to answer, as it is now. Errors: PermanentError if it may not be answered. */
async function answerable(
  { replyTo, alone, createdAt }: Payload,
  server: Server,
  now: number,
  signal: AbortSignal,
): Promise<Status | undefined> {
  if (alone) return undefined;
  const parent = await answeredStatus(replyTo, server, signal);
  // A server gives the same response for a deleted post and for one that it cannot fetch at the moment.
  if (parent === undefined && isFromElsewhere(replyTo, server) && now - createdAt < fetchedWithinMs)
    throw new RetryLater(`${server.url} cannot show the post yet`, fetchAgainMs);
  if (parent === undefined)
    throw new PermanentError('the post was deleted, or its author blocks the bot: the server does not show it');
  const closed = closedBy(parent.account);
  if (closed !== undefined) throw new PermanentError(`not answered: ${closed}`);
  const { blocking, muting, blocked_by: blockedBy } = await relationshipTo(parent.account, server, signal);
  if (blockedBy) throw new PermanentError('its author blocks the bot');
  if (blocking || muting) throw new PermanentError('the bot’s account blocks or mutes its author');
  return parent;
}

function isFromElsewhere({ id, native }: Payload['replyTo'], { url }: Server): boolean {
  return native?.['server'] !== url && URL.parse(id)?.origin !== url;
}

async function relationshipTo({ id }: Account, server: Server, signal: AbortSignal) {
  try {
    const [first] = await server.call(List, { path: 'v1/accounts/relationships', query: { id: [id] } }, signal);
    return Relationship.safeParse(first).data ?? {};
  } catch (error) {
    // Some servers lack this call, or the token lacks its scope: then the server decides when the reply is sent.
    if (isKnownRefusal(error)) return {};
    throw error;
  }
}

interface SendContext {
  readonly server: Server;
  readonly parent: Status | undefined;
  readonly info: InstanceInfo;
  readonly visibility: MastodonPublisher['visibility'];
}

async function send(payload: Payload, context: SendContext, signal: AbortSignal): Promise<Published> {
  const { server } = context;
  try {
    const key = createHash('sha256').update(payload.idempotencyKey).digest('base64url');
    const call = { method: 'POST', path: 'v1/statuses', headers: { 'idempotency-key': key } } as const;
    const body = statusOf(payload, context);
    return publishedOf(await withPermanentRefusals(() => server.call(Status, { ...call, body }, signal)));
  } catch (error) {
    if (isUnsent(error)) throw new RetryLater(`not sent: ${messageOf(error)}`, retryMs, { cause: error });
    throw error;
  }
}

/** True if the status says that the server did nothing. A time-out (408) does not. */
function isKnownRefusal(error: unknown): boolean {
  return error instanceof StatusError && error.status >= 300 && error.status < 500 && error.status !== 408;
}

function publishedOf({ uri, url }: Status): Published {
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
