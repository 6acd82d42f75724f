import type { Position } from './cursor.ts';
import type { Ask, Entry } from './lists.ts';

export interface Walked {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** The list is longer than was read: what lies behind is given up. */
  readonly cutOff: boolean;
}

/** Some order by arrival: what was written a little earlier may stand above the position. */
const slackMs = 3_600_000;
const maxPages = 250;

/**
 * All that stands above the position: from the newest downwards, page by page, until nothing is new. Servers differ in what `min_id`
 * means, and in how ids are ordered; `since_id` and `max_id` mean the same to all, and those that ignore `since_id` are cut here.
 * `known`: mark of the oldest entry above the position that was delivered before; below it nothing is new.
 */
export async function walkDown(
  ask: Ask,
  { position, known, atMost }: { position: Position; known: string | undefined; atMost: number },
): Promise<Walked> {
  const { id: sinceId, at } = position;
  const floor = sinceId === '' ? at : at - slackMs;
  const found = new Map<string, Entry>();
  let maxId: string | undefined;
  for (let pages = 0; pages < maxPages; pages++) {
    const asked = await ask({ ...(sinceId !== '' && { sinceId }), ...(maxId !== undefined && { maxId }) });
    const { entries: page, isShort } = asked;
    const end = page.findIndex(({ id }) => id === sinceId && sinceId !== '');
    const above = (end === -1 ? page : page.slice(0, end)).filter(({ mark }) => !found.has(mark));
    const isPast = above.every((entry) => entry.at < floor && !isAfter(entry.id, sinceId));
    // At a first run what is past is of use: it says where to begin.
    if (!isPast || sinceId === '') for (const entry of above) found.set(entry.mark, entry);
    const knownBelow = isShort && known !== undefined && found.has(known);
    const next = page.findLast(({ id }) => id !== undefined)?.id;
    const ended = end !== -1 || isPast || knownBelow || found.size > atMost;
    if (ended || next === undefined || next === maxId) return { entries: oldestFirst(found), cutOff: false };
    maxId = next;
  }
  return { entries: oldestFirst(found), cutOff: true };
}

/** Lists that are ordered by arrival have late what was written long ago: ids grow, in number or in letters. */
function isAfter(id: string | undefined, sinceId: string): boolean {
  if (id === undefined || sinceId === '') return false;
  return id.length === sinceId.length ? id > sinceId : id.length > sinceId.length;
}

function oldestFirst(found: ReadonlyMap<string, Entry>): Entry[] {
  return [...found.values()].toReversed();
}
