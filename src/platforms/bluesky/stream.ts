import { z } from 'zod';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Cursor, Page } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { type Account, openPeople } from './account.ts';
import type { BlueskyFeed } from './config.ts';
import { type OnEvent, type Position, positionAfter } from './stream-event.ts';
import { contentOf, prefilter } from './prefilter.ts';
import { openListener } from './tags.ts';
import { didOf } from './wire.ts';

/** Where posts are heard. */
export interface Hosts {
  readonly source: 'jetstream' | 'firehose';
  readonly hosts: readonly string[];
  readonly onEvent: OnEvent;
}

const profilesMs = 30_000;

/** All posts of the network, from one host after the other; those come that may be about cables, or address the bot. */
export function openStream(
  config: BlueskyFeed,
  { source, hosts, onEvent }: Hosts,
  account: Account | undefined,
  context: DriverContext,
): Feed {
  const { clock, notices } = context;
  const listener = openListener(config.hashtags);
  const people = openPeople(account, () => clock.now());
  let next = 0;

  async function* listen(host: string, from: Position | undefined, signal: AbortSignal): AsyncGenerator<Page> {
    const bot = await account?.did(signal);
    const beginUs = (clock.now() - config.firstRun) * 1000;
    const sleep = (ms: number, until?: AbortSignal) => clock.sleep(ms, until);
    let position = from;
    for await (const batch of onEvent(host, from, { signal, silenceMs: config.silence, beginUs, sleep })) {
      for (const record of batch) if ('notice' in record) notices.warn(`${nameOf(host)}: ${record.notice}`);
      for (const record of batch) if ('timeUs' in record) position = positionAfter(host, position, record);
      if (position === undefined) continue;
      const filtered = prefilter(batch, nameOf(host), listener, bot);
      const authors = filtered.flatMap((one) => ('found' in one ? [didOf(one.found.uri)] : []));
      const content = contentOf(filtered, bot, await known(authors, signal));
      yield { ...content, cursor: writePosition(source, position) };
    }
  }

  /** Who is a bot must be known: no host is to blame where the account's server cannot say it. */
  async function known(dids: readonly string[], signal: AbortSignal): ReturnType<typeof people> {
    try {
      return await people(dids, signal);
    } catch (error) {
      if (signal.aborted || error instanceof RetryLater || error instanceof PermanentError) throw error;
      throw new RetryLater(`profiles cannot be looked up: ${messageOf(error)}`, profilesMs, { cause: error });
    }
  }

  return {
    async *pages(after, signal) {
      const from = readPosition(after, source);
      if (after !== undefined && from === undefined)
        notices.warn(`what was heard from another source is no place to go on from: ${source} begins anew`);
      const failures: string[] = [];
      while (failures.length < hosts.length && !signal.aborted) {
        const host = hosts[next % hosts.length]!;
        let event = false;
        try {
          for await (const page of listen(host, from, signal)) {
            event = true;
            yield page;
          }
          if (event || signal.aborted) return;
          throw new Error('the connection ended without a word');
        } catch (error) {
          if (signal.aborted) return;
          // It was the account, and no host is to blame.
          if (error instanceof RetryLater || error instanceof PermanentError) throw error;
          next += 1;
          failures.push(`${nameOf(host)}: ${messageOf(error)}`);
          notices.warn(`${failures.at(-1)}; ${hosts.length > 1 ? 'the next host is asked' : 'it is asked again'}`);
          // The caller comes back with what was heard until now.
          if (event) return;
        }
      }
      if (!signal.aborted) throw new Error(`no host can be heard: ${failures.join('; ')}`);
    },
  };
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

/** Positions of one source are none of another: those of Jetstream are times, or its own counts, those of a relay are the relay's. */
function readPosition(cursor: Cursor | undefined, source: string): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    const { source: of, host, timeUs, seq, last } = Written.parse(JSON.parse(cursor));
    return of === source ? { host, timeUs, seq, last } : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(host: string): string {
  return URL.parse(host)?.host ?? host;
}
