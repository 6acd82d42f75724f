import type { Catalogue } from '../../src/cables/catalogue/catalogue.ts';
import { findCitations } from '../../src/cables/citations/find.ts';
import { canonicalReferenceId, publishedIdOf } from '../../src/cables/ids/reference-id.ts';
import { openResolver } from '../../src/cables/resolve-citation.ts';
import type { ReferenceId } from '../../src/core/cable.ts';
import type { Resolution } from '../../src/core/citation.ts';
import { seeded } from './make-posts.ts';
import { noTexts } from './no-texts.ts';

interface Counts {
  /** Edits that give no listed ID; what gives one says another cable, and nobody can tell. */
  judged: number;
  /** The others, apart: not judged. */
  listedThemselves: number;
  /** The right ID is found, or the first candidate. */
  first: number;
  /** It is found for certain. */
  certain: number;
  /** It is among the candidates at the least distance, or found. */
  nearest: number;
  /** Another cable is taken for certain. */
  wronglyCertain: number;
  mostCandidates: number;
}

export interface EditCounts {
  readonly letters: Counts;
  readonly digits: Counts;
}

/** Edits listed IDs by one letter, and by one digit, and counts what is made of a post with each. */
export async function countEdits(task: {
  readonly catalogue: Catalogue;
  readonly ids: readonly string[];
  /** Of letters, and as many of digits. */
  readonly edits: number;
  readonly seed: number;
  readonly report: (line: string) => void;
}): Promise<EditCounts> {
  const random = seeded(task.seed);
  const resolver = openResolver({ corpus: noTexts, catalogue: task.catalogue, targets: ['viewer'] });
  const counts = { letters: none(), digits: none() };
  for (const kind of ['letters', 'digits'] as const) {
    for (let i = 0; i < task.edits; i += 1) {
      const id = task.ids[Math.floor(random() * task.ids.length)] ?? '';
      const edited = oneEdit(id, kind === 'letters' ? /[A-Z]/ : /\d/, random);
      const right = canonicalReferenceId(id);
      const read = canonicalReferenceId(edited);
      if (right === undefined || read === right || edited === id) continue;
      if (read !== undefined && isItself(edited, read) && task.catalogue.has(publishedIdOf(read))) {
        counts[kind].listedThemselves += 1;
        continue;
      }
      const post = { text: `#cablegate #${edited}`, hashtags: [], links: [] };
      const [citation] = findCitations(post, { weakCounts: false }).citations;
      const found = citation && (await resolver.resolve(citation, post.text));
      note(counts[kind], found, right, (what) => task.report(`${kind}: ${edited} for ${id}: ${what}`));
    }
  }
  return counts;
}

/** What is promised: letters right first in 99 of 100, digits among the nearest always, nothing wrong for certain. */
export function holds({ letters, digits }: EditCounts): boolean {
  const isMended = letters.judged > 0 && letters.first >= 0.99 * letters.judged;
  const isListed = digits.judged > 0 && digits.nearest === digits.judged;
  return isMended && isListed && letters.wronglyCertain + digits.wronglyCertain === 0;
}

/** `07TAIPEI2660` is another's only by way of an alias. */
function isItself(edited: string, read: ReferenceId): boolean {
  return edited.replace(/(?<=[A-Z])0+(?=\d)/, '') === String(read);
}

function none(): Counts {
  return { judged: 0, listedThemselves: 0, first: 0, certain: 0, nearest: 0, wronglyCertain: 0, mostCandidates: 0 };
}

function note(counts: Counts, found: Resolution | undefined, right: ReferenceId, report: (what: string) => void): void {
  counts.judged += 1;
  const { status, referenceId, candidates = [] } = found ?? {};
  const isCertain = status === 'resolved';
  const least = candidates[0]?.distance ?? 0;
  const isNearest = candidates.some((each) => each.referenceId === right && each.distance === least);
  const isRight = isCertain && referenceId === right;
  if (isRight) counts.certain += 1;
  if (isRight || candidates[0]?.referenceId === right) counts.first += 1;
  if (isRight || isNearest) counts.nearest += 1;
  if (isCertain && !isRight) counts.wronglyCertain += 1;
  counts.mostCandidates = Math.max(counts.mostCandidates, candidates.length);
  if (isCertain ? !isRight : !isNearest)
    report(`${found === undefined ? 'not found' : `${status} ${referenceId}`}, ${candidates.length} candidates`);
}

/** One letter or digit wrong, missing, too many, or swapped with the next. */
function oneEdit(id: string, kind: RegExp, random: () => number): string {
  const places = id.split('').flatMap((unit, at) => (kind.test(unit) ? at : []));
  const at = places[Math.floor(random() * places.length)] ?? 0;
  const units = kind.test('A') ? 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' : '0123456789';
  const unit = units[Math.floor(random() * units.length)] ?? '';
  switch (Math.floor(random() * 4)) {
    case 0:
      return id.slice(0, at) + unit + id.slice(at + 1);
    case 1:
      return id.slice(0, at) + id.slice(at + 1);
    case 2:
      return id.slice(0, at) + unit + id.slice(at);
    default:
      return kind.test(id[at + 1] ?? '') ? id.slice(0, at) + id[at + 1] + id[at] + id.slice(at + 2) : id;
  }
}
