import type { Coverage, DigestGap, Gap, GapReason } from '../core/digest.ts';

/** A part of a day. Milliseconds since the Unix epoch. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** What was read in that time, and the gaps. */
export function coverageOf(
  { gaps, feeds }: { readonly gaps: readonly Gap[]; readonly feeds: readonly string[] },
  { posts, ...span }: Span & { readonly posts: Readonly<Record<string, number>> },
): Omit<Coverage, 'late'> {
  const names = [...new Set([...feeds, ...Object.keys(posts)])].toSorted();
  return {
    feeds: names.map((feed) => ({
      feed,
      posts: posts[feed] ?? 0,
      gaps: within(
        gaps.filter((gap) => gap.feed === feed),
        span,
      ),
    })),
    gaps: within(
      gaps.filter(({ feed }) => feed === null),
      span,
    ),
  };
}

/** The gaps within the span; adjacent and overlapping ones are merged. */
function within(gaps: readonly Gap[], { start, end }: Span): DigestGap[] {
  const merged: { from: number; to: number; why: GapReason }[] = [];
  for (const { from, to, why } of gaps.toSorted((a, b) => a.from - b.from || (a.to ?? end) - (b.to ?? end))) {
    const part = { from: Math.max(from, start), to: Math.min(to ?? end, end), why };
    if (part.from >= part.to) continue;
    const last = merged.at(-1);
    if (last === undefined || part.from > last.to) merged.push(part);
    else last.to = Math.max(last.to, part.to);
  }
  return merged.map(({ from, to, why }) => {
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), why };
  });
}
