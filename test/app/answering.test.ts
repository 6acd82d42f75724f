import { expect, test } from 'vitest';
import { answererOf, policyOf } from '../../src/app/answering.ts';
import type { FeedEntry, PublisherEntry } from '../../src/config/config.ts';
import { noLimits } from '../../src/core/limits.ts';
import { post } from '../support/posts.ts';

const publisher = (name: string, platform: string, mode: PublisherEntry['mode']): PublisherEntry => {
  return { name, platform, mode, limits: noLimits, excerpts: 'confidential', repeatWhenAbsent: false, config: {} };
};
const feed = (name: string, answeredBy?: string): FeedEntry => {
  return { name, platform: 'any', everyMs: 1, onTopic: false, maxAgeMs: null, publisher: answeredBy, config: {} };
};
const log = publisher('log', 'log', 'dry-run');
const from = (platform: string) => post({ id: '1', platform });

test('the publisher of its platform answers a post, as far as its mode goes', () => {
  const config = { feeds: [], publishers: [log, publisher('bot', 'mastodon', 'summoned')] };
  expect(answererOf(config, from('mastodon'), 'f')).toEqual({
    publisher: 'bot',
    mode: 'summoned',
    policy: policyOf('mastodon'),
  });
});

test('in mode log the log answers in its place, by the policy of the platform', () => {
  const config = { feeds: [], publishers: [publisher('bot', 'mastodon', 'dry-run'), log] };
  expect(answererOf(config, from('mastodon'), 'f')).toEqual({
    publisher: 'log',
    mode: 'dry-run',
    policy: policyOf('mastodon'),
  });
});

test('posts of other platforms go to the log', () => {
  const config = { feeds: [], publishers: [publisher('bot', 'mastodon', 'summoned'), log] };
  expect(answererOf(config, from('x'), 'f')).toMatchObject({ publisher: 'log', mode: 'dry-run' });
});

test('a feed names who answers it, and that one’s policy counts', () => {
  const publishers = [log, publisher('site', 'wordpress', 'opted-in'), publisher('other', 'wordpress', 'opted-in')];
  const config = { feeds: [feed('blog', 'other'), feed('quiet', 'log')], publishers };
  expect(answererOf(config, from('rss'), 'blog')).toEqual({
    publisher: 'other',
    mode: 'opted-in',
    policy: policyOf('wordpress'),
  });
  expect(answererOf(config, from('wordpress'), 'quiet')).toMatchObject({ publisher: 'log', mode: 'dry-run' });
});

test('without a log nobody answers what no publisher may', () => {
  expect(answererOf({ feeds: [], publishers: [] }, from('x'), 'f')).toBeUndefined();
});
