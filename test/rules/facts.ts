import * as fc from 'fast-check';
import { referenceId } from '../../src/cables/ids/reference-id.ts';
import type { Resolution, Traits } from '../../src/core/citation.ts';
import type { Post } from '../../src/core/post.ts';
import { ReplyMode } from '../../src/core/verdict.ts';
import type { Facts } from '../../src/rules/decide.ts';
import { post as plainPost } from '../support/posts.ts';

export function post(changes: Partial<Post> = {}): Post {
  const author = { id: 'reader', handle: 'reader', name: null, bot: false };
  return plainPost({
    id: '1',
    author,
    text: '#07ASTANA2244',
    hashtags: ['07ASTANA2244'],
    language: null,
    createdAt: 0,
    ...changes,
  });
}

export function traits(changes: Partial<Traits> = {}): Traits {
  return {
    kind: 'hashtag',
    year: 2007,
    station: 'ASTANA',
    country: 'Kazakhstan',
    tags: ['PREL', 'KZ'],
    markings: ['SBU'],
    ...changes,
  };
}

export function resolution(changes: Partial<Resolution> = {}): Resolution {
  return {
    written: '07ASTANA2244',
    span: null,
    referenceId: referenceId('07ASTANA2244'),
    publishedId: null,
    paragraphs: [],
    status: 'resolved',
    cable: { subject: null, created: null, classification: 'SECRET//NOFORN', origin: 'Embassy Astana' },
    links: [],
    candidates: [],
    traits: traits(),
    ...changes,
  };
}

const policy = { summons: 'a mention', permits: ['dry-run', 'opted-in'], clause: 'bots answer when asked' } as const;

export function facts(changes: Partial<Facts> = {}): Facts {
  return {
    post: post(),
    feed: 'sample',
    resolutions: [resolution()],
    mode: 'dry-run',
    policy,
    self: ['bot'],
    ...changes,
  };
}

const word = fc.constantFrom('', 'a', 'A', 'ä', 'reader', '@reader', 'en', 'en-GB', '＃tag', 'tag', '#tag');

/** Any facts at all, of few words so that conditions meet them. */
export const anyFacts: fc.Arbitrary<Facts> = fc.record({
  post: fc
    .record({
      platform: fc.constantFrom('file', 'rss'),
      author: fc.record({
        id: fc.constantFrom('bot', 'reader'),
        handle: word,
        name: fc.constant(null),
        bot: fc.boolean(),
      }),
      language: fc.option(word),
      hashtags: fc.array(word, { maxLength: 3 }),
      summoned: fc.boolean(),
      repost: fc.boolean(),
      visibility: fc.constantFrom('public', 'unlisted', 'followers', 'direct'),
    })
    .map(post),
  feed: fc.constantFrom('sample', 'other'),
  resolutions: fc.array(
    fc
      .record({
        status: fc.constantFrom('resolved', 'unknown-paragraph', 'unverified', 'ambiguous', 'unknown-cable'),
        traits: fc
          .record({
            kind: fc.constantFrom('hashtag', 'url'),
            year: fc.constantFrom(null, 2007, 2009),
            station: fc.constantFrom(null, 'ASTANA', 'PARIS'),
            country: fc.constantFrom(null, 'Kazakhstan'),
            tags: fc.subarray(['KZ', 'PREL']),
            markings: fc.subarray(['C', 'SBU']),
          })
          .map((changes) => traits(changes as Partial<Traits>)),
        cable: fc.option(
          fc.record({
            subject: fc.constant(null),
            created: fc.constant(null),
            classification: fc.option(fc.constantFrom('SECRET', 'Secret // NoForn', 'odd')),
            origin: fc.option(fc.constantFrom('Embassy Astana', 'embassy astana ', '')),
          }),
        ),
      })
      .map((changes) => resolution(changes as Partial<Resolution>)),
    { maxLength: 3 },
  ),
  mode: fc.constantFrom(...ReplyMode.options),
  policy: fc.record({
    summons: fc.constant('a mention'),
    permits: fc.subarray([...ReplyMode.options]),
    clause: fc.constant('as it says'),
  }),
  earlier: fc.constantFrom(new Map(), new Map([['author 3600000', 1]]), new Map([['cable 86400000', 2]])),
  self: fc.subarray(['bot', 'me']),
  expired: fc.boolean(),
  optedIn: fc.boolean(),
  optedOut: fc.boolean(),
});
