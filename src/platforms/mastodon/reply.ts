import type { Post } from '../../core/post.ts';
import type { Payload } from '../../core/reply.ts';
import type { InstanceFacts } from './instance.ts';
import { lengthOf, startOf } from './text-length.ts';
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
