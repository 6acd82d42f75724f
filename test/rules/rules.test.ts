import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Action, Verdict } from '../../src/core/verdict.ts';
import { allowed } from '../../src/rules/consent.ts';
import { decide } from '../../src/rules/decide.ts';
import { Rules } from '../../src/rules/schema.ts';
import { version } from '../../src/rules/version.ts';
import { anyFacts, facts, post, resolution } from './facts.ts';

const rulesOf = (...rules: unknown[]) => Rules.parse({ rules });
const matches = (when: unknown, changes: Parameters<typeof facts>[0] = {}) =>
  decide(facts(changes), rulesOf({ name: 'it', when, action: 'log' })).rule === 'it';

describe('the first rule that matches decides', () => {
  const rules = rulesOf(
    { name: 'one', when: { feed: 'other' }, action: 'ignore' },
    { name: 'two', when: { status: 'resolved' }, action: 'reply', template: 'short' },
    { name: 'three', action: 'digest' },
  );

  test('and no later one', () => {
    expect(decide(facts(), rules)).toMatchObject({ rule: 'two', action: 'reply', template: 'short', asked: null });
    expect(decide(facts({ feed: 'other' }), rules)).toMatchObject({ rule: 'one', action: 'ignore', template: null });
    expect(decide(facts({ resolutions: [] }), rules)).toMatchObject({ rule: 'three', action: 'digest' });
  });

  test('and where none does, the post is ignored', () => {
    const none = { rule: null, action: 'ignore', template: null, asked: null, clause: null };
    expect(decide(facts(), rulesOf())).toMatchObject(none);
  });

  test('and a reply without a template has the default one', () => {
    expect(decide(facts(), rulesOf({ name: 'a', action: 'reply' })).template).toBe('default');
  });
});

describe('a condition holds', () => {
  test('for one of a list', () => {
    expect(matches({ feed: ['other', 'sample'] })).toBe(true);
    expect(matches({ feed: ['other', 'third'] })).toBe(false);
  });

  test('only beside all others', () => {
    expect(matches({ feed: 'sample', summoned: false })).toBe(true);
    expect(matches({ feed: 'sample', summoned: true })).toBe(false);
  });

  test('always, when there is none', () => {
    expect(matches(undefined)).toBe(true);
    expect(matches({})).toBe(true);
  });

  test('on hashtags and handles whatever their case, sign and width', () => {
    expect(matches({ hashtags: ['#CableGate'] }, { post: post({ hashtags: ['x', 'cablegate'] }) })).toBe(true);
    expect(matches({ hashtags: 'cablegate' }, { post: post({ hashtags: ['ＣＡＢＬＥＧＡＴＥ'] }) })).toBe(true);
    expect(matches({ author: '@Reader' })).toBe(true);
    expect(matches({ author: 'reader2' })).toBe(false);
  });

  test('on a language and its regions, not on one that begins alike', () => {
    expect(matches({ language: 'en' }, { post: post({ language: 'en-GB' }) })).toBe(true);
    expect(matches({ language: 'EN-gb' }, { post: post({ language: 'en-GB' }) })).toBe(true);
    expect(matches({ language: 'en' }, { post: post({ language: 'enm' }) })).toBe(false);
    expect(matches({ language: 'en' }, { post: post({ language: null }) })).toBe(false);
  });

  test('on a classification however it is written, and on nothing less or more', () => {
    expect(matches({ classification: 'secret/noforn' })).toBe(true);
    expect(matches({ classification: 'Secret // NOFORN' })).toBe(true);
    expect(matches({ classification: 'secret' })).toBe(false);
    const fouo = resolution({
      cable: { subject: null, created: null, classification: 'UNCLASSIFIED//FOR OFFICIAL USE ONLY', origin: null },
    });
    expect(matches({ classification: 'unclassified//fouo' }, { resolutions: [fouo] })).toBe(true);
    expect(matches({ classification: 'unclassified' }, { resolutions: [fouo] })).toBe(false);
  });

  test('not on what is not known of the cable', () => {
    expect(matches({ origin: 'Embassy Astana' }, { resolutions: [resolution({ cable: null })] })).toBe(false);
  });

  test('on any citation of the post, but all that are about the cable on the same one', () => {
    const resolutions = [resolution({ status: 'unverified', cable: null }), resolution()];
    expect(matches({ status: 'unverified' }, { resolutions })).toBe(true);
    expect(matches({ status: 'resolved', origin: 'embassy astana' }, { resolutions })).toBe(true);
    expect(matches({ status: 'unverified', origin: 'embassy astana' }, { resolutions })).toBe(false);
  });
});

describe('consent', () => {
  const bot = { id: 'b', handle: 'b', name: null, bot: true };
  const own = { id: 'bot', handle: 'pilcrow', name: null, bot: true };

  test.each([
    ['a post, into the log', {}, 'reply'],
    ['a private post, into the log', { post: post({ visibility: 'direct' }) }, 'reply'],
    ['its own post', { post: post({ author: own }) }, 'ignore'],
    ['a bot', { post: post({ author: bot }) }, 'log'],
    ['a repost', { post: post({ repost: true }) }, 'log'],
    ['an old post', { expired: true }, 'log'],
    ['who asked for silence', { optedOut: true }, 'log'],
    [
      'who asked for silence and then the bot',
      { optedOut: true, mode: 'summoned', post: post({ summoned: true }) },
      'log',
    ],
    ['who asked', { mode: 'summoned', post: post({ summoned: true }) }, 'reply'],
    ['who did not ask', { mode: 'summoned' }, 'log'],
    ['who asked in private', { mode: 'summoned', post: post({ summoned: true, visibility: 'direct' }) }, 'log'],
    ['who wrote to followers', { mode: 'open', post: post({ visibility: 'followers' }) }, 'log'],
    ['who opted in', { mode: 'opted-in', optedIn: true }, 'reply'],
    ['who did not opt in', { mode: 'opted-in' }, 'log'],
    ['anybody, where the platform does not permit it', { mode: 'open' }, 'log'],
    ['who asked, where the platform does not permit more', { mode: 'open', post: post({ summoned: true }) }, 'reply'],
    ['on the own timeline, where that is not permitted', { mode: 'own-timeline' }, 'log'],
    [
      'an unlisted post who asked',
      { mode: 'summoned', post: post({ summoned: true, visibility: 'unlisted' }) },
      'reply',
    ],
    [
      'an unlisted post on the own timeline',
      { mode: 'own-timeline', post: post({ summoned: true, visibility: 'unlisted' }) },
      'log',
    ],
  ] as [string, Parameters<typeof facts>[0], string][])('to answer %s', (_, changes, action) => {
    const found = reply(changes);
    expect(found.action).toBe(action);
    expect(found.clause === null).toBe(action === 'reply');
  });

  test('keeps the bot’s own posts out of the log and the digest as well', () => {
    for (const asked of ['log', 'digest'] as const) {
      expect(allowed(asked, facts({ post: post({ author: own }) })).action).toBe('ignore');
    }
  });

  test('names the platform’s clause', () => {
    expect(reply({ mode: 'open' }).clause).toContain('bots answer when asked');
    expect(reply({ mode: 'summoned' }).clause).toContain('(a mention)');
  });

  test('is named in the verdict with what was asked', () => {
    const verdict = decide(facts({ mode: 'summoned' }), rulesOf({ name: 'a', action: 'reply', template: 'default' }));
    expect(verdict).toMatchObject({ action: 'log', asked: 'reply', rule: 'a', template: null });
    expect(verdict.clause).toContain('did not address the bot');
  });

  test('never raises a verdict, and says so when it lowers one', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Action.options), anyFacts, (asked, given) => {
        const { action, clause } = allowed(asked, given);
        expect(loudness(action)).toBeGreaterThanOrEqual(loudness(asked));
        expect(clause === null).toBe(action === asked);
      }),
    );
  });

  test('lets nobody be addressed who did not ask, unless the platform permits the mode', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const { action } = allowed('reply', given);
        if (action !== 'reply' || given.mode === 'log' || given.post.summoned) return;
        expect(given.policy.permits).toContain(given.mode);
        expect(given.mode).not.toBe('summoned');
        expect(given.mode === 'opted-in' && given.optedIn !== true).toBe(false);
        expect(['public', 'unlisted']).toContain(given.post.visibility);
      }),
    );
  });
});

describe('matching', () => {
  const conditions = {
    platform: few('file', 'feeds'),
    feed: few('sample', 'other'),
    hashtags: few('#tag', 'a', 'ä'),
    author: few('@reader', 'a'),
    language: few('en', 'a'),
    summoned: fc.boolean(),
    status: few('resolved', 'unverified', 'ambiguous'),
    classification: few('secret', 'secret//noforn'),
    origin: few('Embassy Astana', 'other'),
  };
  // With more conditions than two, hardly anything would match.
  const when = fc
    .subarray(Object.entries<fc.Arbitrary<unknown>>(conditions), { maxLength: 2 })
    .chain((some) => fc.record(Object.fromEntries(some)));
  const rule = fc.record({ when, action: fc.constantFrom('reply', 'log', 'digest', 'ignore') });
  const anyRules = fc
    .array(rule, { maxLength: 5 })
    .map((rules) => ({ rules: rules.map((written, index) => ({ name: `rule-${index}`, ...written })) }));

  test('is total and deterministic', () => {
    fc.assert(
      fc.property(anyRules, anyFacts, (written, given) => {
        const verdict = decide(given, Rules.parse(written));
        expect(Verdict.parse(verdict)).toEqual(verdict);
        expect(decide(structuredClone(given), Rules.parse(structuredClone(written)))).toEqual(verdict);
      }),
    );
  });

  test('meets all that it can meet: the generator is no blank', () => {
    const found = new Set<string | null>();
    fc.assert(
      fc.property(anyRules, anyFacts, (written, given) => void found.add(decide(given, Rules.parse(written)).rule)),
    );
    expect(found.size).toBeGreaterThan(3);
  });
});

describe('the version of the rules', () => {
  const plain = { name: 'a', when: { feed: 'x', summoned: true }, action: 'log' };

  test('is the same however they are laid out', () => {
    const other = { action: 'log', when: { summoned: true, feed: ['x'] }, name: 'a' };
    expect(version(rulesOf(other))).toBe(version(rulesOf(plain)));
    expect(version(rulesOf(plain))).toMatch(/^[0-9a-f]{12}$/);
  });

  test('is the same should the schema list its keys in another order one day', () => {
    const name = { name: 'a', action: 'log' } as const;
    const action = { action: 'log', name: 'a' } as const;
    expect(version({ rules: [name] })).toBe(version({ rules: [action] }));
  });

  test('differs where they do, order included', () => {
    const second = { name: 'b', action: 'reply' };
    const versions = [
      rulesOf(plain),
      rulesOf(plain, second),
      rulesOf(second, plain),
      rulesOf({ ...plain, action: 'reply' }),
    ];
    expect(new Set(versions.map(version)).size).toBe(4);
  });
});

function reply(changes: Parameters<typeof facts>[0]) {
  return allowed('reply', facts(changes));
}

function loudness(action: Action): number {
  return Action.options.indexOf(action);
}

function few<T>(...items: T[]) {
  return fc.oneof(fc.constantFrom(...items), fc.subarray(items, { minLength: 1 }));
}
