import { sql, type SqlBool } from 'kysely';
import { dayMs } from '../../core/durations.ts';
import type { HostHealth, LinkHealth } from '../../core/link-health.ts';
import { findsRow } from '../db/queries.ts';
import { valuesList } from '../db/values-list.ts';
import type { Executor, LinkHostRow, LinkRow } from '../db/schema.ts';

/** A page that a resolution links to. */
export interface LinkedPage {
  /** Without a fragment. */
  readonly url: string;
  readonly host: string;
  /** Id of a cable whose missing text is wanted from this page. */
  readonly wanted: string | null;
}

/** `seen_at` is updated after this time: a popular cable must not cost a write and a row lock with every post. */
const seenEveryMs = 30 * dayMs;

/** Inserts new pages, which are due. A wanted text makes its page due, unless it has been read before. */
export async function recordLinks(
  tx: Executor,
  links: readonly (LinkedPage & { readonly at: number })[],
): Promise<void> {
  if (links.length === 0) return;
  const columns = { text: ['url', 'host', 'wanted'], bigint: ['at'] } as const;
  const pages = [...new Map(links.map((link) => [link.url, link])).values()];
  await sql`
    insert into link_checks (url, host, wanted, state, due_at, failures, seen_at)
    select url, host,
      case when not exists (select 1 from pages where pages.reference_id = input.wanted) then input.wanted end,
      'new', at, 0, at
    from ${valuesList(tx, columns, pages)}
    where not exists (
      select 1 from link_checks as known
      where known.url = input.url and known.seen_at > input.at - ${sql.lit(seenEveryMs)}
        and (input.wanted is null or known.wanted is not null)
    )
    order by input.url
    on conflict (url) do update set
      wanted = coalesce(link_checks.wanted, excluded.wanted),
      due_at = case
        when excluded.wanted is null or link_checks.wanted is not null or link_checks.failures > 0 then link_checks.due_at
        else excluded.due_at
      end,
      seen_at = excluded.seen_at
    where link_checks.seen_at <= excluded.seen_at - ${sql.lit(seenEveryMs)}
      or (link_checks.wanted is null and excluded.wanted is not null)`.execute(tx);
  const hosts = [...new Set(pages.map(({ host }) => host))].map((host) => ({ host }));
  await sql`
    insert into link_hosts (host, next_at, refuses_head, failures, blocked_until)
    select host, 0, 0, 0, 0 from ${valuesList(tx, { text: ['host'] }, hosts)}
    where true order by input.host on conflict do nothing`.execute(tx);
}

/** Pages to probe: all, or only those with a wanted text. */
export type Purpose = 'all' | 'wanted';

/** Sites with a due page that accept a request now. */
export async function dueHosts(db: Executor, now: number, purpose: Purpose): Promise<string[]> {
  const { rows } = await sql<{ host: string }>`
    select host from link_hosts where ${isFree(now)} and exists (
      select 1 from link_checks where link_checks.host = link_hosts.host and ${isDue(now, purpose)}
    )`.execute(db);
  return rows.map(({ host }) => host);
}

/** Condition: the site accepts a request, and nobody has a lease on it. */
function isFree(now: number) {
  return sql<SqlBool>`next_at <= ${now} and blocked_until <= ${now} and (lease_until is null or lease_until <= ${now})`;
}

/** Condition: the page is due. */
function isDue(now: number, purpose: Purpose) {
  return purpose === 'all' ? sql<SqlBool>`due_at <= ${now}` : sql<SqlBool>`due_at <= ${now} and wanted is not null`;
}

/** Lease for one request to a site. */
export interface HostClaim {
  readonly host: string;
  readonly leaseUntil: number;
  readonly health: HostHealth;
  readonly refusesHead: boolean;
  /** Its robots.txt and when it was read; null: never. */
  readonly robots: { readonly text: string; readonly at: number } | null;
  /** The page that has been due longest. */
  readonly url: string;
  readonly wanted: string | null;
  readonly link: LinkHealth;
  /** When a page of the old viewer on this site was last read for its anchors. */
  readonly anchorsCheckedAt: number | null;
}

/** Claims a site with its next page. Undefined: another process has it, it is blocked, or no page is due. */
export async function claimHost(
  tx: Executor,
  { host, now, leaseMs, purpose }: { host: string; now: number; leaseMs: number; purpose: Purpose },
): Promise<HostClaim | undefined> {
  const leaseUntil = now + leaseMs;
  const site = await tx
    .updateTable('link_hosts')
    .set({ lease_until: leaseUntil })
    .where('host', '=', host)
    .where(isFree(now))
    .returningAll()
    .executeTakeFirst();
  if (site === undefined) return undefined;
  const pages = tx.selectFrom('link_checks').selectAll().where('host', '=', host).where(isDue(now, purpose));
  const page = await pages.orderBy('due_at').orderBy('url').limit(1).executeTakeFirst();
  if (page !== undefined) return claimOf(site, page, leaseUntil);
  await tx.updateTable('link_hosts').set({ lease_until: null }).where('host', '=', host).execute();
  return undefined;
}

function claimOf(site: LinkHostRow, page: LinkRow, leaseUntil: number): HostClaim {
  const { host, robots, robots_at: readAt } = site;
  return {
    host,
    leaseUntil,
    health: hostHealthOf(site),
    refusesHead: site.refuses_head === 1,
    robots: robots === null || readAt === null ? null : { text: robots, at: readAt },
    url: page.url,
    wanted: page.wanted,
    link: linkHealthOf(page),
    anchorsCheckedAt: site.anchors_checked_at,
  };
}

function hostHealthOf(row: LinkHostRow): HostHealth {
  const { failures, failing_since: failingSince, dead_since: deadSince, blocked_until: blockedUntil, reason } = row;
  return { failures, failingSince, deadSince, blockedUntil, reason };
}

function linkHealthOf(row: LinkRow): LinkHealth {
  const { state, failures, reason } = row;
  const { due_at: dueAt, checked_at: checkedAt, failing_since: failingSince, dead_since: deadSince } = row;
  return { state, dueAt, checkedAt, failures, failingSince, deadSince, reason };
}

/** Result of a claim. */
export interface HostRelease {
  readonly requestedAt: number;
  /** Time of the next request to the site. */
  readonly nextAt: number;
  readonly health: HostHealth;
  readonly refusesHead: boolean;
  /** Its robots.txt, if fetched. */
  readonly robots?: string;
  /** Health of the page, if probed. */
  readonly link?: LinkHealth;
  /** What has become of the viewer; undefined: nothing certain. */
  readonly anchorCheck?: { readonly moved: string | null | undefined };
  /** The wanted text; null: not found, with the reason. */
  readonly page?: { readonly text: string | null; readonly reason: string | null };
}

/** Ends the claim. False: the lease has expired and another process has the site; nothing is written. */
export async function releaseHost(tx: Executor, claim: HostClaim, end: HostRelease): Promise<boolean> {
  const { health, requestedAt, nextAt, refusesHead, robots, anchorCheck } = end;
  const released = tx
    .updateTable('link_hosts')
    .set({
      next_at: nextAt,
      lease_until: null,
      refuses_head: refusesHead ? 1 : 0,
      failures: health.failures,
      failing_since: health.failingSince,
      dead_since: health.deadSince,
      blocked_until: health.blockedUntil,
      reason: health.reason,
      requested_at: requestedAt,
      ...(robots !== undefined && { robots, robots_at: requestedAt }),
      ...(anchorCheck !== undefined && { anchors_checked_at: requestedAt }),
      ...(anchorCheck?.moved !== undefined && { moved: anchorCheck.moved }),
    })
    .where('host', '=', claim.host)
    .where('lease_until', '=', claim.leaseUntil);
  if (!(await findsRow(released))) return false;
  if (end.link !== undefined) await writeLink(tx, claim, end.link, end.page !== undefined);
  if (end.page !== undefined && claim.wanted !== null) await writePage(tx, claim.wanted, claim.url, end);
  return true;
}

async function writeLink(tx: Executor, { url, wanted }: HostClaim, link: LinkHealth, wasRead: boolean): Promise<void> {
  await tx
    .updateTable('link_checks')
    .set((row) => ({
      state: link.state,
      // A text that became wanted meanwhile keeps its page due.
      due_at:
        wanted === null
          ? row.case().when('wanted', 'is', null).then(link.dueAt).else(row.ref('due_at')).end()
          : link.dueAt,
      checked_at: link.checkedAt,
      failures: link.failures,
      failing_since: link.failingSince,
      dead_since: link.deadSince,
      reason: link.reason,
      ...(wasRead && { wanted: null }),
    }))
    .where('url', '=', url)
    .execute();
}

async function writePage(tx: Executor, id: string, url: string, { page, requestedAt: at }: HostRelease): Promise<void> {
  const read = { url, page: page?.text ?? null, reason: page?.reason ?? null, at };
  await tx
    .insertInto('pages')
    .values({ reference_id: id, ...read })
    .onConflict((conflict) => conflict.column('reference_id').doUpdateSet(read))
    .execute();
}

/** The dead pages among these, or pages of dead sites, with the time. */
export async function deadPages(db: Executor, urls: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (urls.length === 0) return new Map();
  const rows = await db
    .selectFrom('link_checks')
    .innerJoin('link_hosts', 'link_hosts.host', 'link_checks.host')
    .select(['url', 'link_checks.dead_since', 'link_hosts.dead_since as host_dead_since'])
    .where('url', 'in', urls)
    .execute();
  return new Map(
    rows.flatMap(({ url, dead_since: own, host_dead_since: ofHost }) => {
      const since = own ?? ofHost;
      return since === null ? [] : [[url, since] as const];
    }),
  );
}

/** Sites whose old viewer has moved, with what has become of it. */
export async function movedHosts(db: Executor): Promise<ReadonlyMap<string, string>> {
  const moved = db.selectFrom('link_hosts').select(['host', 'moved']).where('moved', 'is not', null);
  return new Map((await moved.orderBy('host').limit(20).execute()).map((row) => [row.host, row.moved ?? '']));
}
