import { randomUUID } from 'node:crypto';
import type { App } from '../src/app.ts';
import { backoffMs } from '../src/core/backoff.ts';
import type { Resolution } from '../src/core/citation.ts';
import { messageOf, PermanentError } from '../src/core/errors.ts';
import type { Post } from '../src/core/post.ts';
import { type Decision, decidePost, postponePost, type WaitingPost, waitingPost } from '../src/ledger/posts.ts';
import type { PlannedReply } from '../src/ledger/replies.ts';
import type { Worker } from './worker.ts';

const retry = { firstMs: 1000, maxMs: 10 * 60_000 };

/** Looks up what a post cites, decides what to do about it, and plans the reply word for word. */
export const resolve: Worker = {
  bell: 'resolve',
  concurrency: 384,
  async work(app, key) {
    const waiting = await waitingPost(app.ledger.db, key, await app.ledger.now());
    if (waiting === undefined) return;
    app.reached('resolve: post read');
    try {
      const decision = await decide(app, waiting);
      app.reached('resolve: composed');
      const now = await app.ledger.now();
      const verdict = await app.ledger.transact((tx) => decidePost(tx, decision, now));
      if (verdict === undefined) return;
      app.reached('resolve: decided');
      app.tell({ kind: 'decided', post: waiting.post, resolutions: decision.resolutions, verdict });
      if (verdict.action === 'reply') await app.queue.ring('respond', key);
      app.reached('resolve: rung');
    } catch (error) {
      await postpone(app, waiting, error);
    }
  },
};

async function decide(app: App, waiting: WaitingPost): Promise<Decision> {
  const { post, feed, surplus, keptAt: seenAt } = waiting;
  const resolutions = await Promise.all(waiting.citations.map((citation) => app.cables.resolver.resolve(citation)));
  const verdict = app.decide({ post, feed, resolutions, seenAt });
  if (verdict.action !== 'reply') return { key: post.key, resolutions, verdict, reply: undefined };
  const publisher = app.publisherFor(post);
  const text = await app.compose({ publisher, template: verdict.template, post, resolutions, surplus });
  return { key: post.key, resolutions, verdict, reply: plan(app, { post, resolutions, publisher, text }) };
}

function plan(
  app: App,
  answer: { post: Post; resolutions: readonly Resolution[]; publisher: string; text: string },
): PlannedReply {
  const { post, resolutions, publisher, text } = answer;
  return {
    postKey: post.key,
    publisher,
    scope: scopeOf(post, resolutions),
    payload: {
      key: post.key,
      text,
      language: post.language,
      createdAt: app.clock.now(),
      idempotencyKey: randomUUID(),
      replyTo: {
        key: post.key,
        platform: post.platform,
        id: post.id,
        url: post.url,
        author: post.author.handle,
        thread: post.thread,
      },
    },
  };
}

/** One reply for a thread, its cables and their paragraphs, whoever asks. */
function scopeOf(post: Post, resolutions: readonly Resolution[]): string {
  const cited = resolutions.map((r) => `${r.referenceId ?? r.written}:${r.paragraphs.join(',')}`).toSorted();
  return JSON.stringify([post.platform, post.thread, ...cited]);
}

/** What can never work is given up with its reason; all else is tried again for as long as it takes. */
async function postpone(app: App, { post, attempts }: WaitingPost, error: unknown): Promise<void> {
  const hopeless = error instanceof PermanentError;
  const dueAt = hopeless ? null : (await app.ledger.now()) + backoffMs(attempts, retry);
  await app.ledger.transact((tx) => postponePost(tx, post.key, messageOf(error), dueAt));
  app.tell({
    kind: 'trouble',
    what: post.key,
    post: post.key,
    message: `not resolved${hopeless ? ', given up' : ''}: ${messageOf(error)}`,
  });
}
