import type { Filter } from 'nostr-tools/filter';
import { z } from 'zod';
import type { NostrFeed } from './config.ts';
import { publicKeyOf } from './event.ts';

/** What a feed asks relays for, and what it takes of what they send. */
export interface Interest {
  /** Public key of the bot. */
  readonly account: string | undefined;
  /** One after the other: of several at a time nobody knows which one was cut short. */
  readonly filters: readonly Filter[];
  /** Relays send more than was asked for: some compare no tags, and all notes are read in a scan. */
  readonly takes: (received: unknown) => boolean;
}

export function interestOf({ hashtags: tags, account, scan }: NostrFeed): Interest {
  const own = account === undefined ? undefined : publicKeyOf(account);
  const wanted = new Set(tags.map((tag) => tag.toLowerCase()));
  const spelled = [...new Set(tags.flatMap((tag) => [tag, tag.toLowerCase()]))];
  const tagged: Filter[] = scan ? [{ kinds: [1] }] : [{ kinds: [1], '#t': spelled }];
  // Whoever is read in any case is not asked for again.
  const summons: Filter[] = own === undefined || scan ? [] : [{ kinds: [1], '#p': [own] }];
  return {
    account: own,
    filters: [...tagged, ...summons],
    takes(received) {
      const note = Note.safeParse(received).data;
      // What cannot be read is rejected later, with its reason.
      if (note === undefined) return true;
      if (note.kind !== 1) return false;
      if (
        note.tags.some(
          ([name, value = '']) => (name === 't' && wanted.has(value.toLowerCase())) || (name === 'p' && value === own),
        )
      )
        return true;
      return scan && hasWord(note.content, wanted);
    },
  };
}

const Note = z.object({ kind: z.number(), tags: z.array(z.array(z.string())), content: z.string() });

/** A hashtag in the text, or what looks like a reference ID: two digits, a name, a number. */
function hasWord(content: string, wanted: ReadonlySet<string>): boolean {
  if (/(?<![\p{L}\p{N}])\d{2}[ _-]?\p{L}{3,25}[ _-]?\d{1,6}(?!\p{N})/u.test(content)) return true;
  const tags = [...content.matchAll(/[#＃]([\p{L}\p{N}\p{M}_·]{1,64})/gu)];
  return tags.some(([, tag = '']) => wanted.has(tag.toLowerCase()));
}
