import { z } from 'zod';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import { type Change, type Cursor, type Page, type Post, postKey, type Reject } from '../../core/post.ts';
import { jsonIn } from '../shared/parse-json.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { type Account, openProfiles } from './account.ts';
import type { BlueskyFeed } from './config.ts';
import { type Interest, interestIn } from './hashtags.ts';
import {
  type Commit,
  type Listen,
  type Position,
  positionAfter,
  type StreamEvent,
  type StreamMessage,
} from './stream-event.ts';
import { addresses, type Found, readRecord, rejectOf, toPost } from './to-post.ts';
import { type AuthorView, didOf, PostUri } from './wire.ts';

/** The hosts of one source. */
export interface Hosts {
  readonly source: 'jetstream' | 'firehose';
  readonly hosts: readonly string[];
  readonly listen: Listen;
}

/** Reads all posts of the network, from one host until it fails, then from the next. Pages hold posts that may cite cables or address the bot. */
export function openStream(
  config: BlueskyFeed,
  { source, hosts, listen }: Hosts,
  account: Account | undefined,
  context: DriverContext,
): Feed {
  const { clock, notices } = context;
  const reader = { config, source, listen, account, context, profiles: openProfiles(account, () => clock.now()) };
  let next = 0;
  return {
    async *pages(after, signal) {
      const from = readPosition(after, source);
      if (after !== undefined && from === undefined)
        notices.warn(`the cursor is from another source: ${source} starts over`);
      const failures: string[] = [];
      while (failures.length < hosts.length && !signal.aborted) {
        const host = hosts[next % hosts.length]!;
        let received = false;
        try {
          for await (const page of pagesFrom(reader, host, from, signal)) {
            received = true;
            yield page;
          }
          if (received) return;
          throw new Error('the connection ended before any event');
        } catch (error) {
          if (signal.aborted) return;
          // No host is to blame for errors of the account.
          if (error instanceof RetryLater || error instanceof PermanentError) throw error;
          next += 1;
          failures.push(`${nameOf(host)}: ${messageOf(error)}`);
          notices.warn(`${failures.at(-1)}; ${hosts.length > 1 ? 'trying the next host' : 'trying again'}`);
          // The caller resumes behind the pages that were received.
          if (received) return;
        }
      }
      if (!signal.aborted) throw new Error(`no host can be reached: ${failures.join('; ')}`);
    },
  };
}

interface Reader {
  readonly config: BlueskyFeed;
  readonly source: string;
  readonly listen: Listen;
  readonly account: Account | undefined;
  readonly context: DriverContext;
  readonly profiles: ReturnType<typeof openProfiles>;
}

async function* pagesFrom(
  { config, source, listen, account, context: { clock, notices }, profiles }: Reader,
  host: string,
  from: Position | undefined,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const bot = await account?.did(signal);
  const interest = interestIn(config.hashtags, bot);
  const beginUs = (clock.now() - config.firstRun) * 1000;
  const options = { signal, silenceMs: config.silence, beginUs, clock, mayMatter: interest.mayMatter };
  const name = nameOf(host);
  let position = from;
  for await (const batch of listen(host, from, options)) {
    for (const message of batch) {
      if ('notice' in message) notices.warn(`${name}: ${message.notice}`);
      if ('timeUs' in message) position = positionAfter(host, position, message);
    }
    if (position === undefined) continue;
    const filtered = prefilter(batch, name, interest, bot);
    const authors = filtered.flatMap((one) => ('found' in one ? [didOf(one.found.uri)] : []));
    const content = contentOf(filtered, bot, await authorsOrRetry(() => profiles(authors, signal), signal));
    yield { ...content, cursor: writePosition(source, position) };
  }
}

const profilesRetryMs = 30_000;

/** Profiles show who is a bot, so a failed lookup must not be skipped. Errors: RetryLater; the signal's reason when aborted. */
async function authorsOrRetry<T>(lookUp: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await lookUp();
  } catch (error) {
    if (signal.aborted || error instanceof RetryLater || error instanceof PermanentError) throw error;
    throw new RetryLater(`profiles cannot be looked up: ${messageOf(error)}`, profilesRetryMs, { cause: error });
  }
}

/** A message that becomes a post, a change or a reject. */
type Filtered =
  | { readonly kind: 'post' | 'edit'; readonly found: Found }
  | { readonly kind: 'delete'; readonly uri: string }
  | { readonly kind: 'depart'; readonly did: string }
  | { readonly kind: 'reject'; readonly reject: Reject };

/** All deletions and edits pass, since their posts may be stored. `bot`: DID of the account, whose own posts are dropped. */
export function prefilter(
  batch: readonly StreamMessage[],
  host: string,
  interest: Interest,
  bot: string | undefined,
): Filtered[] {
  return batch.flatMap((message): Filtered | [] => {
    if ('fault' in message) return { kind: 'reject', reject: rejectOf(host, message.fault, message.raw) };
    if ('departed' in message && message.departed !== undefined) return { kind: 'depart', did: message.departed };
    return ('commit' in message && message.commit && filterCommit(message, message.commit, interest, bot)) || [];
  });
}

/** The posts, changes and rejects of a page. */
function contentOf(
  filtered: readonly Filtered[],
  bot: string | undefined,
  authorOf: (did: string) => AuthorView | undefined,
): Omit<Page, 'cursor'> {
  const [posts, rejects, changes]: [Post[], Reject[], Change[]] = [[], [], []];
  for (const one of filtered) {
    if (one.kind === 'reject') rejects.push(one.reject);
    else if (one.kind === 'depart') changes.push({ kind: 'delete-author', platform: 'bluesky', id: one.did });
    else if (one.kind === 'delete') changes.push({ kind: 'delete', key: postKey('bluesky', one.uri) });
    else {
      const post = toPost(one.found, bot, { author: authorOf(didOf(one.found.uri)) });
      if (one.kind === 'post') posts.push(post);
      else changes.push({ kind: 'edit', post });
    }
  }
  return { posts, rejects, ...(changes.length > 0 && { changes }) };
}

function filterCommit(
  { timeUs }: StreamEvent,
  commit: Commit,
  interest: Interest,
  bot: string | undefined,
): Filtered | undefined {
  const { operation, uri, cid, record } = commit;
  if (bot !== undefined && didOf(uri) === bot) return undefined;
  if (operation === 'delete') return { kind: 'delete', uri };
  const read = PostUri.safeParse(uri).success ? readRecord(record) : 'not the address of a post';
  if (typeof read === 'string') return { kind: 'reject', reject: rejectOf(uri, read, record) };
  const found = { uri, cid, record: read, seenAt: Math.floor(timeUs / 1000) };
  if (operation === 'update') return { kind: 'edit', found };
  return addresses(read, bot) || interest.accepts(read) ? { kind: 'post', found } : undefined;
}

/** Its source matters: Jetstream's positions are times or its own sequence numbers, a relay's are the relay's. */
const Written = z.object({
  v: z.literal(1),
  source: z.string(),
  host: z.string(),
  timeUs: z.number(),
  seq: z.number().optional(),
  last: z.array(z.string()).readonly(),
  recent: z.array(z.tuple([z.string(), z.number()])).optional(),
});

function writePosition(source: string, { recent, ...position }: Position): Cursor {
  return JSON.stringify({
    v: 1,
    source,
    ...position,
    recent: recent?.map(([hash, at]) => [hash, at]),
  } satisfies z.infer<typeof Written>);
}

/** Undefined for a position of another source. */
function readPosition(cursor: Cursor | undefined, source: string): Position | undefined {
  const { data } = Written.safeParse(jsonIn(cursor));
  return data?.source === source ? data : undefined;
}

function nameOf(host: string): string {
  return URL.parse(host)?.host ?? host;
}
