import { contextOf } from '../../cables/citations/citation-context.ts';
import { fieldsOf } from '../../cables/corpus/fields.ts';
import type { Cable } from '../../core/cable.ts';
import { mentionsOfCable } from '../../ledger/posts/cable-mentions.ts';
import type { Request } from '../page.ts';
import { answer } from './answer.ts';
import { citedParagraphs, mostMentions } from './mentions-section.ts';

/** A cable as data: what `parse --json` prints, with what leads to it and how often it is spoken of. */
export async function cableData(request: Request, cable: Cable): Promise<Response> {
  const { cables, ledger } = request.context;
  const [{ references, citedBy, before, after }, mentions] = await Promise.all([
    contextOf(cable, cables),
    mentionsOfCable(ledger.db, cable.referenceId, mostMentions),
  ]);
  const body = JSON.stringify({
    ...fieldsOf(cable),
    references,
    citedBy,
    before,
    after,
    mentions: { total: mentions.length, paragraphs: Object.fromEntries(citedParagraphs(mentions)) },
  });
  return answer(request, { type: 'application/json; charset=utf-8', body: `${body}\n` });
}
