import { policyOf } from '../app/answering.ts';
import { openDrivers } from '../app/open-drivers.ts';
import type { Config, PublisherEntry } from '../config/config.ts';
import { unknownName } from '../config/suggest.ts';
import { systemClock } from '../core/clock.ts';
import { UsageError } from '../core/errors.ts';
import { isWithin } from '../core/reply.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { givePublisher, type WaitingReply, waitingReplies } from '../ledger/replies/move-publisher.ts';
import type { Publisher } from '../platforms/platform.ts';
import { allowed } from '../rules/consent.ts';
import { audited } from './audit-entry.ts';

/** What a move does: how many replies it moves, and why others stay, each with their number. */
export interface Move {
  readonly moved: number;
  readonly stay: ReadonlyMap<string, number>;
}

/**
 * Gives the planned and held replies of one publisher to another, where its platform, mode and text limits allow them; its other limits hold when
 * they are sent. Errors: UsageError; those of opening the publisher.
 */
export async function moveReplies(
  config: Config,
  ledger: Ledger,
  { from, to, isDryRun }: { readonly from: string; readonly to: string; readonly isDryRun: boolean },
): Promise<Move> {
  const entry = receiver(config, from, to);
  await using drivers = openDrivers(config, { emit: () => {}, clock: systemClock, ledger });
  const publisher = await drivers.publisher(to);
  const fits: string[] = [];
  const stay = new Map<string, number>();
  for (const reply of await waitingReplies(ledger.db, from)) {
    const reason = obstacle(config, entry, publisher, reply);
    if (reason === undefined) fits.push(reply.key);
    else stay.set(reason, (stay.get(reason) ?? 0) + 1);
  }
  if (isDryRun || fits.length === 0) return { moved: fits.length, stay };
  const note = `to ${to}: ${fits.length}`;
  const moved = await audited(ledger, { action: 'replies move', target: from, note }, (tx, now) =>
    givePublisher(tx, fits, { from, to, now }),
  );
  return { moved, stay };
}

function receiver({ publishers }: Config, from: string, to: string): PublisherEntry {
  const entry = publishers.find(({ name }) => name === to);
  const names = publishers.map(({ name }) => name);
  if (entry === undefined) throw new UsageError(unknownName('publisher', to, names));
  if (from === to) throw new UsageError(`--from and --to both name ${to}`);
  if (entry.platform !== 'log' && entry.mode === 'dry-run')
    throw new UsageError(`publisher ${to} sends nothing in mode dry-run: set its mode, or name the log`);
  return entry;
}

/** Why the reply stays where it is; undefined: the other publisher may send it. */
function obstacle(
  { feeds }: Config,
  { name, platform, mode, excerpts }: PublisherEntry,
  publisher: Publisher | undefined,
  { payload, post, feed, mayBeOut, optedIn, optedOut }: WaitingReply,
): string | undefined {
  if (mayBeOut) return 'an earlier attempt may have arrived';
  const isLog = platform === 'log';
  const answersFeed = feeds.some((one) => one.name === feed && one.publisher === name);
  if (!isLog && platform !== post.platform && !answersFeed) return `${name} does not answer posts of ${post.platform}`;
  const isAlone = payload.alone === true;
  if (!isLog && isAlone !== (mode === 'own-timeline')) return `it was written for another mode than ${mode}`;
  const self = publisher?.self === undefined ? [] : [publisher.self];
  const policy = policyOf(isLog ? post.platform : platform);
  const { clause } = allowed('reply', { post, mode, policy, self, optedIn, optedOut });
  if (clause !== null) return clause;
  if (!isWithin(payload.excerpts ?? 'never', excerpts))
    return `it quotes more than \`excerpts: ${excerpts}\` of ${name} permits`;
  const { limits } = publisher ?? {};
  return limits && limits.length(payload.text) > limits.maxLength ? `its text is too long for ${name}` : undefined;
}
