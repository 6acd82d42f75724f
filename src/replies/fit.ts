import { PermanentError } from '../core/errors.ts';
import type { CableModel, Model } from './model.ts';
import type { Template } from './templates.ts';

/** How long a text may be, by the platform's own way of counting; `TextLimits` of src/platforms has this shape. */
export interface Limits {
  readonly maxLength: number;
  length(text: string): number;
}

/**
 * The fullest text that fits. Parts go in a fixed order: subject, classification, origin and date, cables but the first,
 * paragraphs but the first, everything but the link. A link is never cut.
 */
export function fit(model: Model, template: Template, limits: Limits): string {
  for (const shorter of shorterAndShorter(model)) {
    const text = tidy(template.render(shorter));
    if (limits.length(text) <= limits.maxLength) return text;
  }
  const link = model.cables[0]?.link;
  if (link && limits.length(link) <= limits.maxLength) return link;
  throw new PermanentError(`a text of at most ${limits.maxLength} cannot hold what template ${template.name} says`);
}

/** How long a text of this template is at least, when all is left out that may be. */
export function leastLength(model: Model, template: Template, limits: Pick<Limits, 'length'>): number {
  return Math.min(...[...shorterAndShorter(model)].map((shorter) => limits.length(tidy(template.render(shorter)))));
}

function* shorterAndShorter(model: Model): Iterable<Model> {
  yield model;
  const steps: readonly Partial<CableModel>[] = [
    { subject: null },
    { classification: null },
    { origin: null, date: null },
  ];
  let current = model;
  for (const without of steps) {
    current = { ...current, cables: current.cables.map((cable) => ({ ...cable, ...without })) };
    yield current;
  }
  for (let count = current.cables.length - 1; count > 0; count -= 1) {
    current = { ...current, cables: current.cables.slice(0, count), more: current.more + 1 };
    yield current;
  }
  const [cable] = current.cables;
  if (cable === undefined) return;
  for (let count = cable.paragraphs.length - 1; count > 0; count -= 1) {
    const more = cable.more + cable.paragraphs.length - count;
    yield { ...current, cables: [{ ...cable, paragraphs: cable.paragraphs.slice(0, count), more }] };
  }
}

/** Templates are laid out for reading; their texts need no blank ends and no holes. */
function tidy(text: string): string {
  const lines = text
    .replaceAll('\r', '')
    .split('\n')
    .map((line) => line.trimEnd());
  return lines
    .filter((line, index) => line !== '' || (lines[index - 1] ?? '') !== '')
    .join('\n')
    .trim();
}
