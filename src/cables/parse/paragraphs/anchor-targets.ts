import type { AnchorTarget } from '../../../core/cable.ts';
import type { Anchor } from './paragraph-starts.ts';
import type { PlacedParagraph } from './paragraphs.ts';

/** Where `#parN` leads, for each id once: a browser goes to the first anchor of that id. Anchors are in page order. */
export function anchorTargetsOf(anchors: readonly Anchor[], paragraphs: readonly PlacedParagraph[]): AnchorTarget[] {
  const anchorTargets: AnchorTarget[] = [];
  const seen = new Set<string>();
  let next = 0;
  for (const anchor of anchors) {
    while (next < paragraphs.length && isAtOrBefore(paragraphs[next], anchor.line)) next += 1;
    if (seen.has(anchor.id)) continue;
    seen.add(anchor.id);
    const paragraph = paragraphs[next - 1];
    const exact = paragraph !== undefined && paragraph.line === anchor.line && anchor.id === `par${paragraph.number}`;
    anchorTargets.push({ anchor: anchor.id, paragraph: paragraph?.number ?? null, exact });
  }
  return anchorTargets;
}

/** An anchor stands at its line's start: a paragraph that begins in mid-line comes after it. */
function isAtOrBefore(paragraph: PlacedParagraph | undefined, line: number): boolean {
  if (paragraph === undefined) return false;
  return paragraph.atLineStart ? paragraph.line <= line : paragraph.line < line;
}
