import type { Post } from '../../core/post.ts';
import type { Payload } from '../../core/reply.ts';
import type { TextLimits } from '../platform.ts';
import type { InstanceFacts } from './server.ts';
import { visibilityOf } from './to-post.ts';
import type { Status } from './wire.ts';

type Visibility = Post['visibility'];

/** From the widest to the narrowest. */
const order = ['public', 'unlisted', 'followers', 'direct'] as const;

/** What is sent: masto's parameters of a new status. */
export function statusOf(
  { text, language, replyTo, alone }: Payload,
  { parent, visibility, facts }: { parent: Status | undefined; visibility: Visibility; facts: InstanceFacts },
) {
  const status = parent === undefined || alone ? text : `@${parent.account.acct} ${text}`;
  // What the author has put before it by now.
  const warning = (parent?.spoilerText ?? replyTo.warning ?? '').trim();
  const spoilerText = alone ? '' : startOf(warning, facts.maxCharacters - lengthOf(status, facts.urlLength));
  const seenBy = alone ? [visibility] : [visibility, replyTo.visibility ?? 'public', visibilityOf(parent?.visibility)];
  const code = /^[a-z]{2,3}(?![a-z])/i.exec(language ?? '')?.[0].toLowerCase();
  return {
    status,
    visibility: wireOf(narrowest(seenBy)),
    ...(parent !== undefined && !alone && { inReplyToId: parent.id }),
    ...(spoilerText !== '' && { spoilerText }),
    ...(code !== undefined && { language: code }),
  };
}

function narrowest(all: readonly Visibility[]): Visibility {
  return order[Math.max(...all.map((one) => order.indexOf(one)))] ?? 'direct';
}

function wireOf(visibility: Visibility): 'public' | 'unlisted' | 'private' | 'direct' {
  return visibility === 'followers' ? 'private' : visibility;
}

/** For the name that is put before an answer, and the space behind it. */
const roomForName = 64;

export function limitsOf({ maxCharacters, urlLength }: InstanceFacts): TextLimits {
  return { maxLength: Math.max(1, maxCharacters - roomForName), length: (text) => lengthOf(text, urlLength) };
}

/**
 * As Mastodon counts: a URL counts the same however long it is, a name without its server, all else by what people see as a
 * character (app/validators/status_length_validator.rb).
 */
export function lengthOf(text: string, urlLength: number): number {
  const urls = text.match(URL_IN_TEXT) ?? [];
  const rest = text.replaceAll(URL_IN_TEXT, '').replaceAll(REMOTE_NAME, '$1');
  return urls.length * urlLength + graphemes(rest);
}

/** The first characters, none cut in two. */
export function startOf(text: string, most: number): string {
  if (graphemes(text) <= most) return text;
  const segments = [...segmenter.segment(text.slice(0, most * 40))].slice(0, Math.max(0, most - 1));
  return most <= 0 ? '' : `${segments.map(({ segment }) => segment).join('')}…`;
}

const segmenter = new Intl.Segmenter();

function graphemes(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) count += 1;
  return count;
}

/** What is surely counted as one. Punctuation behind it counts for itself. */
const URL_IN_TEXT = /https?:\/\/[!-~]*[\w/~=&#%+$@*-]/g;
const REMOTE_NAME = /(?<![\w/])(@\w+)@[\w.-]+\w/g;
