import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as nip19 from 'nostr-tools/nip19';
import { afterAll, afterEach, beforeAll, describe, vi } from 'vitest';
import { openGate } from '../platforms/bluesky/gate.ts';
import { ada, bot, note } from '../platforms/nostr/events.ts';
import { type Entry, rss } from '../platforms/rss/documents.ts';
import { type BlueskyNetwork, blueskyIsHere, startBluesky } from '../servers/bluesky.ts';
import { startNostrRelay } from '../servers/nostr.ts';
import { testClock } from '../support/clock.ts';
import { openFakeMastodon } from '../support/fake-mastodon/fake-mastodon.ts';
import { credentials, startFakeX } from '../support/fake-x/server.ts';
import { serve } from '../support/serve.ts';
import { tempDir } from '../support/temp.ts';
import { configuration } from '../support/workplace.ts';
import { agoMs, outages, type Place } from './outages.ts';

afterEach(() => vi.restoreAllMocks());

/** Writes a configuration with these entries. Returns its path. */
function configure(dir: string, feed: string, { publisher = '', more = '' }): string {
  const config = join(dir, 'pilcrow.yaml');
  const text = configuration([feed], `replies: { maxAge: 24h }\n${more}`);
  writeFileSync(config, text.replace('publishers:\n', `publishers:\n${publisher}`));
  return config;
}

async function openMastodon(): Promise<Place> {
  const clock = testClock(Date.now() - agoMs);
  const fake = await openFakeMastodon({ limit: 100_000 });
  const [carl, pilcrow] = [fake.join('carl'), fake.join('pilcrow')];
  const dir = await tempDir();
  writeFileSync(join(dir, 'token'), pilcrow.token);
  const account = 'token: { file: token }';
  const feed = `  - { name: masto, platform: mastodon, every: 1s, hashtags: [cablegate], stream: false, servers: [{ url: '${fake.url}', ${account} }] }`;
  const limits = 'limits: { perAuthorPerDay: null }';
  const publisher = `  - { name: bot, platform: mastodon, mode: summoned, server: '${fake.url}', ${account}, ${limits} }\n`;
  return {
    config: configure(dir, feed, { publisher, more: `network: { allowPrivate: ['${fake.allow}'] }\n` }),
    clock,
    ask: (text) => fake.write(carl, `@pilcrow ${text}`, { createdAt: clock.now() }).id,
    away: (isAway) => fake.behave((_call, response) => isAway && response.destroy() !== undefined),
    answersTo: (id) => fake.statuses.filter(({ by, inReplyToId }) => by === pilcrow && inReplyToId === id).length,
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

async function openX(): Promise<Place> {
  const clock = testClock(Date.now() - agoMs);
  const x = await startFakeX({ clock });
  vi.spyOn(Agent.prototype as unknown as { createConnection: () => unknown }, 'createConnection').mockImplementation(
    () => connect(x.port, '127.0.0.1'),
  );
  const dir = await tempDir();
  for (const [name, value] of Object.entries(credentials)) writeFileSync(join(dir, name), value);
  const account = `account: { id: '1000000', handle: pilcrowbot }`;
  const keys = ['appKey', 'appSecret', 'accessToken', 'accessSecret'].map((key) => `${key}: { file: ${key} }`);
  const limits = 'limits: { budget: { perMonth: 50 }, perAuthorPerDay: null }';
  const publisher = `  - { name: x, platform: x, mode: summoned, ${account}, ${keys.join(', ')}, ${limits} }\n`;
  const feed = `  - { name: x, platform: x, bearerToken: { file: bearerToken }, ${account}, budget: { perDay: 50, perMonth: 500 } }`;
  return {
    config: configure(dir, feed, { publisher }),
    clock,
    ask: (text) => x.write(`@pilcrowbot ${text}`).id,
    away: (isAway) => x.behave(() => (isAway ? 'reset' : undefined)),
    answersTo: (id) =>
      x.latest().filter(({ author, references: [first] }) => author === x.bot && first?.id === id).length,
    [Symbol.asyncDispose]: () => x[Symbol.asyncDispose](),
  };
}

async function openNostr(): Promise<Place> {
  const clock = testClock(Date.now() - agoMs);
  const relay = await startNostrRelay();
  const dir = await tempDir();
  mkdirSync(join(dir, 'secrets'));
  writeFileSync(join(dir, 'secrets/key'), nip19.nsecEncode(bot.secret), { mode: 0o600 });
  const npub = nip19.npubEncode(bot.key);
  const feed = `  - { name: nostr, platform: nostr, relays: ['${relay.url}'], account: ${npub} }`;
  const limits = 'limits: { perAuthorPerDay: null }';
  const publisher = `  - { name: bot, platform: nostr, mode: summoned, relays: ['${relay.url}'], key: { file: secrets/key }, ${limits} }\n`;
  return {
    config: configure(dir, feed, { publisher, more: `network: { allowPrivate: ['${relay.allow}'] }\n` }),
    clock,
    ask(text) {
      const tags = [['p', bot.key]];
      const question = note(`nostr:${npub} ${text}`, { by: ada, at: Math.floor(clock.now() / 1000), tags });
      relay.store.upsert(question);
      return question.id;
    },
    away: (isAway) => (isAway ? relay.stop() : relay.start()),
    answersTo: (id) =>
      relay.store.events.filter(({ pubkey, tags }) => pubkey === bot.key && tags.some(([, named]) => named === id))
        .length,
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
  };
}

let network: BlueskyNetwork;
let serial = 0;

/** The records say the times of the clock; the network itself knows only the true time. */
async function openBluesky(): Promise<Place> {
  const clock = testClock(Date.now() - agoMs);
  serial += 1;
  const [pilcrow, carl] = [await network.join(`cable-bot-${serial}`), await network.join(`carl-${serial}`)];
  const gate = await openGate(network.pds);
  const dir = await tempDir();
  writeFileSync(join(dir, 'password'), pilcrow.password);
  const account = `identifier: ${pilcrow.handle}, service: '${gate.url}', password: { file: password }`;
  const feed = `  - { name: bluesky, platform: bluesky, every: 1s, source: none, account: { ${account} } }`;
  const publisher = `  - { name: bot, platform: bluesky, mode: summoned, ${account}, limits: { perAuthorPerDay: null } }\n`;
  const name = `@${pilcrow.handle}`;
  const mention = { $type: 'app.bsky.richtext.facet#mention' as const, did: pilcrow.did };
  const facets = [{ index: { byteStart: 0, byteEnd: Buffer.byteLength(name) }, features: [mention] }];
  return {
    config: configure(dir, feed, { publisher }),
    clock,
    async ask(text) {
      const createdAt = new Date(clock.now()).toISOString();
      const { uri } = await carl.agent.post({ text: `${name} ${text}`, facets, createdAt });
      await network.settle();
      return uri;
    },
    away(isAway) {
      for (const method of ['app.bsky.notification.listNotifications', 'com.atproto.repo.createRecord'])
        gate.rule(method, isAway ? ({ cut }) => cut() : undefined);
    },
    async answersTo(id) {
      const params = { repo: pilcrow.did, collection: 'app.bsky.feed.post', limit: 100 };
      const { data } = await pilcrow.agent.com.atproto.repo.listRecords(params);
      return data.records.filter(({ value }) => JSON.stringify(value).includes(`"${id}"`)).length;
    },
    [Symbol.asyncDispose]: () => gate[Symbol.asyncDispose](),
  };
}

/** A blog that nobody answers: what would be answered stands in the log. */
async function openFeed(): Promise<Place> {
  const clock = testClock(Date.now() - agoMs);
  const entries: Entry[] = [];
  let isGone = false;
  const site = await serve((_request, response) => {
    if (isGone) response.destroy();
    else response.end(rss(entries));
  });
  const dir = await tempDir();
  return {
    config: configure(dir, `  - { name: blog, platform: rss, url: '${site.url}' }`, {
      more: `network: { allowPrivate: ['${site.allow}'] }\n`,
    }),
    clock,
    ask(text) {
      const guid = `item-${entries.length}`;
      entries.unshift({ guid, title: text, published: clock.now(), link: `https://blog.example/${guid}` });
      return guid;
    },
    away: (isAway) => void (isGone = isAway),
    answersTo: (id) => readFileSync(join(dir, 'data/replies.jsonl'), 'utf8').split(`blog.example/${id}"`).length - 1,
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
}

outages('Mastodon', openMastodon);
outages('X', openX);
outages('Nostr', openNostr);
outages('a feed', openFeed);

describe.skipIf(!blueskyIsHere)('on a Bluesky network', () => {
  beforeAll(async () => {
    network = await startBluesky();
  });
  afterAll(() => network[Symbol.asyncDispose]());
  outages('Bluesky', openBluesky);
});
