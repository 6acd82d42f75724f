import type { Post } from '../../core/post.ts';
import type { Context } from '../platform.ts';
import { type Account, lookUpPosts } from './account.ts';
import { readRecord, toPost } from './to-post.ts';
import { parseTime } from './wire.ts';

/** Looks posts up as the network shows them to the account; a post of somebody who blocks the bot is private. Without an account nobody asks. */
export function contextOf(account: Account | undefined): Context {
  return {
    async posts(refs, signal) {
      const found = new Map<string, Post | 'private'>();
      if (account === undefined) return found;
      const ids = refs.map(({ id }) => id);
      for (const [uri, { cid, author, record: raw, indexedAt }] of await lookUpPosts(account, ids, signal)) {
        const record = readRecord(raw);
        const isBlocked = author?.viewer?.blockedBy === true || author?.viewer?.blocking !== undefined;
        if (isBlocked) found.set(uri, 'private');
        else if (typeof record !== 'string')
          found.set(uri, toPost({ uri, cid, record, seenAt: parseTime(indexedAt) ?? 0 }, undefined, { author }));
      }
      return found;
    },
  };
}
