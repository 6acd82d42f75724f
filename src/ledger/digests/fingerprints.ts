import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import type { DateText } from '../../core/zone.ts';
import type { Executor } from '../db/schema.ts';
import { readSettings, writeSetting } from '../db/settings.ts';
import { ofPoster } from '../operators/consents.ts';
import { digestPlatform } from '../posts/digest-posts.ts';
import { isLimitedPost } from '../posts/retention.ts';
import type { Span } from './counted-posts.ts';

/** By the first day of a period: its fingerprint when it was counted last for an edition. */
export type Fingerprints = Readonly<Record<DateText, string>>;

/**
 * What the counts of a period depend on, summed up: they are the same as long as it is. Feed, state, visibility and decision of each post, who
 * opted out, and the replies with their last changes. A tenth of the work of counting.
 */
export async function fingerprintOf(db: Executor, { from, to }: Span): Promise<string> {
  // Milliseconds since the beginning of the period; as text, for a sum may be more than a number holds.
  const { rows: posts } = await sql`
    select feed, state, count(*) as posts, sum(revision) as revisions,
      cast(sum(decided_at - ${from}) as text) as decided_at,
      cast(sum(case when ${isLimitedPost} then created_at - ${from} + 1 else 0 end) as text) as limited,
      cast(sum((select at - ${from} from consents where choice = 'out' and ${ofPoster})) as text) as opted_out
    from posts where created_at >= ${from} and created_at < ${to} and control is null and platform <> ${digestPlatform}
    group by feed, state order by feed, state`.execute(db);
  await nextTurn();
  const { rows: replies } = await sql`
    select publisher, replies.state, count(*) as replies, sum(length(reason)) as reasons,
      cast(sum(updated_at - ${from}) as text) as updated_at
    from posts cross join replies
    where replies.post_key = posts.key and created_at >= ${from} and created_at < ${to}
    group by publisher, replies.state order by publisher, replies.state`.execute(db);
  await nextTurn();
  return hash('sha256', JSON.stringify([posts, replies]));
}

/** Those of the digest’s last editions; none if they cannot be read, which is reported: all is counted again then. */
export async function readFingerprints(db: Executor, digest: string): Promise<Fingerprints> {
  const found = await readSettings(db, settingName(digest), z.record(z.string(), z.string()));
  return found.get('') ?? {};
}

export async function writeFingerprints(tx: Executor, digest: string, fingerprints: Fingerprints): Promise<void> {
  await writeSetting(tx, settingName(digest), fingerprints);
}

function settingName(digest: string): string {
  return `digest fingerprints:${digest}`;
}
