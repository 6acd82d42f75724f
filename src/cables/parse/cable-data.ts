import type { Cable } from '../../core/cable.ts';
import { parseRecipients, parseSender, type Recipients } from './header/recipients.ts';
import { parseSummary } from './header/summary.ts';
import { withoutResidue } from './paragraphs/residue.ts';

/** A cable for programs: the output of `parse --json`, documented in docs/corpus-formats.md. */
export interface CableData extends Omit<Cable, 'anchorTargets' | 'page'>, Recipients {
  /** The sender as the FM line has it: `AMEMBASSY ASTANA`. */
  readonly from: string | null;
  /** The summary that the message begins with, in one line. */
  readonly summary: string | null;
}

/** `body`: the message as printed, without header. */
export function cableData(cable: Cable, body: string): CableData {
  const { header, paragraphs, sections, signature, residue, anchors, warnings, ...more } = cable;
  const { anchorTargets: _targets, page: _page, ...fields } = more;
  return {
    ...fields,
    header,
    from: parseSender(header),
    ...parseRecipients(header),
    summary: summaryIn(body),
    paragraphs,
    sections,
    signature,
    residue,
    anchors,
    warnings,
  };
}

function summaryIn(body: string): string | null {
  const lines = withoutResidue(body.slice(0, maxSummaryEnd).split('\n')).rows;
  return parseSummary(lines.join('\n'))?.replaceAll(/\s+/g, ' ') ?? null;
}

/** Summaries are at a message's beginning. */
const maxSummaryEnd = 40_000;
