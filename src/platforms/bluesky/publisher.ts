import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import { throwIfStopping } from '../../net/never-sent.ts';
import type { Publisher } from '../platform.ts';
import { beforeSending, sending } from '../shared/answers.ts';
import { type Account, Refusal } from './account.ts';
import { compose, lengthOf, type OutgoingPost, recordKeyOf } from './post-record.ts';
import { limits } from './config.ts';
import { closedBecause, urlOf } from './to-post.ts';
import { didOf, PostUri, PostView } from './wire.ts';

const collection = 'app.bsky.feed.post';
/**
 * A repeated put changes nothing while the record exists. If somebody deleted the record, as in the app, a put would restore it: after this
 * long since the first attempt, only a person may repeat it.
 */
const harmlessForMs = 60 * 60_000;
/** The network shows posts later than its streams send them: seconds later as a rule, minutes when busy. */
const shownWithinMs = 10 * 60_000;
const notShownMs = 15_000;

const Written = z.object({ uri: z.string(), cid: z.string() });
const Stored = z.object({ uri: z.string(), value: z.unknown() });
const StoredPost = z.object({
  text: z.string(),
  reply: z.object({ parent: z.object({ uri: z.string() }) }).optional(),
});
const Posts = z.object({ posts: z.array(z.unknown()) });

export async function openPublisher(account: Account, clock: Pick<Clock, 'now'>): Promise<Publisher & AsyncDisposable> {
  const did = await beforeSending(new AbortController().signal, () => account.did());
  const addressOf = (payload: Payload) => ({ repo: did, collection, rkey: recordKeyOf(payload) });
  return {
    limits: { ...limits, length: lengthOf },
    repeat: { harmlessForMs },
    self: did,
    async publish(payload, signal) {
      throwIfStopping(signal);
      const record = compose(payload);
      await beforeSending(signal, () => checkAnswerable(account, clock, payload, signal));
      return await sending(() => put(account, addressOf(payload), record, signal));
    },
    async find(payload, signal, lost) {
      const address = addressOf(payload);
      const found = await storedRecord(account, address, signal);
      if (found !== undefined && !StoredPost.safeParse(found).success) return 'cannot-tell';
      return found !== undefined && isSame(found, compose(payload), lost !== undefined) ? published(address) : 'absent';
    },
    async withdraw({ id }, signal) {
      if (!PostUri.safeParse(id).success || didOf(id) !== did) {
        throw new PermanentError(`${id.slice(0, 200)} is no post of this account`);
      }
      const rkey = id.slice(id.lastIndexOf('/') + 1);
      // Deleting a missing record succeeds as well.
      await account.post('com.atproto.repo.deleteRecord', { repo: did, collection, rkey }, z.unknown(), signal);
    },
    [Symbol.asyncDispose]: () => account[Symbol.asyncDispose](),
  };
}

/** Bluesky accepts replies to deleted or closed posts, but shows them to nobody. Errors: PermanentError with the reason; RetryLater. */
async function checkAnswerable(
  account: Account,
  clock: Pick<Clock, 'now'>,
  { alone, createdAt, replyTo }: Payload,
  signal: AbortSignal,
): Promise<void> {
  if (alone) return;
  const { posts } = await account.get('app.bsky.feed.getPosts', { uris: [replyTo.id] }, Posts, signal);
  if (posts.length === 0 && clock.now() - createdAt < shownWithinMs)
    throw new RetryLater('the network does not show the post yet', notShownMs);
  if (posts.length === 0) throw new PermanentError('the post was deleted, or is hidden from the bot');
  const view = PostView.parse(posts[0]);
  if (view.author === undefined) throw new Error('the network does not say who wrote the post');
  const reason = closedBecause({ author: view.author, replyDisabled: view.viewer?.replyDisabled });
  if (reason !== undefined) throw new PermanentError(`the post may not be answered: ${reason}`);
}

/** Where a record is stored. */
interface Address {
  readonly repo: string;
  readonly collection: string;
  readonly rkey: string;
}

async function put(account: Account, address: Address, record: OutgoingPost, signal: AbortSignal): Promise<Published> {
  const body = { ...address, record, swapRecord: null };
  try {
    await account.post('com.atproto.repo.putRecord', body, Written, signal);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'InvalidSwap') throw error;
    // A record exists: almost surely an earlier attempt of this reply.
    const found = await storedRecord(account, address, signal);
    if (found === undefined)
      throw new RetryLater('another process wrote this record at the same time', 1000, { cause: error });
    if (!isSame(found, record))
      throw new PermanentError(`another post has the key ${address.rkey} already`, { cause: error });
  }
  return published(address);
}

async function storedRecord(account: Account, address: Address, signal: AbortSignal): Promise<unknown> {
  try {
    return (await account.get('com.atproto.repo.getRecord', { ...address }, Stored, signal)).value;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'RecordNotFound') return undefined;
    throw error;
  }
}

/** Compares the text and the answered post only: another version of the bot may write other fields differently. */
function isSame(found: unknown, record: OutgoingPost, anyWords = false): boolean {
  const { data } = StoredPost.safeParse(found);
  if (data === undefined || data.reply?.parent.uri !== record.reply?.parent.uri) return false;
  return anyWords || data.text === record.text;
}

function published({ repo, rkey }: Address): Published {
  const id = `at://${repo}/${collection}/${rkey}`;
  return { id, url: urlOf(id) };
}
