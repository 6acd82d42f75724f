import type { Resolution } from '../core/citation.ts';
import { PermanentError } from '../core/errors.ts';
import type { Post } from '../core/post.ts';
import { fit, type Limits } from './fit.ts';
import { modelOf } from './model.ts';
import type { Template } from './templates.ts';

export interface Composition {
  readonly template: Template;
  readonly post: Post;
  readonly resolutions: readonly Resolution[];
  readonly limits: Limits;
  /** Citations of the post that were counted and not kept: default 0. */
  readonly surplus?: number;
  /** How the bot is called: default Pilcrow. */
  readonly bot?: string;
}

/** What the bot says of itself. Errors: PermanentError when it does not fit. */
export function composeHelp({ template, post, limits, bot = 'Pilcrow' }: Omit<Composition, 'resolutions'>): string {
  return fit(modelOf({ post, resolutions: [], surplus: 0, bot }), template, limits);
}

/** The text of a reply within the limits of where it goes. Errors: PermanentError when the template fails or says nothing, or when not even the link fits. */
export function compose({ template, post, resolutions, limits, surplus = 0, bot = 'Pilcrow' }: Composition): string {
  const model = modelOf({ post, resolutions, surplus, bot });
  if (model.cables.length === 0) throw new PermanentError('there is no citation to answer');
  const text = fit(model, template, limits);
  if (text === '') throw new PermanentError(`template ${template.name} says nothing about this post`);
  return text;
}
