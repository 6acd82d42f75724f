import type { Filter } from 'nostr-tools/filter';
import { z } from 'zod';
import type { NostrFeed } from './config.ts';
import { publicKeyOf } from './event.ts';

/** Which events a feed queries, and which of the received ones it uses. `account`: public key of the bot. */
export interface Interest {
  readonly account: string | undefined;
  /** Queried one at a time: with several, nobody knows which answer was cut short. */
  readonly filters: readonly Filter[];
  /** True if the event is wanted. Relays send more than was queried: some compare no tags, and a scan reads all notes. */
  readonly matches: (received: unknown) => boolean;
}

/** Relays take so many values in a filter. */
const maxValues = 200;

/** Relays compare hashtags letter by letter: as written and in lower case, and as far as there is room in upper case and capitalised. */
function spellingsOf(tags: readonly string[]): string[] {
  const lower = tags.map((tag) => tag.toLowerCase());
  const upper = tags.map((tag) => tag.toUpperCase());
  const capitalised = lower.map((tag) => tag.charAt(0).toUpperCase() + tag.slice(1));
  return [...new Set([...tags, ...lower, ...upper, ...capitalised])].slice(0, maxValues);
}

export function interestOf({ hashtags: tags, account, scan }: NostrFeed): Interest {
  const own = account === undefined ? undefined : publicKeyOf(account);
  const wanted = new Set(tags.map((tag) => tag.toLowerCase()));
  const spelled = spellingsOf(tags);
  const tagged: Filter[] = scan ? [{ kinds: [1] }] : [{ kinds: [1], '#t': spelled }];
  // A scan reads these notes anyway.
  const summons: Filter[] = own === undefined || scan ? [] : [{ kinds: [1], '#p': [own] }];
  return {
    account: own,
    filters: [...tagged, ...summons],
    matches(received) {
      const note = Note.safeParse(received).data;
      // A malformed event is rejected later, with the reason.
      if (note === undefined) return true;
      if (note.kind !== 1) return false;
      const isWanted = ([name, value = '']: readonly string[]) =>
        (name === 't' && wanted.has(value.toLowerCase())) || (name === 'p' && value === own);
      return note.tags.some(isWanted) || (scan && hasWord(note.content, wanted));
    },
  };
}

const Note = z.object({ kind: z.number(), tags: z.array(z.array(z.string())), content: z.string() });

/** True if the text has a wanted hashtag, or something like a reference ID: two digits, a name, a number. */
function hasWord(content: string, wanted: ReadonlySet<string>): boolean {
  if (/(?<![\p{L}\p{N}])\d{2}[ _-]?\p{L}{3,25}[ _-]?\d{1,6}(?!\p{N})/u.test(content)) return true;
  const tags = [...content.matchAll(/[#＃]([\p{L}\p{N}\p{M}_·]{1,64})/gu)];
  return tags.some(([, tag = '']) => wanted.has(tag.toLowerCase()));
}
