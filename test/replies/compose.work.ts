import { compose } from '../../src/replies/compose.ts';
import type { Work } from '../support/growth.ts';
import { post, seed, templateIn } from './answers.ts';

const template = templateIn(new URL('../../config/templates', import.meta.url).pathname, 'default.en');

/** Writes an answer about a subject and to an author whose names have some `n` characters. */
function answer(n: number): string {
  const subject = `${' '.repeat(n / 2)}@${'\u202E'.repeat(n / 2)}`;
  const cable = { subject, created: null, classification: null, origin: null };
  return compose({
    template,
    post: post({ author: { id: '1', handle: '@'.repeat(n), name: null, bot: false } }),
    resolutions: [seed([], { cable })],
    limits: { maxLength: 5000, length: (text) => text.length },
  });
}

export const work = { answer } satisfies Record<string, Work>;
