import { messageOf } from '../../core/errors.ts';
import type { Driver, DriverContext } from '../platform.ts';
import type { NostrFeed, NostrPublisher } from './config.ts';
import { openContext } from './context.ts';
import { keyPairOf } from './event.ts';
import { openFeed } from './feed.ts';
import { interestOf } from './interest.ts';
import { openProfiles } from './profiles.ts';
import { openPublisher } from './publisher.ts';
import { openRelays, type Relay } from './relay.ts';
import { relayInfo, type RelayInfo } from './relay-info.ts';
import { openStream } from './stream.ts';

export const driver: Driver<NostrFeed, NostrPublisher> = {
  openFeed,
  openStream,
  openContext,
  openPublisher,
  checkFeed,
  checkPublisher,
};

const timeoutMs = 10_000;
/** Relays reject events that are dated further off. */
const clockSkewMs = 60_000;

async function checkFeed(config: NostrFeed, context: DriverContext): Promise<string | undefined> {
  try {
    const [filter] = interestOf(config).filters;
    const ask = (relay: Relay, signal: AbortSignal) => relay.query({ ...filter, limit: 1 }, signal);
    return (await eachRelay(config, ask, context)).join('; ') || undefined;
  } catch (error) {
    return messageOf(error);
  }
}

async function checkPublisher(config: NostrPublisher, context: DriverContext): Promise<string | undefined> {
  try {
    const { public: account } = keyPairOf(config.key);
    const seen = { profiles: 0, bots: 0 };
    const countProfile = async (relay: Relay, signal: AbortSignal) => {
      await relay.query({ kinds: [0], authors: [account], limit: 1 }, signal);
      const profiles = await openProfiles([relay], context.clock)([account], signal);
      seen.profiles += 1;
      if (profiles.get(account)?.bot) seen.bots += 1;
    };
    const faults = await eachRelay(config, countProfile, context, writingFaults);
    if (seen.profiles > 0 && seen.bots === 0)
      faults.push(
        'no relay has a profile of this account with `"bot": true` (NIP-24), which tells people that it is a bot',
      );
    return faults.join('; ') || undefined;
  } catch (error) {
    return messageOf(error);
  }
}

async function eachRelay(
  config: NostrFeed | NostrPublisher,
  probe: (relay: Relay, signal: AbortSignal) => Promise<unknown>,
  context: DriverContext,
  faultsIn: (info: RelayInfo) => string[] = () => [],
): Promise<string[]> {
  const { fetch, clock } = context;
  const signal = AbortSignal.timeout(timeoutMs);
  const faults = await Promise.all(
    openRelays(config, context).map(async (opened) => {
      await using relay = opened;
      try {
        await probe(relay, signal);
      } catch (error) {
        return [signal.aborted ? `${relay.name}: no answer within ${timeoutMs / 1000} s` : messageOf(error)];
      }
      const info = await relayInfo(relay.url, fetch, signal);
      const skewMs = info.clock === undefined ? 0 : clock.now() - info.clock;
      const skew =
        Math.abs(skewMs) > clockSkewMs ? [`this clock is ${Math.round(skewMs / 1000)} s ahead of the relay’s`] : [];
      return [...skew, ...faultsIn(info)].map((fault) => `${relay.name}: ${fault}`);
    }),
  );
  return faults.flat();
}

function writingFaults({ limits }: RelayInfo): string[] {
  return [
    limits.payment_required && 'it accepts events only from paying accounts',
    limits.restricted_writes && 'it accepts events only from accounts that it knows',
    limits.min_pow_difficulty && 'it requires proof of work (NIP-13), which this bot does not support',
  ].filter((fault) => typeof fault === 'string');
}
