import { PermanentError } from '../../core/errors.ts';
import type { Payload } from '../../core/reply.ts';
import { type Facet, facetsOf } from './rich-text.ts';
import { labelsIn } from './to-post.ts';
import { PostUri, StrongRef } from './wire.ts';

/** `app.bsky.feed.post` as it goes out. */
export interface OutgoingPost {
  readonly $type: 'app.bsky.feed.post';
  readonly text: string;
  readonly createdAt: string;
  readonly langs?: readonly string[];
  readonly facets?: readonly Facet[];
  readonly reply?: { readonly root: StrongRef; readonly parent: StrongRef };
  readonly embed?: object;
  readonly labels?: object;
}

/** The same payload gives the same record, byte for byte. Errors: PermanentError where it answers nothing that can be answered. */
export function compose(payload: Payload): OutgoingPost {
  const { text, language, createdAt, replyTo, alone, card } = payload;
  const answered = alone ? undefined : { handle: replyTo.author, did: replyTo.authorId ?? '' };
  const facets = facetsOf(text, answered);
  const labels = labelsIn(replyTo.warning);
  return {
    $type: 'app.bsky.feed.post',
    text,
    createdAt: new Date(createdAt).toISOString(),
    ...(language !== null && { langs: [language] }),
    ...(facets.length > 0 && { facets }),
    ...(!alone && { reply: refsOf(replyTo) }),
    ...(card && { embed: cardOf(card) }),
    ...(labels.length > 0 && {
      labels: { $type: 'com.atproto.label.defs#selfLabels', values: labels.map((val) => ({ val })) },
    }),
  };
}

/** The first post of the thread is the root of all answers in it. */
function refsOf({ id, native = {} }: Payload['replyTo']): { root: StrongRef; parent: StrongRef } {
  const parent = StrongRef.safeParse({ uri: id, cid: native['cid'] });
  if (!parent.success || !PostUri.safeParse(id).success) {
    throw new PermanentError('the post that it answers is none of Bluesky, so it cannot be answered there');
  }
  const root = StrongRef.safeParse({ uri: native['rootUri'], cid: native['rootCid'] });
  return { root: root.success ? root.data : parent.data, parent: parent.data };
}

function cardOf({ url, title, description }: NonNullable<Payload['card']>): object {
  return { $type: 'app.bsky.embed.external', external: { uri: url, title, description } };
}
