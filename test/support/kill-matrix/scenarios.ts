import type { Failpoint } from '../../../src/core/failpoints.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { requestWithdrawal } from '../../../src/ledger/replies/withdraw-reply.ts';
import { type FaultShare, weather } from '../fake-platform/options.ts';
import { readOutcome } from './finals.ts';
import { feedCount, type Environment, postCount, postsOfFeed } from './environment.ts';

/** What must happen so that a worker passes its points. */
export interface Scenario {
  /** Of the times that the first bot is sure to pass the point: the first and the last at which something is at stake. */
  readonly passes: readonly [first: number, last: number];
  readonly shares: readonly FaultShare[];
  /** The posts are questions about posts above, which the bot must read. */
  readonly asking?: true;
  /** The platform edits replies. */
  readonly edits?: true;
  /** What people do while the bot works. Ends at once when the signal does. */
  meanwhile?(environment: Environment, signal: AbortSignal): Promise<void>;
}

const roughWeather = weather(0.1);

const storm: readonly FaultShare[] = [
  { fault: 'lost answer', share: 0.35 },
  { fault: 'lost request', share: 0.2 },
  { fault: 'slow', share: 0.05 },
  { fault: 'down', share: 0.05 },
  { fault: '5xx before', share: 0.2, on: ['find'] },
  { fault: 'truncated', share: 0.1, on: ['find'] },
  { fault: 'limited', share: 0.1, on: ['find'] },
];

const regrets: readonly FaultShare[] = [
  ...roughWeather,
  { fault: 'lost answer', share: 0.25, on: ['withdraw'] },
  { fault: '5xx before', share: 0.25, on: ['withdraw'] },
  { fault: 'limited', share: 0.15, on: ['withdraw', 'find'] },
];

const secondThoughts: readonly FaultShare[] = [
  ...roughWeather,
  { fault: 'lost answer', share: 0.25, on: ['replace'] },
  { fault: 'lost request', share: 0.1, on: ['replace'] },
  { fault: '5xx before', share: 0.15, on: ['replace'] },
  { fault: 'slow', share: 0.1, on: ['replace'] },
  { fault: 'limited', share: 0.15, on: ['replace', 'withdraw'] },
];

/** Posts above are not always read at the first attempt. */
const murk: readonly FaultShare[] = [
  ...roughWeather,
  { fault: '5xx before', share: 0.05, on: ['read'] },
  { fault: 'truncated', share: 0.05, on: ['read'] },
  { fault: 'limited', share: 0.05, on: ['read'] },
];

const changedFiles = 3;

/** By the point, else by the worker that it names first. The points of a new worker want a line here. */
const scenarios: Readonly<Record<string, Scenario>> = {
  'poll: feed claimed': { passes: [1, feedCount], shares: roughWeather },
  // Every file begins with an empty page, and the feeds are read side by side.
  poll: { passes: [feedCount + 1, 2 * feedCount], shares: roughWeather },
  'resolve: context claimed': { passes: [1, 20], shares: murk, asking: true },
  'resolve: context read': { passes: [1, 20], shares: murk, asking: true },
  resolve: { passes: [1, 20], shares: roughWeather },
  respond: { passes: [1, 20], shares: roughWeather },
  reconcile: { passes: [1, 4], shares: storm },
  withdraw: { passes: [1, 4], shares: regrets, meanwhile: withdrawSome },
  replace: { passes: [1, 4], shares: secondThoughts, edits: true, meanwhile: editAnswered },
  withdrawn: { passes: [1, 4], shares: regrets, meanwhile: editAnswered },
  follow: { passes: [1, 4], shares: regrets, meanwhile: changeSome },
  // One day is over when the bot starts; its edition goes to one place.
  digest: { passes: [1, 1], shares: roughWeather },
  // A page holds all that changed in its file.
  'follow: change ingested': { passes: [1, changedFiles], shares: regrets, meanwhile: changeSome },
};

/** Errors: there is no scenario that passes this point. */
export function scenarioOf(failpoint: Failpoint): Scenario {
  const [worker = ''] = failpoint.split(':');
  const scenario = scenarios[failpoint] ?? scenarios[worker];
  if (scenario === undefined)
    throw new Error(`no scenario passes \`${failpoint}\`: add one for ${worker} to scenarios.ts`);
  return scenario;
}

/** As soon as some are answered, people change their minds about half of what they wrote: one edits, the next deletes. */
async function changeSome({ ledger, change, until }: Environment, signal: AbortSignal): Promise<void> {
  const isUnderWay = async () => (await sentReplies(ledger)).length >= 6 || (await allIsFinal(ledger));
  const count = changedFiles * postsOfFeed;
  if (await until(isUnderWay, signal)) for (let i = 0; i < count; i += 1) change(i, i % 2 === 0 ? 'edit' : 'delete');
}

/** The authors of six posts that are answered edit them. */
async function editAnswered({ ledger, change, changed, until }: Environment, signal: AbortSignal): Promise<void> {
  await until(async () => {
    const answered = (await sentReplies(ledger)).map((key) => key.replace(/^file:p/, ''));
    const open = answered.filter((id) => /^\d+$/.test(id) && !changed.has(`p${id}`));
    for (const id of open.slice(0, 6 - changed.size)) change(Number(id), 'edit');
    return changed.size >= 6 || (await allIsFinal(ledger));
  }, signal);
}

/** A person takes six replies back as they go out. */
async function withdrawSome({ ledger, until }: Environment, signal: AbortSignal): Promise<void> {
  const asked = new Set<string>();
  await until(async () => {
    for (const key of (await sentReplies(ledger)).filter((reply) => !asked.has(reply)).slice(0, 6 - asked.size)) {
      const now = await ledger.now();
      if ((await ledger.transact((tx) => requestWithdrawal(tx, key, now))) !== undefined) asked.add(key);
    }
    return asked.size >= 6 || (await allIsFinal(ledger));
  }, signal);
}

async function sentReplies({ db }: Ledger): Promise<string[]> {
  const sent = await db.selectFrom('replies').select('key').where('state', '=', 'sent').execute();
  return sent.map(({ key }) => key);
}

/** No more goes out: where the machine starved the bot, few replies may have. */
async function allIsFinal(ledger: Ledger): Promise<boolean> {
  return (await readOutcome(ledger)).finals.size === postCount;
}
