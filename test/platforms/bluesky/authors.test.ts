import { expect, test } from 'vitest';
import { RetryLater, messageOf } from '../../../src/core/errors.ts';
import { BlueskyFeed } from '../../../src/platforms/bluesky/config.ts';
import { driver } from '../../../src/platforms/bluesky/driver.ts';
import { drain } from '../../contract/feed.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { openFakeJetstream } from '../../support/fake-jetstream/server.ts';
import { loginOf } from './accounts.ts';
import { openSmallServer } from './small-server.ts';

test('a stream whose authors cannot be looked up is heard again later, and its host is not to blame', async () => {
  await using server = await openSmallServer();
  await using context = await openTestContext();
  await using fake = await openFakeJetstream();
  server.answer('app.bsky.actor.getProfiles', () => [502, { error: 'UpstreamFailure' }]);
  const record = { text: '#cablegate', createdAt: new Date().toISOString() };
  fake.commit('did:plc:ada', {
    operation: 'create',
    collection: 'app.bsky.feed.post',
    rkey: '3l3qo2vu1',
    cid: 'bafyreidwaivazkwu67xztlmuobx35hs2lnfh3kolmgfmucldvhd3sgzcqi',
    record,
  });
  const account = loginOf(server.url, { handle: 'bot.test', password: 'right' });
  const config = { ...BlueskyFeed.parse({ hosts: [fake.v1], silence: '10s' }), account };
  await using stream = await driver.openStream!(config, context);
  const error = await drain(stream).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RetryLater);
  expect(messageOf(error)).toContain('profiles cannot be looked up');
  expect(context.warnings).toEqual([]);
});
