import type { Post } from '../../core/post.ts';
import { codecs } from '../db/codecs.ts';
import { type Json, readEach } from '../db/json-column.ts';

/** A stored post; where it cannot be read, one without author and content in its place: what is damaged must go all the same when it is time. */
export function readableOrEmpty(stored: Json<Post>, key: string): Post {
  const [post] = readEach([stored], (text) => codecs.posts.post.decode(text, key));
  if (post !== undefined) return post;
  const [platform = '', ...rest] = key.split(':');
  const id = rest.join(':');
  return {
    key,
    platform,
    id,
    url: null,
    author: { id: '', handle: '', name: null, bot: false },
    text: '',
    language: null,
    createdAt: 0,
    hashtags: [],
    links: [],
    summoned: false,
    repost: false,
    visibility: 'direct',
    inReplyTo: null,
    thread: id,
  };
}
