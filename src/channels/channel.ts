import type { GuardedFetch } from '../net/guarded-fetch.ts';

/** Something that is told to people or programs beside the networks: several notices in one go. */
export interface Message {
  /** The same when the same is sent again, so that receivers can drop repeats. */
  readonly id: string;
  /** In a line. */
  readonly subject: string;
  readonly text: string;
  /** The same as a page, for channels that show one; it names `images` by `cid:`. */
  readonly html?: string;
  readonly images?: readonly {
    readonly cid: string;
    readonly name: string;
    readonly type: string;
    readonly content: string;
  }[];
  /** The same for programs; plain JSON. */
  readonly data: unknown;
}

/** A way to reach people who look after the bot. */
export interface Channel {
  /**
   * Resolves once it is taken. Errors: PermanentError: it never will be. RetryLater: not before its time. Any other: nobody knows;
   * sending the same again does no harm, as receivers know it by its id.
   */
  deliver(message: Message, signal: AbortSignal): Promise<void>;
  /** Looks, without sending anything, whether it could be used: undefined, or what is in the way, in words. */
  check(signal: AbortSignal): Promise<string | undefined>;
}

/** What channels may use of the world. */
export interface ChannelContext {
  readonly fetch: GuardedFetch;
}
