import { type Limits, noLimits } from '../../src/core/limits.ts';
import type { Citation, Resolution } from '../../src/core/citation.ts';
import type { Post } from '../../src/core/post.ts';
import { personKey } from '../../src/core/post.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { decidePosts } from '../../src/ledger/replies/decide-posts.ts';
import { type IngestResult, ingestPosts } from '../../src/ledger/posts/posts.ts';
import { type PlannedReply, type Scope, replyRow } from '../../src/ledger/replies/replies.ts';
import { type Ending, endSending } from '../../src/ledger/replies/end-sending.ts';
import { type Lease, claimForSending } from '../../src/ledger/replies/claim-reply.ts';
import type { Deferred, Terms } from '../../src/ledger/accounts/reply-limits.ts';
import { post } from './posts.ts';

export const now = Date.UTC(2026, 10, 23, 12);
export const verdict: Verdict = {
  action: 'reply',
  rule: 'answer',
  template: null,
  asked: null,
  clause: null,
  rules: 'v1',
};
export const published = { id: '1', url: null };
const leaseMs = 1000;

/** Terms of an account that nothing holds back, save what is given. */
export function terms(limits: Partial<Limits> = {}, price = 0): Terms & { readonly leaseMs: number } {
  return { leaseMs, platform: 'log', limits: { ...noLimits, ...limits }, price, stoppedBecause: undefined };
}

/** A reply to a post, as resolve plans it; it cites `cited`, by default what no other post does. */
export function replyTo(answered: Post, changes: { cited?: readonly string[]; key?: string } = {}): PlannedReply {
  const { platform, thread, id } = answered;
  const to = { key: answered.key, platform, id, url: null, author: answered.author.handle, thread };
  const key = changes.key ?? answered.key;
  const scope: Scope = { platform, thread, cited: changes.cited ?? [`${id}:`] };
  const payload = { key, text: 'the link', language: 'en', createdAt: now, idempotencyKey: `i-${key}`, replyTo: to };
  const person = personKey(platform, answered.author.id);
  return { postKey: answered.key, publisher: 'log', payload, scope, person, summoned: answered.summoned };
}

/** The steps of the protocol on one ledger, at one time. */
export function steps(ledger: () => Ledger) {
  const transact: Ledger['transact'] = (work) => ledger().transact(work);
  const keepThese = (posts: readonly Post[]): Promise<IngestResult> =>
    transact((tx) =>
      ingestPosts(
        tx,
        'sample',
        posts.map((each) => ({ post: each, citations: [] as Citation[], surplus: 0 })),
        now,
      ),
    );
  const decide = (
    id: string,
    reply?: PlannedReply,
    more: { resolutions?: Resolution[]; revision?: number; cancelRequested?: string[]; canReplace?: boolean } = {},
  ) =>
    ledger().transactEach(decidePosts, {
      key: post({ id }).key,
      at: now,
      revision: 0,
      resolutions: [],
      verdict,
      reply,
      ...more,
    });
  return {
    keepThese,
    decide,
    keep: (...ids: string[]) => keepThese(ids.map((id) => post({ id }))),
    /** Keeps a post and plans its reply. */
    plan: async (answered: Post, changes: Parameters<typeof replyTo>[1] = {}): Promise<void> => {
      await keepThese([answered]);
      await decide(answered.id, replyTo(answered, changes));
    },
    take: (id: string, at = now, on = terms()): Promise<Lease | Deferred | undefined> =>
      ledger().transactEach(claimForSending, { key: `file:${id}`, now: at, terms: on }),
    /** Takes what nothing holds back. */
    mustTake: async (id: string, at = now, on = terms()): Promise<Lease> => {
      const taken = await ledger().transactEach(claimForSending, { key: `file:${id}`, now: at, terms: on });
      if (taken === undefined || !('attempt' in taken)) throw new Error(`not taken: ${JSON.stringify(taken)}`);
      return taken;
    },
    end: (lease: Lease, ending: Ending, at = now, limits: Limits = noLimits) =>
      ledger().transactEach(endSending, { lease, ending, now: at, limits }),
    state: async (id: string) => (await replyRow(ledger().db, `file:${id}`))?.state,
    row: (id: string) => replyRow(ledger().db, `file:${id}`),
  };
}
