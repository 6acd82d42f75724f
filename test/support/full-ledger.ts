import { sql } from 'kysely';
import { checkRhythms } from '../../src/app/watch-rhythms.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { blockAccount, pause } from '../../src/ledger/accounts/accounts.ts';
import { reserve } from '../../src/ledger/accounts/spending.ts';
import type { Executor } from '../../src/ledger/db/schema.ts';
import { beginOutage, recordWatched } from '../../src/ledger/feeds/feed-rows.ts';
import { recordLinks } from '../../src/ledger/links/link-checks.ts';
import { receiveTrackback } from '../../src/ledger/links/trackback-rows.ts';
import { recordTroubles } from '../../src/ledger/operators/alert-rows.ts';
import { recordAudit } from '../../src/ledger/operators/audit-log.ts';
import { optIn, optOut } from '../../src/ledger/operators/consents.ts';
import { insertNotices } from '../../src/ledger/operators/notices.ts';
import { startSession } from '../../src/ledger/operators/sessions.ts';
import { deletePost } from '../../src/ledger/posts/post-changes.ts';
import { postponePost } from '../../src/ledger/posts/posts.ts';
import { addTombstones } from '../../src/ledger/posts/tombstones.ts';
import { recordHeartbeat, acquireSchedulerLock } from '../../src/ledger/processes/processes.ts';
import { rejectReply } from '../../src/ledger/replies/held-replies.ts';
import { replaceReply } from '../../src/ledger/replies/replace-reply.ts';
import { claimWithdrawal, endWithdrawal, requestWithdrawal } from '../../src/ledger/replies/withdraw-reply.ts';
import { cited } from './digests.ts';
import { now, published, replyTo, steps } from './ledger.ts';
import { post } from './posts.ts';

/**
 * Adds invented posts and replies in every state to a ledger in which a bot has worked, and rows to all other tables. Errors: a table or a
 * state is still without a row.
 */
export async function fillEveryTable(ledger: Ledger): Promise<void> {
  await fillPosts(ledger);
  await fillReplies(ledger);
  await ledger.transact(fillOthers);
  await checkRhythms({ ledger, feeds: ['posts'], emit: () => {} });
  const tables = await ledger.db.introspection.getTables();
  for (const { name } of tables) {
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(ledger.db);
    if (rows.length === 0) throw new Error(`${name} is empty`);
  }
}

async function fillPosts(ledger: Ledger): Promise<void> {
  const { keep } = steps(() => ledger);
  await keep('pending', 'failed', 'deleted');
  await ledger.transact(async (tx) => {
    await postponePost(tx, 'file:failed', 'disk error', null);
    await deletePost(tx, 'file:deleted', { now, withdraw: true });
  });
}

async function fillReplies(ledger: Ledger): Promise<void> {
  const { keepThese, decide, mustTake, end } = steps(() => ledger);
  const states = ['planned', 'held', 'rejected', 'sending', 'sent', 'unknown', 'refused'] as const;
  for (const id of [...states, 'abandoned', 'replacing', 'withdrawing', 'withdrawn']) {
    const author = { id: 'ada', handle: 'ada', name: 'Ada', bot: false };
    const answered = post({ id, author, text: `#07ASTANA2244 ¶5, ${id}`, url: `https://site.example/${id}` });
    await keepThese([answered]);
    const isHeld = id === 'held' || id === 'rejected';
    const reply = { ...replyTo(answered), ...(isHeld && { holdMs: 7 * 86_400_000 }) };
    await decide(id, reply, { resolutions: [cited('07ASTANA2244', { paragraphs: [5] })] });
  }
  for (const id of ['sent', 'replacing', 'withdrawing', 'withdrawn'])
    await end(await mustTake(id), { state: 'sent', published: { ...published, id } });
  await end(await mustTake('unknown'), { state: 'unknown', reason: 'reset', dueAt: now });
  await end(await mustTake('refused'), { state: 'refused', reason: '403' });
  await mustTake('sending');
  await ledger.transact(async (tx) => {
    const next = replyTo(post({ id: 'replacing' }), { key: 'file:replacing#1', cited: ['edited:'] });
    await replaceReply(tx, 'file:replacing', next, now);
    await rejectReply(tx, 'file:rejected', 'off topic', now);
    for (const id of ['abandoned', 'withdrawing', 'withdrawn']) await requestWithdrawal(tx, `file:${id}`, now);
    const withdrawal = await claimWithdrawal(tx, 'file:withdrawn', { now, leaseMs: 1000 });
    await endWithdrawal(tx, withdrawal!, { state: 'withdrawn', dueAt: null }, now);
  });
}

async function fillOthers(tx: Executor): Promise<void> {
  const host = 'site.example';
  await blockAccount(tx, 'other', { until: now + 60_000, reason: '429' });
  await pause(tx, { scope: 'account:other', reason: 'a test', since: now });
  await reserve(tx, { id: 'a 1', account: 'other', amount: 5 }, { now, caps: { perDay: null, perMonth: null } });
  await optOut(tx, { person: 'file:mallory', source: 'operator' }, now);
  await optIn(tx, { person: 'file:grace', source: 'by letter' }, now);
  await recordAudit(tx, { at: now, actor: 'root', action: 'pause', target: 'account:other', note: 'a test' });
  await addTombstones(tx, ['file:purged'], now);
  await beginOutage(tx, 'other', { now, reason: '503' });
  await recordTroubles(tx, [{ name: 'feed other fails', message: '503' }], now);
  const content = { subject: '@ada cites 07ASTANA2244', text: 'a post' };
  await insertNotices(tx, [{ channel: 'desk', postKey: 'file:sent', content, at: now }]);
  await recordLinks(tx, [{ url: `https://${host}/1.html`, host, wanted: '07ASTANA2244', at: now }]);
  await tx
    .insertInto('pages')
    .values({ reference_id: '06ROME1', url: `https://${host}/2.html`, at: now })
    .execute();
  await receiveTrackback(
    tx,
    {
      kind: 'webmention',
      source: `https://${host}/about`,
      host,
      domain: host,
      cable: '07ASTANA2244',
      page: `https://own.example/cables/07ASTANA2244`,
      paragraph: 5,
      title: 'About a cable',
      site: 'Site',
      excerpt: '',
    },
    now,
  );
  await startSession(tx, { id: 'hash', name: 'root', proof: 'hash', started_at: now, seen_at: now });
  await acquireSchedulerLock(tx, 'sweep', now, 1000);
  await recordWatched(tx, now);
  // Without the name of the host where it was made.
  await recordHeartbeat(tx, { pid: 1, host: 'host.example', since: now, aliveAt: now });
  await tx.updateTable('feeds').set({ holder: 'host.example:1' }).execute();
}
