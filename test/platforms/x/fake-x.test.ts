import { TwitterApi } from 'twitter-api-v2';
import { describe, expect, test } from 'vitest';
import { idAt } from '../../../src/platforms/x/wire.ts';
import { credentials, type FakeX } from '../../support/fake-x/server.ts';
import { setUp } from './setting.ts';

const reader = (x: FakeX, token = credentials.bearerToken) => new TwitterApi(token, { httpAgent: x.agent() }).v2;
const writer = (x: FakeX, changes = {}) => new TwitterApi({ ...credentials, ...changes }, { httpAgent: x.agent() }).v2;

const day = 86_400_000;

describe('the fake X is as strict as the documentation:', () => {
  test.each<[string, number, (x: FakeX) => Promise<unknown>]>([
    ['a token that it does not know', 401, (x) => reader(x, 'another').get('usage/tweets')],
    ['a signature with another secret', 401, (x) => writer(x, { appSecret: 'x' }).get('users/me')],
    ['another account’s token', 401, (x) => writer(x, { accessToken: 'x' }).get('users/me')],
    ['an app where a user is wanted', 403, (x) => reader(x).get('users/me')],
    ['an app that posts', 403, (x) => reader(x).post('tweets', { text: 'x' })],
    ['a user who listens to the stream', 403, (x) => writer(x).get('tweets/search/stream')],
    ['a page that is too small', 400, (x) => reader(x).get('tweets/search/recent', { query: '#a', max_results: 9 })],
    ['a page that is too large', 400, (x) => reader(x).get('tweets/search/recent', { query: '#a', max_results: 101 })],
    ['a query that is too long', 400, (x) => reader(x).get('tweets/search/recent', { query: `#${'a'.repeat(512)}` })],
    ['a query of negations', 400, (x) => reader(x).get('tweets/search/recent', { query: '-is:retweet' })],
    ['a wildcard', 400, (x) => reader(x).get('tweets/search/recent', { query: '#07*' })],
    ['an operator that it does not know', 400, (x) => reader(x).get('tweets/search/recent', { query: '#a is:odd' })],
    ['a parameter that it does not know', 400, (x) => reader(x).get('tweets/search/recent', { query: '#a', x: 1 })],
    ['a field that it does not know', 400, (x) => reader(x).get('tweets', { ids: '1', 'tweet.fields': 'odd' })],
    [
      'an id of more than seven days ago',
      400,
      (x) => reader(x).get('tweets/search/recent', { query: '#a', since_id: idAt(Date.UTC(2026, 10, 23) - 8 * day) }),
    ],
    ['a text that is too long', 403, (x) => writer(x).post('tweets', { text: '夜'.repeat(141) })],
    ['a key that it does not know', 400, (x) => writer(x).post('tweets', { text: 'x', odd: 1 })],
    [
      'an answer to who did not ask',
      403,
      (x) => writer(x).post('tweets', { text: 'x', reply: { in_reply_to_tweet_id: x.write('#cablegate').id } }),
    ],
    ['a stream without rules', 409, (x) => reader(x).get('tweets/search/stream')],
    ['a place that is none', 404, (x) => reader(x).get('tweets/17/odd')],
  ])('%s is refused with %i', async (_what, code, ask) => {
    const { x } = await setUp();
    await expect(ask(x)).rejects.toMatchObject({ code });
    expect(x.bill.items).toEqual([]);
  });

  test('a token of one question is none of another', async () => {
    const { x } = await setUp();
    for (let i = 0; i < 11; i += 1) x.write(`${i} #a #b`);
    const first = await reader(x).get<{ meta: { next_token: string } }>('tweets/search/recent', { query: '#a' });
    const other = { query: '#b', next_token: first.meta.next_token };
    await expect(reader(x).get('tweets/search/recent', other)).rejects.toMatchObject({ code: 400 });
    const next = reader(x).get('tweets/search/recent', { ...other, query: '#a' });
    expect(await next).toMatchObject({ data: [{ text: '0 #a #b' }], meta: { result_count: 1 } });
  });

  test('calls beyond the limit are refused with 429, and the headers count down', async () => {
    const { x } = await setUp();
    const ask = () => reader(x).get('usage/tweets', {}, { fullResponse: true });
    for (let i = 1; i <= 50; i += 1) {
      expect((await ask()).headers).toMatchObject({
        'x-rate-limit-limit': '50',
        'x-rate-limit-remaining': `${50 - i}`,
      });
    }
    await expect(ask()).rejects.toMatchObject({ code: 429, rateLimitError: true });
  });
});
