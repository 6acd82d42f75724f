import type { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Caps } from '../core/limits.ts';
import type { Cursor, Page, Post } from '../core/post.ts';
import type { Payload, Published } from '../core/reply.ts';
import type { ConsentPolicy } from '../core/verdict.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import type { ReportLimit } from '../net/rate-limits.ts';

/** Reads what is new. Ends when there is nothing more at present, so that the scheduler can call again. */
export interface Feed {
  /**
   * Pages after the cursor, oldest first; each page's cursor stands behind its posts. `undefined`: the first run.
   * Errors: RetryLater (the source asks for patience), PermanentError (it will never work as configured), anything else is tried again with backoff.
   */
  pages(after: Cursor | undefined, signal: AbortSignal): AsyncIterable<Page>;
}

/** How long a text may be, by the platform's own way of counting. */
export interface TextLimits {
  readonly maxLength: number;
  length(text: string): number;
}

/**
 * What a second `publish` of the same payload does: nothing; nothing for a while after the first; or it posts again. `restMs`: a repeat
 * is harmless only once the attempt before it has ended on the platform too, which it surely has after so long. Left out: 0.
 */
export type Repeat = 'harmless' | { readonly harmlessForMs: number; readonly restMs?: number } | 'doubles';

/** Puts replies where people or programs read them. */
export interface Publisher {
  readonly limits: TextLimits;
  readonly repeat: Repeat;
  /** Id of the account that it writes as, as `Author.id` has it. Left out: it has none. */
  readonly self?: string;
  /** What publishing this will be charged, in millionths of a dollar. Left out: nothing. */
  price?(payload: Payload): number;
  /** Resolves once the reply is durably out. RetryLater and PermanentError: it is surely not out. Any other error: the outcome is unknown. */
  publish(payload: Payload, signal: AbortSignal): Promise<Published>;
  find(payload: Payload, signal: AbortSignal): Promise<Published | 'absent' | 'cannot-tell'>;
  withdraw(published: Published, signal: AbortSignal): Promise<void>;
}

/** What a feed or publisher says to the operator; never secrets, never whole posts. */
export interface Notices {
  warn(message: string): void;
}

/**
 * Money for calls that cost something, in millionths of a dollar. It is counted in the ledger, together for all processes, so that no
 * restart forgets what was spent.
 */
export interface Budget {
  /** Sets aside what a call may cost at most, within these caps and those of the operator. Errors: RetryLater until there is money again. */
  reserve(most: number, caps: Caps): Promise<Reservation>;
}

/** Money that was set aside. Where nobody settles it, it counts as spent. */
export interface Reservation {
  /** The call came to an end, and cost this; 0: it was surely not charged. */
  settle(cost: number): Promise<void>;
}

/** A post that the ledger keeps with its text, as its own platform names it. */
export type StoredPost = Pick<Post, 'id' | 'native'>;

/** What a driver may use of the world. */
export interface DriverContext {
  readonly clock: Clock;
  readonly fetch: GuardedFetch;
  readonly notices: Notices;
  /** Other processes may work on the same ledger, with logs and folders of their own. */
  readonly shared: boolean;
  /** Folder of the configuration file: relative paths of inputs start there. */
  readonly configDir: string;
  /** Folder of the bot's state: relative paths of outputs start there. */
  readonly dataDir: string;
  /** Told what the platform says is left of its budgets. Left out: nobody wants to know. */
  readonly limits?: ReportLimit;
  /** Left out where nothing may be spent, as in checks. */
  readonly budget?: Budget;
  /** Posts of this feed whose text is still kept, the newest first: for platforms where it must go when its author deletes it. */
  readonly storedPosts?: (limit: number) => Promise<readonly StoredPost[]>;
}

/** What a platform's folder can open; loaded only when it is configured. Each `open` gets its parsed part of the config. */
export interface Driver<FeedConfig, PublisherConfig> {
  openFeed?(config: FeedConfig, context: DriverContext): Promise<Feed & AsyncDisposable>;
  /**
   * What happens, as it happens: pages that do not end until the connection does, with edits and deletions. What happened meanwhile is
   * the feed's to find, which is read again after each break. A stream that can replay says where in its cursors.
   */
  openStream?(config: FeedConfig, context: DriverContext): Promise<Feed & AsyncDisposable>;
  openPublisher?(config: PublisherConfig, context: DriverContext): Promise<Publisher & AsyncDisposable>;
  /** Looks, without touching anything, whether it could be read: undefined, or what is in the way, in words. */
  checkFeed?(config: FeedConfig, context: DriverContext): Promise<string | undefined>;
  /** Looks, without touching anything, whether it could be written: undefined, or what is in the way, in words. */
  checkPublisher?(config: PublisherConfig, context: DriverContext): Promise<string | undefined>;
}

/** Something that `init` asks of a newcomer, for one key of an entry. */
export interface Question {
  /** Key of the entry that the answer goes to; `account.id` for one within another. */
  readonly key: string;
  /** In a few words, with where to find it. */
  readonly ask: string;
  /** The answer is a secret: it goes to `.env` under this name, and the entry names that. */
  readonly env?: string;
  /** The entry holds a list, divided by commas in the answer, or a number. Left out: a text. */
  readonly as?: 'list' | 'number';
  /** Taken where nothing is answered. */
  readonly usual?: string;
}

/** How a newcomer comes to an account that works. */
export interface Setup {
  /** What is to be done on the platform before, a line a step. */
  readonly before: readonly string[];
  /** Asked once, for feed and publisher alike where both have the key. */
  readonly questions: readonly Question[];
  /** Further keys of the feed's entry, made of answers by the keys of their questions. */
  feed?(answers: ReadonlyMap<string, string>): Readonly<Record<string, unknown>>;
}

/** What a platform charges. `reply`: for one with a link, at most, in millionths of a dollar; for forecasts. */
export type Prices<PublisherConfig> = 'free' | { reply(config: PublisherConfig): number };

/** A social network, a file, a log: one folder (`config.ts` with this and its schemas, `driver.ts`) and one line in the registry. */
export interface Platform<
  FeedConfig extends z.ZodObject = z.ZodObject,
  PublisherConfig extends z.ZodObject = z.ZodObject,
> {
  readonly id: string;
  /** What it is, in a line for lists and `--help`. */
  readonly summary: string;
  /** What it lets a bot do. */
  readonly consent: ConsentPolicy;
  /** Replies reach people: they are held back by courteous brakes where the operator says nothing else. */
  readonly addressesPeople: boolean;
  /**
   * What it takes as a rule, for looking at templates before anything is sent. What counts in the end is what the publisher says, which may
   * ask the server: it counts no character for less than is counted here.
   */
  readonly limits: TextLimits;
  readonly prices: Prices<z.infer<PublisherConfig>>;
  /** Schema of an entry under `feeds:`, beside the `name`, `platform` and `every` that all have. */
  readonly feed?: FeedConfig;
  /** Texts are purged this long after a post was dealt with, where the operator does not say sooner. Ids, hashes and citations stay. */
  readonly textRetentionMs?: number;
  /** Its feeds have streams beside them, unless they say `stream: false`: `openStream` is there. */
  readonly streams?: boolean;
  /** Schema of an entry under `publishers:`, beside the `name` and `platform` that all have. */
  readonly publisher?: PublisherConfig;
  /** What `init` tells and asks. Left out: it is not offered there. */
  readonly setup?: Setup;
}
