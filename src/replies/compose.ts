import type { Resolution } from '../core/citation.ts';
import { PermanentError } from '../core/errors.ts';
import type { Post } from '../core/post.ts';
import { type Excerpt, type TextRoom, limitsBeside } from '../core/reply.ts';
import type { Verdict } from '../core/verdict.ts';
import { type CableModel, type Model, modelOf } from './model.ts';
import type { Template } from './templates.ts';

export interface Composition {
  readonly template: Template;
  readonly post: Post;
  readonly resolutions: readonly Resolution[];
  readonly limits: TextRoom;
  /** What may be quoted of the cited paragraphs: default nothing. */
  readonly excerpts?: readonly Excerpt[];
  /** Citations of the post that were counted and not kept: default 0. */
  readonly surplus?: number;
  /** How the bot is called: default Pilcrow. */
  readonly bot?: string;
  /** Of the template's words: default English. */
  readonly language?: string;
  /** What was decided, for a reply that says why. */
  readonly verdict?: Pick<Verdict, 'rule' | 'asked' | 'clause'>;
  /** Content warning of the reply, which takes room as well. */
  readonly warning?: string | undefined;
}

/** What the bot says of no cable, as of itself, or of what it decided. Errors: PermanentError when it does not fit. */
export function composeWithoutCable({
  template,
  post,
  limits,
  resolutions = [],
  verdict,
  bot = 'Pilcrow',
  language = 'en',
  warning,
}: Omit<Composition, 'resolutions'> & Partial<Pick<Composition, 'resolutions'>>): string {
  return fit(
    modelOf({ post, resolutions, verdict, surplus: 0, bot, language }),
    template,
    limitsBeside(warning, limits),
  );
}

/** The text of a reply within the limits of where it goes. Errors: PermanentError when the template fails or says nothing, or when not even the link fits. */
export function compose(composition: Composition): string {
  const { template, post, resolutions, limits, excerpts, surplus = 0, warning } = composition;
  const { bot = 'Pilcrow', language = 'en' } = composition;
  const model = modelOf({ post, resolutions, excerpts, surplus, bot, language });
  if (model.cables.length === 0) throw new PermanentError('there is no citation to answer');
  const text = fit(model, template, limitsBeside(warning, limits));
  if (text === '') throw new PermanentError(`template ${template.name} says nothing about this post`);
  return text;
}

/** How long a text of this template is at least, when all is left out that may be. */
export function leastLength(model: Model, template: Template, limits: Pick<TextRoom, 'length'>): number {
  return Math.min(...[...shorterAndShorter(model)].map((shorter) => limits.length(tidy(template.render(shorter)))));
}

/** The fullest text that fits. What goes first: excerpts, subject, classification, origin and date, further cables and paragraphs, all but the link. */
function fit(model: Model, template: Template, limits: TextRoom): string {
  for (const shorter of shorterAndShorter(model)) {
    const text = tidy(template.render(shorter));
    if (limits.length(text) <= limits.maxLength) return text;
  }
  const link = model.cables[0]?.link;
  if (link && limits.length(link) <= limits.maxLength) return link;
  throw new PermanentError(`a text of at most ${limits.maxLength} cannot hold what template ${template.name} says`);
}

function* shorterAndShorter(model: Model): Iterable<Model> {
  // Half of them at a time: a reply may have two hundred.
  for (let count = excerptsIn(model); count > 0; count >>= 1) yield quoting(model, count);
  let current = quoting(model, 0);
  yield current;
  const steps: readonly Partial<CableModel>[] = [
    { subject: null },
    { classification: null },
    { origin: null, date: null },
  ];
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

function excerptsIn({ cables }: Model): number {
  return cables.flatMap(({ paragraphs }) => paragraphs.filter(({ text }) => text !== null)).length;
}

/** Only the first excerpts are left. */
function quoting(model: Model, count: number): Model {
  let seen = 0;
  const quoted = (text: string | null) => (text !== null && (seen += 1) <= count ? text : null);
  const cables = model.cables.map((cable) => ({
    ...cable,
    paragraphs: cable.paragraphs.map((paragraph) => ({ ...paragraph, text: quoted(paragraph.text) })),
  }));
  return { ...model, cables };
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
