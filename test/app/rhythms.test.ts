import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLedger } from '../../src/app/open-ledger.ts';
import { checkRhythms, rhythms, silentFeeds } from '../../src/app/watch-rhythms.ts';
import { lastDay, overview } from '../../src/operations/overview.ts';
import { drain } from '../../workers/index.ts';
import { openTestApp } from '../support/app.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A bot whose file of posts grows by one at a time; `quiet` lets time pass, with a look every five minutes. */
async function growingFeed() {
  const { app, clock, events } = await openTestApp([]);
  const file = join(app.config.configDir, 'posts.jsonl');
  writeFileSync(file, '');
  let id = 0;
  const world = { ledger: app.ledger, feeds: ['posts'], emit: app.emit };
  const told = () => events.filter(({ kind }) => kind === 'error' || kind === 'info');
  const post = async () => {
    id += 1;
    appendFileSync(file, `{"id":"${id}","text":"nothing that is kept"}\n`);
    await drain(app);
  };
  const quiet = async (ms: number, look = () => checkRhythms(world)) => {
    for (let past = 0; past < ms; past += 5 * minute) {
      clock.advance(5 * minute);
      await look();
    }
  };
  return { app, clock, world, told, post, quiet };
}

async function learned() {
  const feed = await growingFeed();
  await feed.post();
  for (let i = 0; i < 30; i += 1) {
    await feed.quiet(hour);
    await feed.post();
  }
  expect(feed.told()).toEqual([]);
  return feed;
}

test('what the feeds delivered is known by hour of the last day', async () => {
  const { app } = await learned();
  const { hours } = await lastDay(app.config, app.ledger, await overview(app.config, app.ledger));
  expect(hours.map(({ read }) => read)).toEqual(Array.from({ length: 24 }, () => 1));
});

test('a feed that falls silent is told of once, by one process, shown by doctor, and told of when it is back', async () => {
  const { quiet, told, post, world, app, clock } = await learned();
  const other = await openLedger(app.config, clock);
  onTestFinished(() => other[Symbol.asyncDispose]());
  const both = async () => {
    await checkRhythms(world);
    await checkRhythms({ ...world, ledger: other });
  };
  await quiet(10 * hour, both);
  expect(told()).toEqual([
    {
      kind: 'error',
      what: 'posts',
      feed: 'posts',
      message: expect.stringMatching(/^nothing new for 6 h, where 60 min/),
    },
  ]);
  expect([...(await silentFeeds(app.ledger.db, ['posts'])).keys()]).toEqual(['posts']);
  await post();
  await quiet(5 * minute, both);
  expect(told().map(({ kind }) => kind)).toEqual(['error', 'info']);
  expect(await silentFeeds(app.ledger.db, ['posts'])).toEqual(new Map());
});

test('the hours in which the bot did not run are no silence', async () => {
  const { quiet, told, clock, post } = await learned();
  for (let i = 0; i < 20; i += 1) {
    clock.advance(10 * hour);
    await quiet(hour);
    await post();
  }
  expect(told()).toEqual([]);
});

test('a look that follows another within the minute writes nothing', async () => {
  const { world, app, clock, post } = await growingFeed();
  await post();
  await checkRhythms(world);
  const noted = () => rhythms(app.ledger.db, ['posts']);
  const first = await noted();
  expect(first.size).toBe(1);
  clock.advance(30_000);
  await checkRhythms(world);
  expect(await noted()).toEqual(first);
  clock.advance(30_000);
  await checkRhythms(world);
  expect(await noted()).not.toEqual(first);
});
