import type { Post } from '../../core/post.ts';
import type { Payload } from '../../core/reply.ts';
import type { TextLimits } from '../platform.ts';
import { graphemesIn } from '../shared/lengths.ts';
import { visibilityOf } from './to-post.ts';
import type { Instance, Status } from './wire.ts';

type Visibility = Post['visibility'];

/** From the widest to the narrowest. */
const order = ['public', 'unlisted', 'followers', 'direct'] as const;

export interface StatusContext {
  readonly parent: Status | undefined;
  readonly visibility: Visibility;
  readonly info: Instance;
}

/** The new status, as the API takes it. */
export function statusOf({ text, language, replyTo, alone }: Payload, { parent, visibility, info }: StatusContext) {
  const status = parent === undefined || alone ? text : `@${parent.account.acct} ${text}`;
  // The author's content warning as it is now.
  const warning = (parent?.spoiler_text ?? replyTo.warning ?? '').trim();
  const heading = alone ? '' : startOf(warning, info.maxCharacters - lengthOf(status, info.urlLength));
  const seenBy = alone ? [visibility] : [visibility, replyTo.visibility ?? 'public', visibilityOf(parent?.visibility)];
  const code = /^[a-z]{2,3}(?![a-z])/i.exec(language ?? '')?.[0].toLowerCase();
  return {
    status,
    visibility: narrowest(seenBy),
    ...(parent !== undefined && !alone && { in_reply_to_id: parent.id }),
    ...(heading !== '' && { spoiler_text: heading }),
    ...(code !== undefined && { language: code }),
  };
}

/** The narrowest, as the API calls it. */
function narrowest(all: readonly Visibility[]): 'public' | 'unlisted' | 'private' | 'direct' {
  const visibility = order[Math.max(...all.map((one) => order.indexOf(one)))] ?? 'direct';
  return visibility === 'followers' ? 'private' : visibility;
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

/** The first graphemes of a text. */
export function startOf(text: string, most: number): string {
  const graphemes = graphemesIn(text);
  if (graphemes.length <= most) return text;
  return most <= 0 ? '' : `${graphemes.slice(0, most - 1).join('')}…`;
}

/** A URL as Mastodon counts it, without trailing punctuation. */
const urlInText = /https?:\/\/[!-~]*[\w/~=&#%+$@*-]/g;
const remoteName = /(?<![\w/])(@\w+)@[\w.-]+\w/g;
