import type { Cable, Reference } from '../../core/cable.ts';
import type { CableFacts, Link, ResolutionStatus } from '../../core/citation.ts';
import type { CableBrief, Corpus } from '../corpus/corpus.ts';
import type { Resolver } from '../resolve-citation.ts';

/** A cable with its links, references, citing cables and neighbours. */
export interface CableContext {
  /** To the cable, then to its paragraphs, on the operator's first target. */
  readonly links: readonly Link[];
  /** In the order of the REF lines. */
  readonly references: readonly ReferenceLinked[];
  /** Earliest first. */
  readonly citedBy: readonly CableBrief[];
  /** From the same station, in chronological order. */
  readonly before: readonly CableBrief[];
  readonly after: readonly CableBrief[];
}

/** An entry of a REF line, looked up. */
export interface ReferenceLinked extends Reference {
  /** Null where the entry names no cable. */
  readonly status: ResolutionStatus | null;
  readonly cable: CableFacts | null;
  /** To the whole cable: the operator's targets in order. */
  readonly links: readonly Link[];
  /** The reason for a missing link; null if there is one. */
  readonly why: string | null;
}

/** Collects what a cable cites and what cites it. */
export async function contextOf(
  cable: Cable,
  { corpus, resolver }: { readonly corpus: Corpus; readonly resolver: Resolver },
): Promise<CableContext> {
  const { referenceId, paragraphs, references } = cable;
  const [whole, own, citedBy, neighbours] = await Promise.all([
    resolver.resolve(citationOf(referenceId, [])),
    resolver.resolve(
      citationOf(
        referenceId,
        paragraphs.map(({ number }) => number),
      ),
    ),
    corpus.citedBy(referenceId),
    corpus.neighbours(referenceId, neighboursEachSide),
  ]);
  const target = own.links[0]?.target;
  const pinned = own.links.filter((link) => link.target === target && link.paragraph !== null);
  return {
    links: [...whole.links, ...pinned],
    references: await Promise.all(references.map((reference) => linked(reference, resolver))),
    citedBy,
    ...neighbours,
  };
}

/** Cables before, and cables after. */
const neighboursEachSide = 5;

async function linked(reference: Reference, resolver: Resolver): Promise<ReferenceLinked> {
  const { id } = reference;
  if (id === null) return { ...reference, status: null, cable: null, links: [], why: 'it names no cable' };
  const { status, cable, links } = await resolver.resolve(citationOf(id, []));
  const missing =
    status === 'unknown-cable' ? 'no such cable is known to be published' : 'its page has no address that is known';
  return { ...reference, status, cable, links, why: links.length > 0 ? null : missing };
}

/** A REF line was read already, with the year and station of the cable around it: only its ID counts. */
function citationOf(id: Cable['referenceId'], paragraphs: readonly number[]) {
  return { kind: 'id', strength: 'strong', written: id, span: null, referenceId: id, paragraphs, clues: null } as const;
}
