import { expect, test } from 'vitest';
import { PermanentError, RetryLater, messageOf } from '../../../src/core/errors.ts';
import type { Payload } from '../../../src/core/reply.ts';
import { BlueskyFeed } from '../../../src/platforms/bluesky/config.ts';
import { driver } from '../../../src/platforms/bluesky/driver.ts';
import { drain, textsOf } from '../../contract/feed.ts';
import { newPayload } from '../../contract/publisher.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { openFakeJetstream } from '../../support/fake-jetstream/server.ts';
import { loginOf } from './accounts.ts';
import { openSmallServer } from './small-server.ts';

const { signal } = new AbortController();
const cid = 'bafyreidwaivazkwu67xztlmuobx35hs2lnfh3kolmgfmucldvhd3sgzcqi';
const author = { did: 'did:plc:ada', handle: 'ada.test' };
const writtenAt = new Date().toISOString();
const uriOf = (rkey: string) => `at://${author.did}/app.bsky.feed.post/${rkey}`;
const recordOf = (text: string) => ({ text, createdAt: writtenAt });
const viewOf = (rkey: string) => ({
  uri: uriOf(rkey),
  cid,
  author,
  record: recordOf(rkey),
  indexedAt: writtenAt,
});

async function place() {
  const server = await openSmallServer();
  const context = await openTestContext();
  return {
    server,
    context,
    account: loginOf(server.url, { handle: 'bot.test', password: 'right' }),
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('a post that the network does not show yet is answered later, one that it never shows not at all', async () => {
  await using here = await place();
  await using publisher = await driver.openPublisher!(here.account, here.context);
  const { replyTo } = newPayload();
  const payload = (createdAt: number): Payload =>
    newPayload({ createdAt, replyTo: { ...replyTo, id: uriOf('1'), platform: 'bluesky', native: { cid } } });
  const failure = (sent: Payload) => publisher.publish(sent, signal).catch((reason: unknown) => reason);
  here.server.answer('app.bsky.feed.getPosts', () => [200, { posts: [] }]);
  here.server.answer('com.atproto.repo.putRecord', () => [200, { uri: uriOf('2'), cid }]);
  const fresh = payload(Date.now());
  expect(await failure(fresh)).toMatchObject({ name: 'RetryLater', message: 'the network does not show the post yet' });
  expect(await failure(payload(Date.now() - 700_000))).toBeInstanceOf(PermanentError);
  expect(here.server.count('com.atproto.repo.putRecord')).toBe(0);
  here.server.answer('app.bsky.feed.getPosts', () => [200, { posts: [viewOf('1')] }]);
  expect(await failure(fresh)).toMatchObject({ id: expect.stringContaining('did:plc:bot') });
});

test('mentions that strangers have made too large are read in smaller parts', async () => {
  await using here = await place();
  const rkeys = ['seven', 'six', 'five', 'four', 'three', 'two', 'one'];
  const huge = { huge: 'x'.repeat(10_000_001) };
  here.server.answer('app.bsky.notification.listNotifications', (query) => {
    const [limit, from] = [Number(query.get('limit')), Number(query.get('cursor') ?? '0')];
    if (limit > 5) return [200, huge];
    const notifications = rkeys.slice(from, from + limit).map(viewOf);
    return [200, { notifications, ...(from + limit < rkeys.length && { cursor: String(from + limit) }) }];
  });
  here.server.answer('app.bsky.feed.getPosts', (query) => {
    const uris = query.getAll('uris');
    return [200, uris.length > 1 ? huge : { posts: uris.map((uri) => viewOf(uri.split('/').at(-1) ?? '')) }];
  });
  const config = { ...BlueskyFeed.parse({ source: 'none' }), account: here.account };
  await using feed = await driver.openFeed!(config, here.context);
  expect(textsOf(await drain(feed))).toEqual(rkeys.toReversed());
  expect(here.server.count('app.bsky.notification.listNotifications')).toBeLessThan(9);
});

test('a stream whose authors cannot be looked up resumes later, without blaming the host', async () => {
  await using here = await place();
  await using fake = await openFakeJetstream();
  here.server.answer('app.bsky.actor.getProfiles', () => [502, { error: 'UpstreamFailure' }]);
  const record = recordOf('#cablegate');
  fake.commit(author.did, { operation: 'create', collection: 'app.bsky.feed.post', rkey: '1', cid, record });
  const config = { ...BlueskyFeed.parse({ hosts: [fake.v1], silence: '10s' }), account: here.account };
  await using stream = await driver.openStream!(config, here.context);
  const error = await drain(stream).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RetryLater);
  expect(messageOf(error)).toContain('profiles cannot be looked up');
  expect(here.context.warnings).toEqual([]);
});
