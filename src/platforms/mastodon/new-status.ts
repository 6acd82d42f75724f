import { narrowest, type Post } from '../../core/post.ts';
import type { Payload } from '../../core/reply.ts';
import type { TextLimits } from '../platform.ts';
import { graphemesIn } from '../shared/lengths.ts';
import { visibilityOf } from './to-post.ts';
import type { Instance, IdentifiedStatus } from './wire.ts';

type Visibility = Post['visibility'];

export interface StatusContext {
  readonly parent: IdentifiedStatus | undefined;
  readonly visibility: Visibility;
}

/** The new status, as the API takes it. */
export function statusOf(
  { text, language, replyTo, alone, warning, visibility: planned = 'public' }: Payload,
  { parent, visibility }: StatusContext,
) {
  const status = parent === undefined || alone ? text : `@${parent.account.acct ?? replyTo.author} ${text}`;
  const widest = [visibility, planned];
  const seenBy = alone ? widest : [...widest, replyTo.visibility ?? 'public', visibilityOf(parent?.visibility)];
  const narrow = narrowest(seenBy);
  const code = /^[a-z]{2,3}(?![a-z])/i.exec(language ?? '')?.[0].toLowerCase();
  return {
    status,
    visibility: narrow === 'followers' ? 'private' : narrow,
    ...(parent !== undefined && !alone && { in_reply_to_id: parent.id }),
    ...(warning !== undefined && { spoiler_text: warning }),
    ...(code !== undefined && { language: code }),
  };
}

/** Room for the author's name before the text, and a space. */
const nameLength = 64;

export function limitsOf({ maxCharacters, urlLength }: Instance): TextLimits {
  return { maxLength: Math.max(1, maxCharacters - nameLength), length: (text) => lengthOf(text, urlLength) };
}

/**
 * Counts like Mastodon: every URL as `urlLength`, a name without its server, anything else in graphemes
 * (app/validators/status_length_validator.rb).
 */
export function lengthOf(text: string, urlLength: number): number {
  const urls = text.match(urlInText) ?? [];
  const rest = text.replaceAll(urlInText, '').replaceAll(remoteName, '$1');
  return urls.length * urlLength + graphemesIn(rest).length;
}

/** A URL as Mastodon counts it, without trailing punctuation. */
const urlInText = /https?:\/\/[!-~]*[\w/~=&#%+$@*-]/g;
const remoteName = /(?<![\w/])(@\w+)@[\w.-]+\w/g;
