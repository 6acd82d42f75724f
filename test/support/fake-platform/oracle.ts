import { readRecord } from './record.ts';

/** A cited post of the input. `scope`: posts with the same one may have a single reply between them. */
export interface CitedPost {
  readonly id: string;
  readonly scope?: string;
}

/** What the bot says became of its answer to a post. */
export interface Final {
  /** `silent`: decided not to answer. */
  readonly state: 'sent' | 'refused' | 'abandoned' | 'withdrawn' | 'silent';
  readonly reason: string | null;
  /** The platform's id of the reply, where the state is `sent`. */
  readonly replyId: string | null;
}

/** Ids of posts, but for `breaches`: all empty and 0 when the promise was kept. */
export interface Judgement {
  /** Cited, without a reply on the platform, and the bot says no final state with its reason. */
  readonly lost: readonly string[];
  /** Posts or scopes with more than one reply standing at the end, and posts that ever had. */
  readonly doubled: readonly string[];
  /** The bot says something of its reply that is not so, or the reply is not about what the post says now. */
  readonly false: readonly string[];
  /** Calls before the time that the caller was told to wait for. */
  readonly breaches: number;
}

/** Reads the platform's own record and the input; what the bot says is only held against them. */
export function judge(question: {
  record: string;
  cited: readonly CitedPost[];
  finals: ReadonlyMap<string, Final>;
}): Judgement {
  const { standing, together, stale, breaches } = readPlatform(question.record);
  const { cited, finals } = question;
  const repliesTo = (id: string) => standing.get(id) ?? [];
  const scopes = Map.groupBy(cited, ({ id, scope }) => scope ?? id);
  return {
    lost: cited.filter(({ id }) => repliesTo(id).length === 0 && !isFinal(finals.get(id))).map(({ id }) => id),
    doubled: [...scopes]
      .filter(([, posts]) => {
        return posts.flatMap(({ id }) => repliesTo(id)).length > 1 || posts.some(({ id }) => together.has(id));
      })
      .map(([name]) => name),
    false: [...finals].filter(([id, final]) => !isTrue(final, repliesTo(id)) || stale.has(id)).map(([id]) => id),
    breaches,
  };
}

interface Standing {
  /** Ids of the replies that were posted and not withdrawn, by the post that they answer. */
  readonly standing: ReadonlyMap<string, string[]>;
  /** Posts that had two replies at a time. */
  readonly together: ReadonlySet<string>;
  /** Posts whose reply is about another paragraph. */
  readonly stale: ReadonlySet<string>;
  readonly breaches: number;
}

function readPlatform(file: string): Standing {
  const replies = new Map<string, { source: string; text: string }>();
  const sources = new Map<string, string>();
  const together = new Set<string>();
  let breaches = 0;
  for (const entry of readRecord(file)) {
    if (entry.kind === 'posted') {
      if ([...replies.values()].some(({ source }) => source === entry.source)) together.add(entry.source);
      replies.set(entry.id, entry);
    }
    if (entry.kind === 'replaced') replies.set(entry.id, { ...replies.get(entry.id)!, text: entry.text });
    if (entry.kind === 'withdrawn') replies.delete(entry.id);
    if (entry.kind === 'source') sources.set(entry.post.id, entry.post.text);
    if (entry.kind === 'breach') breaches += 1;
  }
  const standing = Map.groupBy(replies.keys(), (id) => replies.get(id)!.source);
  const stale = [...replies.values()].filter(({ source, text }) => isStale(text, sources.get(source) ?? ''));
  return { standing, together, stale: new Set(stale.map(({ source }) => source)), breaches };
}

/** The post names one paragraph, and the reply links to another. */
function isStale(reply: string, post: string): boolean {
  const [linked, named] = [/#par(\d+)/.exec(reply)?.[1], /¶(\d+)\??$/.exec(post)?.[1]];
  return linked !== undefined && named !== undefined && linked !== named;
}

function isFinal(final: Final | undefined): boolean {
  if (final === undefined) return false;
  const needsReason = final.state === 'refused' || final.state === 'abandoned' || final.state === 'silent';
  return !needsReason || (final.reason ?? '') !== '';
}

function isTrue({ state, reason, replyId }: Final, replies: readonly string[]): boolean {
  if (state === 'sent') return replyId !== null && replies.includes(replyId);
  // Who says that the outcome is unknown says nothing false, whatever the outcome is.
  if (state === 'abandoned' && reason?.startsWith('outcome unknown') === true) return true;
  return replies.length === 0;
}
