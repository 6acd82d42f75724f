import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toPost } from '../../../src/platforms/mastodon/to-post.ts';
import { Status } from '../../../src/platforms/mastodon/wire.ts';
import { drain, textsOf } from '../../contract/feed.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { openFakeMastodon } from '../../support/fake-mastodon/fake-mastodon.ts';
import { oddities } from '../../support/oddities.ts';
import { feedConfig, openFeed } from './setup.ts';

const Shape = z.object({ server: z.string(), shape: z.string(), status: z.looseObject({}), post: z.looseObject({}) });
const shapes = z
  .array(Shape)
  .parse(JSON.parse(readFileSync(new URL('../../data/mastodon-statuses.json', import.meta.url), 'utf8')));

const context = {
  server: 'https://a.example',
  ownAccounts: new Set(['https://b.example/@bot']),
  mentioned: false,
  thread: undefined,
  readAt: 5,
};

test.each(shapes)('a status of $server is read: $shape', ({ status, post }) => {
  expect(toPost(Status.parse(status), context)).toMatchObject(post);
});

const citation = 'See 07ASTANA2244';

/** A status with every field that is read, from a server. */
function full(id: string) {
  return {
    id,
    uri: `https://a.example/statuses/${id}`,
    url: `https://a.example/@ada/${id}`,
    account: {
      id: '1',
      username: 'ada',
      acct: 'ada@a.example',
      url: 'https://a.example/@ada',
      uri: 'https://a.example/users/ada',
      display_name: 'Ada',
      note: '<p>writes</p>',
      fields: [{ name: 'web', value: 'https://a.example' }],
      bot: false,
      created_at: '2020-01-02T00:00:00.000Z',
    },
    created_at: new Date().toISOString(),
    edited_at: new Date().toISOString(),
    spoiler_text: 'politics',
    visibility: 'public',
    language: 'en',
    in_reply_to_id: null,
    reblog: null,
    mentions: [{ id: '1', url: 'https://a.example/@bot' }],
    tags: [{ name: 'cablegate', url: 'https://a.example/tags/cablegate' }],
    media_attachments: [{ id: '1', description: 'a page' }],
    poll: { options: [{ title: 'yes' }] },
    card: { url: 'https://example.org/' },
    interaction_policy: { can_reply: { always: ['public'], with_approval: [] } },
    quote: { state: 'accepted', quoted_status: { id: '7', uri: 'https://a.example/statuses/7' } },
  };
}

const quoted = { id: '7', uri: 'https://a.example/statuses/7', url: 'https://a.example/@ada/7' };

test.each([
  ['of Mastodon', { state: 'accepted', quoted_status: quoted }, quoted.uri],
  ['of which Mastodon says only the id', { state: 'accepted', quoted_status_id: '7' }, 'https://a.example/statuses/7'],
  ['of Akkoma', quoted, quoted.uri],
  ['without a URI', { quoted_status: { ...quoted, uri: null } }, quoted.url],
  ['that its author revoked', { state: 'revoked', quoted_status: null }, undefined],
])('a quote %s is known by its id', (_what, quote, id) => {
  expect(toPost(Status.parse({ ...full('1'), quote }), context).quotes).toBe(id);
});

const link = `<a href="${quoted.url}"><span class="invisible">https://</span>a.example/@ada/7</a>`;

test.each([
  ['first, as Mastodon marks it', `<p class="quote-inline">RE: ${link}</p><p>@bot what is it?</p>`],
  [
    'last, as Misskey and Akkoma mark it',
    `<p>@bot what is it?<span class="quote-inline"><br><br>RE: ${link}</span></p>`,
  ],
  ['last, without a mark', `<p>@bot what is it?</p><p>RE: ${link}</p>`],
])('a quote that only a line announces is known by its link: %s', (_where, content) => {
  const read = (quote: object | null) => toPost(Status.parse({ ...full('1'), content, quote }), context).quotes;
  expect(read(null)).toBe(quoted.url);
  expect(read({ state: 'accepted', quoted_status: quoted })).toBe(quoted.uri);
  expect(read({ state: 'revoked', quoted_status: null })).toBeUndefined();
});

test.each(['<p>RE: the cable</p>', `<p>about RE: ${link}</p>`, `<p>RE: ${link} is wrong</p>`])(
  '%s is no quote',
  (content) => expect(toPost(Status.parse({ ...full('1'), content, quote: null }), context).quotes).toBeUndefined(),
);

const closed = 'its author limits who may reply';

test.each([
  ['everybody', ['public', 'me'], undefined],
  ['nobody', [], closed],
  ['only its author and whom it mentions', ['author', 'mentioned'], closed],
  ['followers, whom only the server knows', ['author', 'followers'], undefined],
  ['the bot', ['me'], undefined],
])('GoToSocial lets %s reply', (_who, always, reason) => {
  const policy = (can_reply: object) =>
    toPost(Status.parse({ ...full('1'), mentions: [], interaction_policy: { can_reply } }), context).closed;
  expect(policy({ always, with_approval: ['public'] })).toBe(reason);
  expect(policy({ automatic_approval: always, manual_approval: ['public'] })).toBe(reason);
});

test('GoToSocial lets everybody reply who is mentioned', () => {
  const mentions = [{ url: 'https://b.example/@bot' }];
  const status = { ...full('1'), mentions, interaction_policy: { can_reply: { always: [] } } };
  expect(toPost(Status.parse(status), context).closed).toBeUndefined();
});

describe('any field that is null, missing or of another type costs that field, never a status that still has its text', () => {
  const odd = oddities(full('1'));

  test('when it is read', () => {
    const lost = odd.filter(({ change }) => {
      const { data } = Status.safeParse({ ...change(full('1')), content: citation });
      return data === undefined || !toPost(data, context).text.includes(citation);
    });
    expect(lost.map(({ name }) => name)).toEqual([]);
  });

  test('when a list has many such', async () => {
    await using fake = await openFakeMastodon({ limit: 10_000 });
    const ada = fake.join('ada');
    await using opened = await openTestContext([fake.allow]);
    // Pages go by ids, so a list needs those.
    const others = odd.filter(({ name }) => !name.startsWith('id:'));
    for (const [serial, { change }] of others.entries()) {
      const id = `${1000 + serial}`;
      fake.write(ada, '#cablegate', { id, nonsense: { ...change(full(id)), content: citation } });
    }
    await using feed = await openFeed(feedConfig([{ url: fake.url }]), opened);
    const pages = await drain(feed);
    expect(pages.flatMap(({ rejects }) => rejects)).toEqual([]);
    expect(textsOf(pages).filter((text) => text.includes(citation))).toHaveLength(others.length);
  });
});
