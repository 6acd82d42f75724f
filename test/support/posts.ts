import { type Post, postKey } from '../../src/core/post.ts';

/** A post with the fields that matter given and the rest plain. */
export function post(fields: Partial<Post> & { id: string }): Post {
  const platform = fields.platform ?? 'file';
  return {
    key: postKey(platform, fields.id),
    platform,
    url: null,
    author: { id: 'ada', handle: 'ada', name: null, bot: false },
    text: '#cablegate #07ASTANA2244',
    language: 'en',
    createdAt: Date.UTC(2026, 10, 23),
    hashtags: [],
    links: [],
    summoned: false,
    repost: false,
    visibility: 'public',
    inReplyTo: null,
    thread: fields.id,
    ...fields,
  };
}
