import type { Cable } from '../../core/cable.ts';

/** The documented fields in their order, without the anchor targets, which are internal. */
export function fieldsOf(cable: Cable): Omit<Cable, 'anchorTargets'> {
  const { referenceId, publishedId, subject, created, createdAsPrinted, released, releasedAsPrinted } = cable;
  const { classification, origin, tags, references, reasons, eo, decl, dtg, precedence, header } = cable;
  const { paragraphs, anchors, warnings } = cable;
  return {
    referenceId,
    publishedId,
    subject,
    created,
    createdAsPrinted,
    released,
    releasedAsPrinted,
    classification,
    origin,
    tags,
    references,
    reasons,
    eo,
    decl,
    dtg,
    precedence,
    header,
    paragraphs,
    anchors,
    warnings,
  };
}
