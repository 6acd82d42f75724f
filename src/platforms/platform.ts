import type { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Caps } from '../core/limits.ts';
import type { Cursor, Page, Post } from '../core/post.ts';
import type { Excerpts, Payload, Published } from '../core/reply.ts';
import type { ConsentPolicy } from '../core/verdict.ts';
import type { GuardedFetch, GuardedLookup } from '../net/guarded-fetch.ts';
import type { ReportLimit } from '../net/rate-limits.ts';

/** Reads new posts. Ends when there are no more at present, so that the scheduler can call again. */
export interface Feed {
  /**
   * Pages after the cursor, oldest first; each page's cursor points behind its posts. `undefined`: the first run.
   * Errors: RetryLater (the source asks to wait), PermanentError (it will never work as configured); after any other error the poll is retried with backoff.
   */
  pages(after: Cursor | undefined, signal: AbortSignal): AsyncIterable<Page>;
}

/** A post that another one names. `native`: of the post that names it, for it may say where to ask. */
export type PostRef = Pick<Post, 'id' | 'native'>;

/** Reads posts that a question answers or quotes. */
export interface Context {
  /**
   * The posts by id, in one request where the platform allows it. `gone`: deleted, or nobody knows it; `private`: not for the bot. Errors:
   * RetryLater (the platform asks to wait, or the budget is spent), PermanentError (it will never work as configured); any other: retried.
   */
  posts(refs: readonly PostRef[], signal: AbortSignal): Promise<ReadonlyMap<string, Post | 'gone' | 'private'>>;
}

/** How long a text may be, as the platform counts. */
export interface TextLimits {
  readonly maxLength: number;
  length(text: string): number;
}

/**
 * What a second `publish` of the same payload does: nothing; nothing for `harmlessForMs` after the first; or it posts again. A repeat is
 * harmless only once the platform has finished the attempt before it, which takes `afterMs` at most (left out: 0).
 */
export type Repeat = 'harmless' | { readonly harmlessForMs: number; readonly afterMs?: number } | 'doubles';

/** A reply that may be out although the ledger does not know it, because the ledger is new or was restored. */
export interface LostReply {
  /** Creation of the answered post, in milliseconds since the Unix epoch: the reply is not older. */
  readonly since: number;
  /** Any reply of the account to that post is this one, whatever it says: links, rules or templates may have changed. */
  readonly anyWords: boolean;
}

/** Publishes replies where people or programs read them. */
export interface Publisher {
  readonly limits: TextLimits;
  readonly repeat: Repeat;
  /** `Author.id` of the account that it publishes as. Left out: it has none. */
  readonly self?: string;
  /** The charge for publishing this, in millionths of a dollar. Left out: nothing. */
  price?(payload: Payload): number;
  /** Resolves once the reply is durably out. RetryLater and PermanentError: it is surely not out. Any other error: the outcome is unknown. */
  publish(payload: Payload, signal: AbortSignal): Promise<Published>;
  /** Looks for the reply on the platform: with this text since it was planned, or for one that is `lost`. */
  find(payload: Payload, signal: AbortSignal, lost?: LostReply): Promise<Published | 'absent' | 'cannot-tell'>;
  withdraw(published: Published, signal: AbortSignal): Promise<void>;
  /**
   * Replaces the text of a published reply; doing so twice does no harm. PermanentError: it cannot, or the reply is gone. RetryLater, and any
   * other error: it is tried again. Left out: the platform cannot edit, and the reply is withdrawn and a new one published.
   */
  replace?(published: Published, payload: Payload, signal: AbortSignal): Promise<Published>;
  /** Removes what `choose` names from its own records of replies; hashes of their keys stay. Left out: it keeps no records. */
  purge?(choose: ChoosePurged, signal: AbortSignal): Promise<void>;
}

/** A reply in the records of a publisher. */
export interface RecordedReply {
  readonly key: string;
  /** Key of the answered post. */
  readonly post: string;
  /** The answered post is direct or followers-only. */
  readonly limited: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Returns the keys of those whose content must go. */
export type ChoosePurged = (replies: readonly RecordedReply[]) => Promise<ReadonlySet<string>>;

/** Messages of a feed or publisher to the operator; never secrets, never whole posts. */
export interface Notices {
  warn(message: string): void;
}

/**
 * Money for paid calls, in millionths of a dollar. The ledger counts it for all processes together, so that no restart forgets what was
 * spent.
 */
export interface Budget {
  /** Reserves the most that a call may cost, within these caps and those of the operator. Errors: RetryLater until there is money again. */
  reserve(most: number, caps: Caps): Promise<Reservation>;
}

/** Reserved money. Unless it is settled, it counts as spent. */
export interface Reservation {
  /** The call ended and cost this; 0: it was surely not charged. */
  settle(cost: number): Promise<void>;
}

/** A post that the ledger stores with its text, by its ids on the platform. */
export type StoredPost = Pick<Post, 'id' | 'native'>;

/** What a driver may use: clock, network, folders, reports. */
export interface DriverContext {
  readonly clock: Clock;
  readonly fetch: GuardedFetch;
  /** For connections other than HTTP to hosts that strangers chose. Left out: there are none. */
  readonly lookup?: GuardedLookup;
  readonly notices: Notices;
  /** CPU time that reading a document of a stranger may take, in milliseconds. Default: 5 s. */
  readonly readingMs?: number;
  /** Other processes may share the ledger, each with logs and folders of its own. */
  readonly shared: boolean;
  /** Folder of the configuration file: base of relative input paths. */
  readonly configDir: string;
  /** Folder of the bot's state: base of relative output paths. */
  readonly dataDir: string;
  /** Receives the rate limits that the platform reports. Left out: they are not reported. */
  readonly limits?: ReportLimit;
  /** Left out where no money may be spent, as in checks. */
  readonly budget?: Budget;
  /** Posts of this feed whose text is still stored, newest first: for platforms that require deletion when the author deletes the post. */
  readonly storedPosts?: (limit: number) => Promise<readonly StoredPost[]>;
  /** Ids of the authors of all stored posts of this platform: for platforms that are asked for deletions by author. */
  readonly storedAuthors?: () => Promise<readonly string[]>;
}

/** Opens a platform's feeds, streams and publishers; loaded only when configured. Each `open` gets its parsed part of the config. */
export interface Driver<FeedConfig, PublisherConfig> {
  openFeed?(config: FeedConfig, context: DriverContext): Promise<Feed & AsyncDisposable>;
  /**
   * Live pages with edits and deletions, until the connection ends. After each break the feed is read again, to find what the stream missed.
   * The cursors of a stream that can replay say where to resume.
   */
  openStream?(config: FeedConfig, context: DriverContext): Promise<Feed & AsyncDisposable>;
  /** With the feed's access, for the posts that its questions are about. Left out: a question must name its cable. */
  openContext?(config: FeedConfig, context: DriverContext): Promise<Context & AsyncDisposable>;
  openPublisher?(config: PublisherConfig, context: DriverContext): Promise<Publisher & AsyncDisposable>;
  /** Checks, without changing anything, that the feed can be read: undefined, or the problem in words. */
  checkFeed?(config: FeedConfig, context: DriverContext): Promise<string | undefined>;
  /** Checks, without changing anything, that the publisher can write: undefined, or the problem in words. */
  checkPublisher?(config: PublisherConfig, context: DriverContext): Promise<string | undefined>;
}

/** A question of `init`, for one key of an entry. */
export interface Question {
  /** Key of the entry that takes the answer; `account.id` for a nested one. */
  readonly key: string;
  /** A few words, with where to find the answer. */
  readonly ask: string;
  /** An answer that would be taken. */
  readonly example: string;
  /** The answer is a secret: `.env` stores it under this name, and the entry names the variable. */
  readonly env?: string;
  /** The form of an answer, beside the key's own schema, which does not see a secret. Left out: of a secret, any without blanks. */
  readonly form?: z.ZodType;
  /** The type of the value; a list is separated by commas. Left out: a text. */
  readonly as?: 'list' | 'number' | 'yes or no';
  /** Brings what people write into the form that the key takes, a list item by item. Left out: it is taken as written. */
  readonly normal?: (written: string) => string;
  /** The default for an empty answer. */
  readonly usual?: string;
}

/** How to set up an account that works. */
export interface Setup {
  /** Steps on the platform to do first, a line each. */
  readonly before: readonly string[];
  /** Each is asked once, for both feed and publisher where both have the key. */
  readonly questions: readonly Question[];
  /**
   * More keys of the feed's entry, made from the answers (by key of the question; secrets too) and from the names of the secrets' variables.
   * A platform without feeds names the `platform` that reads for it.
   */
  feed?(
    answers: ReadonlyMap<string, string>,
    secret: (key: string) => { readonly env: string },
  ): Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
}

/** What a platform charges, in millionths of a dollar, for forecasts. */
export type Prices<FeedConfig, PublisherConfig> =
  | 'free'
  | {
      /** The most that a reply with a link costs. */
      reply(config: PublisherConfig): number;
      /** What a mention costs on average, from reading to its purge. */
      mention(config: FeedConfig): number;
    };

/** What a reply has beside its text. A plan has no other parts, so that review shows all that will be sent. */
export interface ReplyParts {
  /** A content warning. */
  readonly warning?: true;
  /** A preview of the first link. */
  readonly card?: true;
  readonly visibility?: Post['visibility'];
  /** The bot's own public pages of the cables. */
  readonly pages?: true;
}

/** A social network, a file, a log: one folder (`config.ts` with this and its schemas, `driver.ts`) and one line in the registry. */
export interface Platform<
  FeedConfig extends z.ZodObject = z.ZodObject,
  PublisherConfig extends z.ZodObject = z.ZodObject,
> {
  readonly id: string;
  /** One line for lists and `--help`. */
  readonly summary: string;
  /** What the platform lets a bot do. */
  readonly consent: ConsentPolicy;
  /** Replies reach people: courteous limits are the default. */
  readonly addressesPeople: boolean;
  /**
   * The usual limits, for checking templates before anything is sent. The publisher's own limits decide in the end, and may come from the
   * server: it never counts a character as less than these do.
   */
  readonly limits: TextLimits;
  readonly prices: Prices<z.infer<FeedConfig>, z.infer<PublisherConfig>>;
  /** What replies quote unless the publisher itself says otherwise. Left out: what `replies.excerpts` says. */
  readonly excerpts?: Excerpts;
  /** Left out: a reply is its text alone. */
  replyParts?(config: z.infer<PublisherConfig>): ReplyParts;
  /** Schema of an entry under `feeds:`, without the common `name`, `platform` and `every`. */
  readonly feed?: FeedConfig;
  /** Texts are purged this long after a post was resolved, unless the operator sets less. Ids, hashes and citations stay. */
  readonly textRetentionMs?: number;
  /** Its feeds have streams, unless they say `stream: false`: its driver has `openStream`. */
  readonly streams?: boolean;
  /** Schema of an entry under `publishers:`, without the common `name` and `platform`. */
  readonly publisher?: PublisherConfig;
  /** Steps and questions of `init`. Left out: `init` does not offer the platform. */
  readonly setup?: Setup;
}
