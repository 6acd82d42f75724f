import type { App } from '../../src/app.ts';
import { findCitations } from '../../src/cables/citations/find.ts';
import { citationsInContext } from '../../src/cables/citations-in-context.ts';
import type { Citation, CitedBy, Resolution } from '../../src/core/citation.ts';
import { PermanentError } from '../../src/core/errors.ts';
import { isLimited, narrowest, personKey, type Post } from '../../src/core/post.ts';
import type { Executor } from '../../src/ledger/db/schema.ts';
import { isOptedOut } from '../../src/ledger/operators/consents.ts';
import type { WaitingPost } from '../../src/ledger/posts/posts.ts';
import { answeredBefore, type Cited, leaseQuestion, storedCiting } from '../../src/ledger/posts/questions.ts';
import { withTimeout } from './worker.ts';

export type QuestionApp = Pick<
  App,
  'config' | 'ledger' | 'cables' | 'context' | 'failpoint' | 'fail' | 'hurry' | 'timeouts'
>;

/** What a question without a citation is about. */
export interface Subject {
  readonly citations: readonly Citation[];
  readonly resolutions: readonly Resolution[];
  /** The post that it replies to or quotes cannot be used, for whatever reason. */
  readonly unusable: boolean;
  /** It replies to an answer of the bot. */
  readonly belowAnswer: boolean;
}

/** True if the post addresses the bot without a citation, and its author may be answered. */
export function isQuestion({ post, citations, control, optedOut }: WaitingPost): boolean {
  const isSilent = optedOut || post.author.bot || post.repost;
  return post.summoned && citations.length === 0 && control === undefined && !isSilent;
}

/** Takes the citations from the first of the posts around it that has any. Undefined: another process does so. Errors: as `Context`. */
export async function subjectOf(app: QuestionApp, waiting: WaitingPost): Promise<Subject | undefined> {
  const { post } = waiting;
  const { sources, stored } = await storedAround(app.ledger.db, post);
  const belowAnswer = stored.has('answer');
  let read: Awaited<ReturnType<typeof readPosts>>;
  let unusable = false;
  for (const { from, id } of sources) {
    if (!stored.has(from)) {
      const missing = sources.filter((source) => !stored.has(source.from));
      read ??= await readPosts(app, waiting, missing);
      if (read === undefined) return undefined;
    }
    const cited = stored.get(from) ?? read?.get(id);
    if (cited === undefined || !(await mayUse(app.ledger.db, post, from, cited.post))) {
      // Threads are long: the first post may be about something else.
      unusable ||= from !== 'thread';
      continue;
    }
    const found = await resolved(app, citationsInContext(post.text, cited.citations), from, cited.post.text);
    if (found.citations.length > 0) return { ...found, unusable: false, belowAnswer };
  }
  return { citations: [], resolutions: [], unusable, belowAnswer };
}

interface Source {
  readonly from: CitedBy;
  readonly id: string;
}

/** The posts around a question in the order in which they count, and what the ledger has of them. */
async function storedAround(db: Executor, post: Post) {
  const { platform, inReplyTo, quotes, thread } = post;
  const answered = await answeredBefore(db, post);
  const named: readonly (readonly [CitedBy, string | null | undefined])[] = [
    [answered === undefined ? 'parent' : 'answer', inReplyTo],
    ['quote', quotes],
    ['thread', thread],
  ];
  const sources: Source[] = [];
  for (const [from, id] of named)
    if (id && id !== post.id && sources.every((source) => source.id !== id)) sources.push({ from, id });
  const stored = new Map<CitedBy, Cited>(answered && [['answer', answered]]);
  for (const { from, id } of sources) {
    const cited = stored.has(from) ? undefined : await storedCiting(db, platform, id);
    if (cited !== undefined) stored.set(from, cited);
  }
  return { sources, stored };
}

/** What the platform shows of posts, by id; what cannot be used is not in it. Undefined: another process reads them. */
async function readPosts(
  app: QuestionApp,
  waiting: WaitingPost,
  sources: readonly Source[],
): Promise<ReadonlyMap<string, Cited> | undefined> {
  const { native } = waiting.post;
  const context = await app.context(waiting.feed);
  if (context === undefined) return new Map();
  const now = await app.ledger.now();
  const until = now + app.timeouts.sendingLeaseMs;
  if (!(await app.ledger.transact((tx) => leaseQuestion(tx, waiting, { now, until })))) return undefined;
  app.failpoint('resolve: context claimed');
  const refs = sources.map(({ id }) => ({ id, ...(native !== undefined && { native }) }));
  const found = await withTimeout(app, (signal) => context.posts(refs, signal)).catch((error: unknown) => {
    const { giveUpAfter } = app.config.replies;
    const isOver = giveUpAfter !== null && now - waiting.ingestedAt > giveUpAfter;
    if (isOver || error instanceof PermanentError) return new Map<string, never>();
    throw error;
  });
  app.failpoint('resolve: context read');
  const posts = [...found].filter((entry): entry is [string, Post] => typeof entry[1] !== 'string');
  return new Map(
    posts.map(([id, post]) => [id, { post, citations: findCitations(post, { weakCounts: true }).citations }]),
  );
}

/** False for a post of an author who opted out, and for one that fewer people may read than the question. */
async function mayUse(db: Executor, question: Post, from: CitedBy, { platform, author, visibility }: Post) {
  if (isLimited({ visibility }) && narrowest([visibility, question.visibility]) !== question.visibility) return false;
  return from === 'answer' || !(await isOptedOut(db, personKey(platform, author.id)));
}

/** Weak citations count only where they lead to a cable. */
async function resolved({ cables }: QuestionApp, citations: readonly Citation[], from: CitedBy, text: string) {
  const all = await Promise.all(
    citations.map(async (citation) => ({ citation, resolution: await cables.resolver.resolve(citation, text) })),
  );
  const useful = all.filter(({ citation: { strength }, resolution: { status } }) => {
    return strength === 'strong' || status !== 'unknown-cable';
  });
  const stored = useful.map(withoutWords);
  return {
    citations: stored.map(({ citation }): Citation => ({ ...citation, from })),
    resolutions: stored.map(({ resolution }): Resolution => ({ ...resolution, from })),
  };
}

/** The words of another author are not stored with the question: of a quotation or description only where it led. */
function withoutWords(found: { readonly citation: Citation; readonly resolution: Resolution }) {
  const { citation, resolution } = found;
  if (citation.kind !== 'quotation' && citation.kind !== 'description') return found;
  const { referenceId, paragraphs } = resolution;
  const written = referenceId ?? '';
  return {
    citation: { ...citation, kind: 'id' as const, written, referenceId, paragraphs, clues: null },
    resolution: { ...resolution, written },
  };
}
