/** A message to people or programs outside the platforms, such as several alerts at once. */
export interface Message {
  /** The same for a repeat, so that receivers can drop it. */
  readonly id: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** The text as HTML, for channels that show it; it needs nothing else. */
  readonly html?: string;
  /** The content for programs; plain JSON. */
  readonly data: unknown;
  /** Those of the channel's recipients who are still to get it; left out: all. */
  readonly recipients?: readonly string[];
}

/** Some recipients have the message, and the others refused it. */
export class PartlyDelivered extends Error {
  override readonly name = 'PartlyDelivered';
  readonly remaining: readonly string[];
  /** None of them will ever take it. */
  readonly isFinal: boolean;

  constructor(message: string, { remaining, isFinal }: Pick<PartlyDelivered, 'remaining' | 'isFinal'>) {
    super(message);
    this.remaining = remaining;
    this.isFinal = isFinal;
  }
}

/** A way to reach the people who operate the bot. */
export interface Channel {
  /**
   * Resolves once all recipients have accepted the message. Errors: PermanentError: it never will be. RetryLater: try again after the delay.
   * PartlyDelivered: send it to the remaining recipients alone. Any other: the outcome is unknown; a repeat is harmless, because receivers
   * recognize its id.
   */
  deliver(message: Message, signal: AbortSignal): Promise<void>;
  /** Checks the channel without sending anything: undefined, or what is wrong, in words. */
  check(signal: AbortSignal): Promise<string | undefined>;
}
