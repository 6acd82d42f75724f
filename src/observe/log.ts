import pino from 'pino';
import type { Resolution } from '../core/citation.ts';
import { type BotEvent, type Emit, withoutKeys } from '../core/event.ts';
import { shortId } from '../core/post.ts';
import { onLine } from '../core/text/strangers.ts';
import { hideSecrets } from './hide.ts';

export interface LogOptions {
  readonly secrets: readonly string[];
  /** Receives a line with its newline; must not throw. */
  readonly write: (line: string) => void;
}

/**
 * The machine-readable log: one JSON object a line. A line has only the fields below, which are IDs, states and bounded messages; never a
 * stranger's text, never a secret. A post has its short id, because a key may hold a name.
 */
export function openLog({ secrets, write }: LogOptions): Emit {
  const clean = cleaner(secrets);
  const logger = pino(
    {
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      formatters: {
        level: (level) => ({ level }),
        log: (fields) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clean(value)])),
      },
    },
    { write },
  );
  return (event) => {
    const line = lineOf(event);
    if (line !== null) logger[line.level]({ event: event.kind, ...line.fields });
  };
}

interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, string | number | null | undefined>>;
}

/** The line for an event; null: too frequent and too uninformative to log. */
function lineOf(event: BotEvent): Line | null {
  switch (event.kind) {
    case 'ticked':
    case 'read':
      return null;
    case 'polled': {
      const { feed, seen, ingested } = event;
      return seen === 0 ? null : { level: 'info', fields: { feed, seen, ingested } };
    }
    case 'rejected': {
      const { position, reason } = event.reject;
      return { level: 'warn', fields: { feed: event.feed, position, message: reason } };
    }
    case 'decided':
      return { level: 'info', fields: decision(event) };
    case 'sent': {
      const { payload, publisher, published } = event;
      const { key } = payload.replyTo;
      const { id, url } = published;
      return {
        level: 'info',
        fields: { post: shortId(key), state: 'sent', publisher, id: id.replaceAll(key, shortId(key)), url },
      };
    }
    case 'info':
    case 'error':
      break;
  }
  const { kind, feed, reply } = event;
  const { state, publisher } = reply ?? {};
  const { post, what, message } = withoutKeys(event);
  return { level: kind === 'info' ? 'info' : 'error', fields: { post, feed, state, publisher, what, message } };
}

function decision({ post, verdict, resolutions }: Extract<BotEvent, { kind: 'decided' }>) {
  const { action, rule, clause } = verdict;
  return { post: shortId(post.key), action, rule, clause, cables: cables(resolutions) };
}

/** IDs and states. A citation without an ID shows its state alone, because its text is a stranger's. */
function cables(resolutions: readonly Resolution[]): string {
  return resolutions.map(({ referenceId, status }) => [referenceId, status].filter(Boolean).join(' ')).join(', ');
}

const maxLength = 2000;
/** Longer texts are cut before they are masked. */
const maxMasked = 16_384;

/** Makes any text safe to log: masked, on one line, bounded. Other values stay as they are. */
function cleaner(secrets: readonly string[]): (value: unknown) => unknown {
  const { hide, longest } = hideSecrets(secrets);
  function shown(text: string): string {
    if (text.length <= maxMasked + longest) return hide(text);
    // The cut may leave the first half of a secret at the end.
    const cut = hide(text.slice(0, maxMasked + longest));
    return cut.slice(0, Math.max(0, cut.length - longest));
  }
  return (value) => {
    if (typeof value !== 'string') return value;
    return onLine(shown(value), maxLength);
  };
}
