/** A message to people or programs outside the platforms, such as several alerts at once. */
export interface Message {
  /** The same for a repeat, so that receivers can drop it. */
  readonly id: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** The text as HTML, for channels that show it; it refers to `images` by `cid:`. */
  readonly html?: string;
  readonly images?: readonly {
    readonly cid: string;
    readonly name: string;
    readonly type: string;
    readonly content: string;
  }[];
  /** The content for programs; plain JSON. */
  readonly data: unknown;
}

/** A way to reach the people who operate the bot. */
export interface Channel {
  /**
   * Resolves once the message is accepted. Errors: PermanentError: it never will be. RetryLater: try again after the delay. Any other: the
   * outcome is unknown; a repeat is harmless, because receivers recognize its id.
   */
  deliver(message: Message, signal: AbortSignal): Promise<void>;
  /** Checks the channel without sending anything: undefined, or what is wrong, in words. */
  check(signal: AbortSignal): Promise<string | undefined>;
}
