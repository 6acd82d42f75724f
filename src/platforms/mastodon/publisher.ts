import { createHash } from 'node:crypto';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import { webUrl } from '../shared/html.ts';
import type { DriverContext, Publisher } from '../platform.ts';
import { authorIdOf, closedBy } from './to-post.ts';
import type { MastodonPublisher } from './config.ts';
import { findOwn } from './find-reply.ts';
import { type InstanceFacts, openServer, readAs, type Server, within } from './server.ts';
import { limitsOf, statusOf } from './reply.ts';
import { parentOf, statusByUri } from './statuses.ts';
import { isUnsent, StatusError } from './transport.ts';
import { type Account, Relationship, Status } from './wire.ts';

const retryMs = 60_000;
/** A post that another server told of must be fetched first, from a server that may be down. */
const fetchedWithinMs = 3_600_000;
const fetchAgainMs = 120_000;
/** A key guards once the first request with it has ended on the server: a slow one may still be at work after our time-out. */
const restMs = 180_000;

/** Errors: those of the transport, where the server cannot say who the bot is and what fits. */
export async function openPublisher(config: MastodonPublisher, context: DriverContext): Promise<Publisher> {
  const server = openServer({ url: config.server, token: config.token.reveal() }, context, { keep: 0 });
  const signal = AbortSignal.timeout(60_000);
  const facts = await server.facts(signal);
  const self = await server.self(signal);
  if (self === undefined) throw new Error('a publisher needs a token');
  return {
    limits: limitsOf(facts),
    repeat: facts.keepsKeysMs === undefined ? 'doubles' : { harmlessForMs: facts.keepsKeysMs, restMs },
    self: authorIdOf(self),
    async publish(payload, abort) {
      const parent = await surelyNotOut(abort, () => answerable(payload, server, context.clock.now(), abort));
      return await send(payload, { server, parent, facts, visibility: config.visibility }, abort);
    },
    async find(payload, abort) {
      const found = await findOwn(payload, server, self, abort);
      return typeof found === 'string' ? found : publishedOf(found);
    },
    withdraw: (published, abort) => withdraw(published, server, abort),
  };
}

/** Whatever fails before the post is sent: it is not out. */
async function surelyNotOut<T>(signal: AbortSignal, prepare: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw new RetryLater('stopped before it was sent', 0, { cause: signal.reason });
  try {
    return await prepare();
  } catch (error) {
    if (error instanceof PermanentError || error instanceof RetryLater) throw error;
    const isRefusal = error instanceof StatusError && isKnownRefusal(error);
    if (isRefusal) throw new PermanentError(error.message, { cause: error });
    throw new RetryLater(`not sent: ${messageOf(error)}`, retryMs, { cause: error });
  }
}

/** The post to be answered, as it is now. Errors: PermanentError where it may not be answered. */
async function answerable(
  { replyTo, alone, createdAt }: Payload,
  server: Server,
  now: number,
  signal: AbortSignal,
): Promise<Status | undefined> {
  if (alone) return undefined;
  const parent = await parentOf(replyTo, server, signal);
  // Where the server could not fetch it for the moment, it says the same as of what is gone.
  if (parent === undefined && isFromElsewhere(replyTo, server) && now - createdAt < fetchedWithinMs)
    throw new RetryLater(`${server.url} cannot show the post yet`, fetchAgainMs);
  if (parent === undefined)
    throw new PermanentError('the post is gone, or its author blocks the bot: the server does not show it');
  const closed = closedBy(parent.account);
  if (closed !== undefined) throw new PermanentError(`not answered: ${closed}`);
  const { blocking, muting, blockedBy } = await relationshipTo(parent.account, server, signal);
  if (blockedBy) throw new PermanentError('its author blocks the bot');
  if (blocking || muting) throw new PermanentError('the bot’s account blocks or mutes its author');
  return parent;
}

function isFromElsewhere({ id, native }: Payload['replyTo'], { url }: Server): boolean {
  return native?.['server'] !== url && URL.parse(id)?.origin !== url;
}

async function relationshipTo({ id }: Account, server: Server, signal: AbortSignal) {
  try {
    const [first]: unknown[] = await server.rest.v1.accounts.relationships.fetch({ id: [id] }, within(signal));
    return Relationship.safeParse(first).data ?? {};
  } catch (error) {
    // Not every server has it, or the token may not ask: the server has the last word anyway.
    if (error instanceof StatusError && isKnownRefusal(error)) return {};
    throw error;
  }
}

interface Sending {
  readonly server: Server;
  readonly parent: Status | undefined;
  readonly facts: InstanceFacts;
  readonly visibility: MastodonPublisher['visibility'];
}

async function send(payload: Payload, sending: Sending, signal: AbortSignal): Promise<Published> {
  const { server } = sending;
  try {
    const key = createHash('sha256').update(payload.idempotencyKey).digest('base64url');
    const params = statusOf(payload, sending);
    const answer = await server.rest.v1.statuses.create(params, within(signal, { 'idempotency-key': key }));
    return publishedOf(readAs(Status, answer, 'the answer to what was sent'));
  } catch (error) {
    if (error instanceof StatusError && isKnownRefusal(error))
      throw new PermanentError(error.message, { cause: error });
    if (isUnsent(error)) throw new RetryLater(`not sent: ${messageOf(error)}`, retryMs, { cause: error });
    throw error;
  }
}

/** The server's word that it has done nothing. A time-out (408) is none. */
function isKnownRefusal({ status }: StatusError): boolean {
  return status >= 300 && status < 500 && status !== 408;
}

function publishedOf({ uri, url }: Status): Published {
  return { id: uri, url: webUrl(url ?? undefined, null) ?? webUrl(uri, null) };
}

async function withdraw({ id: uri }: Published, server: Server, signal: AbortSignal): Promise<void> {
  const status = await statusByUri(server, uri, signal);
  if (status === undefined) return;
  try {
    await server.rest.v1.statuses.$select(encodeURIComponent(status.id)).remove(undefined, within(signal));
  } catch (error) {
    if (!(error instanceof StatusError) || error.status !== 404) throw error;
    // Some servers answer so because they know no deletion.
    if ((await statusByUri(server, uri, signal)) === undefined) return;
    throw new PermanentError(`${server.url} does not delete posts for clients: delete it by hand`, { cause: error });
  }
}
