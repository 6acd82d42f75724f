import type { Cursor, Page } from '../core/post.ts';
import type { Payload, Published } from '../core/reply.ts';
import type { ReplyMode } from '../core/verdict.ts';

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

/** What a second `publish` of the same payload does: nothing; nothing for a while after the first; or it posts again. */
export type Repeat = 'harmless' | { readonly harmlessForMs: number } | 'doubles';

/** Puts replies where people or programs read them. */
export interface Publisher {
  readonly limits: TextLimits;
  readonly repeat: Repeat;
  /** Resolves once the reply is durably out. RetryLater and PermanentError: it is surely not out. Any other error: the outcome is unknown. */
  publish(payload: Payload, signal: AbortSignal): Promise<Published>;
  find(payload: Payload, signal: AbortSignal): Promise<Published | 'absent' | 'cannot-tell'>;
  withdraw(published: Published, signal: AbortSignal): Promise<void>;
}

/** What a platform lets a bot do, as data, with the words it rests on. */
export interface ConsentPolicy {
  /** What counts as addressing the bot. */
  readonly summons: string;
  /** Modes in which an unsummoned reply to someone else's post is permitted. */
  readonly permits: readonly ReplyMode[];
  readonly clause: string;
  readonly source: string;
}

/** A social network, a file, a log: one folder here and one line in the registry. */
export interface Platform {
  readonly id: string;
  readonly consent: ConsentPolicy;
}

/** What a feed or publisher says to the operator; never secrets, never whole posts. */
export interface Notices {
  warn(message: string): void;
}
