import type { Resolution } from '../../src/core/citation.ts';
import type { ReferenceId } from '../../src/core/cable.ts';
import type { DigestPlan } from '../../src/config/config.ts';
import type { Post } from '../../src/core/post.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { decidePosts } from '../../src/ledger/replies/decide-posts.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { ingestPosts } from '../../src/ledger/posts/posts.ts';
import { replyTo } from './ledger.ts';
import { post } from './posts.ts';

/** A citation as it was resolved, with the fields that matter given. */
export function cited(
  id: string,
  fields: Partial<Resolution> & { kind?: Resolution['traits']['kind'] } = {},
): Resolution {
  const { kind = 'hashtag', ...rest } = fields;
  return {
    written: `#${id}`,
    span: null,
    referenceId: id as ReferenceId,
    publishedId: null,
    paragraphs: [],
    status: 'resolved',
    cable: null,
    links: [
      {
        target: 'viewer',
        url: `https://wikileaks.org/cable/2007/08/${id}.html`,
        paragraph: null,
        exact: true,
        near: null,
        why: null,
      },
    ],
    candidates: [],
    traits: { kind, year: 2007, station: id.replaceAll(/\d/g, ''), country: null, tags: [], markings: [] },
    ...rest,
  };
}

/** What the ledger is told of a post: what it cites and what was decided; `reply` plans one. */
export interface Told {
  readonly post: Partial<Post> & { readonly id: string };
  readonly resolutions: readonly Resolution[];
  readonly verdict?: Partial<Verdict>;
  readonly feed?: string;
  readonly reply?: boolean;
}

export const recorded: Verdict = {
  action: 'record',
  rule: 'record',
  template: null,
  asked: null,
  clause: null,
  rules: 'v1',
};

/** Keeps posts and decides about them, at the time that the ledger has now. */
export async function emit(ledger: Ledger, all: readonly Told[]): Promise<void> {
  const now = await ledger.now();
  for (const { post: fields, resolutions, verdict, feed = 'posts', reply } of all) {
    const one = post(fields);
    await ledger.transact((tx) => ingestPosts(tx, feed, [{ post: one, citations: [], surplus: 0 }], now));
    await ledger.transactEach(decidePosts, {
      key: one.key,
      at: now,
      revision: 0,
      resolutions,
      verdict: { ...recorded, ...verdict },
      reply: reply === true ? replyTo(one) : undefined,
    });
  }
}

export function planOf(fields: Partial<DigestPlan> = {}): DigestPlan {
  return {
    name: 'daily',
    period: 'day',
    timezone: 'Europe/Berlin',
    at: 7 * 60,
    filter: {},
    ranking: 'mentions',
    language: 'en',
    formats: ['md', 'html', 'json', 'atom'],
    folder: null,
    channels: [],
    account: undefined,
    link: undefined,
    ...fields,
  };
}
