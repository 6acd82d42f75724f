import { z } from 'zod';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import { jsonIn } from '../shared/parse-json.ts';
import type { Cursor, Page } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { type Account, openProfiles } from './account.ts';
import type { BlueskyFeed } from './config.ts';
import { interestIn } from './hashtags.ts';
import { contentOf, prefilter } from './prefilter.ts';
import { type Listen, type Position, positionAfter } from './stream-event.ts';
import { didOf } from './wire.ts';

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
  const profiles = openProfiles(account, () => clock.now());
  let next = 0;

  async function* pagesFrom(host: string, from: Position | undefined, signal: AbortSignal): AsyncGenerator<Page> {
    const bot = await account?.did(signal);
    const interest = interestIn(config.hashtags, bot);
    const beginUs = (clock.now() - config.firstRun) * 1000;
    const sleep = (ms: number, until?: AbortSignal) => clock.sleep(ms, until);
    let position = from;
    const { mayMatter } = interest;
    for await (const batch of listen(host, from, { signal, silenceMs: config.silence, beginUs, sleep, mayMatter })) {
      for (const message of batch) if ('notice' in message) notices.warn(`${nameOf(host)}: ${message.notice}`);
      for (const message of batch) if ('timeUs' in message) position = positionAfter(host, position, message);
      if (position === undefined) continue;
      const filtered = prefilter(batch, nameOf(host), interest, bot);
      const authors = filtered.flatMap((one) => ('found' in one ? [didOf(one.found.uri)] : []));
      const content = contentOf(filtered, bot, await authorsOrRetry(() => profiles(authors, signal), signal));
      yield { ...content, cursor: writePosition(source, position) };
    }
  }

  return {
    async *pages(after, signal) {
      const from = readPosition(after, source);
      if (after !== undefined && from === undefined)
        notices.warn(`the cursor is from another source: ${source} starts over`);
      const failures: string[] = [];
      while (failures.length < hosts.length && !signal.aborted) {
        const host = hosts[next % hosts.length]!;
        const failure = yield* untilFailure(pagesFrom(host, from, signal), signal);
        if (failure === undefined) return;
        next += 1;
        failures.push(`${nameOf(host)}: ${messageOf(failure.error)}`);
        notices.warn(`${failures.at(-1)}; ${hosts.length > 1 ? 'trying the next host' : 'trying again'}`);
        // The caller resumes behind the pages that were received.
        if (failure.received) return;
      }
      if (!signal.aborted) throw new Error(`no host can be reached: ${failures.join('; ')}`);
    },
  };
}

interface HostFailure {
  readonly error: unknown;
  /** Pages came before it. */
  readonly received: boolean;
}

/** Passes pages on. Undefined: they ended in good order, or the signal was aborted. Errors: those of the account, for which no host is to blame. */
async function* untilFailure(
  pages: AsyncIterable<Page>,
  signal: AbortSignal,
): AsyncGenerator<Page, HostFailure | undefined> {
  let received = false;
  try {
    for await (const page of pages) {
      received = true;
      yield page;
    }
    if (received || signal.aborted) return undefined;
    return { error: new Error('the connection ended before any event'), received };
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof RetryLater || error instanceof PermanentError) throw error;
    return { error, received };
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

const Written = z.object({
  v: z.literal(1),
  source: z.string(),
  host: z.string(),
  timeUs: z.number(),
  seq: z.number().optional(),
  last: z.array(z.string()).readonly(),
});

function writePosition(source: string, position: Position): Cursor {
  return JSON.stringify({ v: 1, source, ...position } satisfies z.infer<typeof Written>);
}

/** Undefined for a position of another source: Jetstream's positions are times or its own sequence numbers, a relay's are the relay's. */
function readPosition(cursor: Cursor | undefined, source: string): Position | undefined {
  const { data } = Written.safeParse(jsonIn(cursor));
  if (data?.source !== source) return undefined;
  const { host, timeUs, seq, last } = data;
  return { host, timeUs, seq, last };
}

function nameOf(host: string): string {
  return URL.parse(host)?.host ?? host;
}
