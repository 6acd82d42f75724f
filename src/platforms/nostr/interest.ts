import type { Filter } from 'nostr-tools/filter';
import { z } from 'zod';
import type { NostrFeed } from './config.ts';
import { publicKeyOf } from './event.ts';
import { names, readKinds } from './thread.ts';

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

/** Spellings that many clients write and no rule gives. */
const usualSpellings = ['CableGate', 'WikiLeaks'];

/** Relays compare hashtags letter by letter: as written, in lower and upper case, capitalized, and as people usually write them. */
function spellingsOf(tags: readonly string[]): string[] {
  const lower = tags.map((tag) => tag.toLowerCase());
  const upper = tags.map((tag) => tag.toUpperCase());
  const capitalized = lower.map((tag) => tag.replace(/\p{L}/u, (letter) => letter.toUpperCase()));
  const usual = usualSpellings.filter((spelling) => lower.includes(spelling.toLowerCase()));
  return [...new Set([...tags, ...lower, ...upper, ...capitalized, ...usual])];
}

export function interestOf({ hashtags: tags, account, scan }: NostrFeed): Interest {
  const own = account === undefined ? undefined : publicKeyOf(account);
  const wanted = new Set(tags.map((tag) => tag.toLowerCase()));
  const kinds = [...readKinds];
  const spelled = spellingsOf(tags);
  const byTag = Array.from({ length: Math.ceil(spelled.length / maxValues) }, (_, index): Filter => {
    return { kinds, '#t': spelled.slice(index * maxValues, (index + 1) * maxValues) };
  });
  const tagged: Filter[] = scan ? [{ kinds }] : byTag;
  // A scan reads these notes anyway.
  const summons: Filter[] = own === undefined || scan ? [] : [{ kinds, '#p': [own] }];
  return {
    account: own,
    filters: [...tagged, ...summons],
    matches(received) {
      const note = Note.safeParse(received).data;
      // A malformed event is rejected later, with the reason.
      if (note === undefined) return true;
      if (!readKinds.includes(note.kind)) return false;
      const isWanted = ([name, value = '']: readonly string[]) =>
        (name === 't' && wanted.has(value.toLowerCase())) || (name === 'p' && value === own);
      const isWord = () => hasWord(note.content, wanted) || (own !== undefined && names(note.content, own));
      return note.tags.some(isWanted) || (scan && isWord());
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
