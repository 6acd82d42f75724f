import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { backupLedger, openLedger } from '../../../src/app/open-ledger.ts';
import { restoreLedger } from '../../../src/cli/lib/restore-ledger.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { addDays, utcDay } from '../../../src/core/zone.ts';
import { firstDay } from '../../../src/ledger/digests/editions.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { platforms } from '../../../src/platforms/index.ts';
import type { Repeat } from '../../../src/platforms/platform.ts';
import { askingPost, citedPost } from '../fake-platform/cited.ts';
import type { FaultShare } from '../fake-platform/options.ts';
import { type FakePlatform, openFakePlatform } from '../fake-platform/platform.ts';
import { configuration as withFeeds } from '../workplace.ts';
import type { PreparedStore } from './stores.ts';

/** The platform has finished by then what the killed bot had sent. */
const settleMs = 1500;

/** Cited posts of a run, in a file for each of six feeds, so that the points of a poll are passed several times. */
export const feedCount = 6;
export const postsOfFeed = 4;
export const postCount = feedCount * postsOfFeed;

/** Everything around the bot: the platform, what people wrote there, the configuration, and a look into the ledger. */
export interface Environment extends AsyncDisposable {
  readonly config: string;
  readonly platform: FakePlatform;
  /** The platform's own record. */
  readonly record: string;
  readonly ledger: Ledger;
  /** Copies the embedded ledger; the result puts the copy back. Nobody else may have it open then. */
  backUp(this: void): Promise<() => Promise<void>>;
  /** Ids of posts that were edited or deleted. */
  readonly changed: ReadonlySet<string>;
  /** The author of the i-th post changes or deletes it, on the platform and in the file that the bot reads. */
  change(this: void, i: number, how: 'edit' | 'delete'): void;
  /** Asks until it is so. Returns false when the signal ended it. */
  until(this: void, isSo: () => Promise<boolean>, signal: AbortSignal): Promise<boolean>;
}

export async function openEnvironment(options: {
  dir: string;
  store: PreparedStore;
  repeat: Repeat;
  shares: readonly FaultShare[];
  seed: number;
  /** The posts name no cable: the posts above do. */
  asking?: boolean;
}): Promise<Environment> {
  const { dir, store, repeat, shares, seed, asking = false } = options;
  const record = join(dir, 'platform.jsonl');
  const weather = { latencyMs: 20, showsAfterMs: 300, slowMs: 600, downMs: 300, limitedMs: 200 };
  const platform = await openFakePlatform({ file: record, repeat, shares, seed, ...weather });
  const config = join(dir, 'pilcrow.yaml');
  writeFileSync(
    config,
    configuration(dir, platform, { store: store.config, written: asking ? askingPost : citedPost }),
  );
  const env = { ...process.env, ...store.env };
  const changed = new Set<string>();
  const loaded = loadConfig({ file: config, env, platforms });
  let ledger = await openLedger(loaded);
  // The digest has watched since yesterday, so that an edition is due at once.
  const yesterday = addDays(utcDay(await ledger.now()), -1);
  await ledger.transact((tx) => firstDay(tx, 'daily', yesterday));

  async function backUp(): Promise<() => Promise<void>> {
    const backup = join(dir, 'backup.db');
    await backupLedger(loaded, backup);
    return async () => {
      await ledger[Symbol.asyncDispose]();
      await restoreLedger(loaded, backup, { settleMs });
      ledger = await openLedger(loaded);
    };
  }

  return {
    config,
    platform,
    record,
    get ledger() {
      return ledger;
    },
    backUp,
    until,
    change: (i, how) => {
      changed.add(`p${i}`);
      appendFileSync(join(dir, fileOf(i)), how === 'edit' ? editedPost(platform, i) : deletedPost(platform, i));
    },
    changed,
    async [Symbol.asyncDispose]() {
      await ledger[Symbol.asyncDispose]();
      await platform[Symbol.asyncDispose]();
    },
  };
}

async function until(isSo: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await isSo()) return true;
    await delay(25);
  }
  return false;
}

/** Writes what people posted, to the platform and to the files that the bot reads; one author blocks the bot, one post is gone again. */
function configuration(
  dir: string,
  platform: FakePlatform,
  { store, written }: { readonly store: string; readonly written: typeof citedPost },
): string {
  const lines = Array.from({ length: feedCount }, (_, feed) => {
    const posts = Array.from({ length: postsOfFeed }, (_post, at) => written(platform, feed * postsOfFeed + at));
    writeFileSync(join(dir, fileOf(feed * postsOfFeed)), posts.join(''));
    return `  - { name: feed-${feed}, platform: file, every: 1s, maxAge: null, paths: [posts-${feed}.jsonl] }`;
  });
  platform.people.block('user5');
  platform.people.delete('p17');
  const digest = `digests: [{ name: daily, time: '00:00', formats: [md] }]\n`;
  return withFeeds(lines, `${store}${digest}`);
}

function fileOf(i: number): string {
  return `posts-${Math.floor(i / postsOfFeed)}.jsonl`;
}

/** Now it is about another paragraph, so that the answer to it must be another one. */
function editedPost({ people }: FakePlatform, i: number): string {
  const text = `#cablegate #07ASTANA2244 ¶${postCount + i + 1}`;
  people.edit(`p${i}`, text);
  return `${JSON.stringify({ event: 'edit', id: `p${i}`, author: `user${i}`, createdAt: Date.now(), text })}\n`;
}

function deletedPost({ people }: FakePlatform, i: number): string {
  people.delete(`p${i}`);
  return `${JSON.stringify({ event: 'delete', id: `p${i}` })}\n`;
}
