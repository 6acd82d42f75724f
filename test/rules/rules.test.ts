import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Traits } from '../../src/core/citation.ts';
import type { Post } from '../../src/core/post.ts';
import { Action, ReplyMode, Verdict } from '../../src/core/verdict.ts';
import { allowed } from '../../src/rules/consent.ts';
import { countersOf, decide, steps } from '../../src/rules/decide.ts';
import { policyOf } from '../../src/app/answering.ts';
import { implies, lint } from '../../src/rules/lint.ts';
import { firstFalse } from '../../src/rules/when.ts';
import { subjectOf } from '../../src/rules/subject.ts';
import { Rules } from '../../src/rules/schema.ts';
import { version } from '../../src/rules/version.ts';
import { anyFacts, facts, post, resolution, traits } from './facts.ts';

const rulesOf = (...rules: unknown[]) => Rules.parse({ rules });
const matches = (when: unknown, changes: Parameters<typeof facts>[0] = {}) =>
  decide(facts(changes), rulesOf({ name: 'it', when, action: 'record' })).rule === 'it';

const conditions = {
  platform: few('file', 'rss'),
  feed: few('sample', 'other'),
  hashtags: few('#tag', 'a', 'ä'),
  text: few('astana', 'a b', '07ASTANA2244', 'アスタナ'),
  pattern: few('07', '^$', '[x-z]'),
  author: few('@reader', 'a'),
  bot: fc.boolean(),
  language: few('en', 'a'),
  summoned: fc.boolean(),
  repost: fc.boolean(),
  visibility: few('public', 'direct'),
  thread: fc.constantFrom('start', 'reply'),
  follower: fc.boolean(),
  accountAge: fc.constantFrom({ atLeast: '1d' }, { atMost: '1d' }),
  earlier: few({ per: 'author', within: '1h', atLeast: 1 }, { per: 'cable', within: '1d', atMost: 1 }),
  written: fc.constantFrom({ days: 'thu' }, { from: '12:00', timezone: 'Asia/Beirut' }),
  kind: few('hashtag', 'quotation'),
  status: few('resolved', 'unverified', 'ambiguous'),
  year: few<number | { from: number }>(2007, { from: 2008 }),
  station: few('ASTANA', 'OSLO'),
  country: few('Kazakhstan', 'Norway'),
  classification: few('secret', 'secret//noforn'),
  origin: few('Embassy Astana', 'other'),
  tags: few('KZ', 'PHUM'),
  marking: few('SBU', 'C'),
};
// With more conditions than two, hardly anything would match.
const someWhen = fc
  .subarray(Object.entries<fc.Arbitrary<unknown>>(conditions), { maxLength: 2 })
  .chain((some) => fc.record(Object.fromEntries(some)));
const anyWhen = fc.oneof(
  { weight: 3, arbitrary: someWhen },
  fc.dictionary(fc.constantFrom('all', 'any', 'none'), fc.array(someWhen, { minLength: 1, maxLength: 2 })),
);
const anyRule = fc.record({ when: anyWhen, action: fc.constantFrom('reply', 'hold', 'record', 'digest', 'ignore') });
const anyRules = fc
  .array(anyRule, { maxLength: 5 })
  .map((rules) => ({ rules: rules.map((written, index) => ({ name: `rule-${index}`, ...written })) }));

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

describe('a condition on the post', () => {
  const of = (changes: Partial<Post>) => ({ post: post(changes) });

  test('finds whole words and phrases, whatever stands between, case and width aside', () => {
    const said = of({ text: 'Please do NOT reply — “ever”. ＴＨＡＮＫＳ' });
    for (const text of ['not', 'do not reply ever', 'thanks', ['x', 'please']])
      expect(matches({ text }, said)).toBe(true);
    for (const text of ['no', 'not do', 'repl']) expect(matches({ text }, said)).toBe(false);
  });

  test('finds words where a script parts none', () => {
    expect(matches({ text: '外交' }, of({ text: '美国外交电报泄密' }))).toBe(true);
    expect(matches({ text: '外国' }, of({ text: '美国外交电报泄密' }))).toBe(false);
  });

  test('finds patterns in time that grows with the text alone', () => {
    expect(matches({ pattern: String.raw`\bwiki\s*leaks?\b` }, of({ text: 'on Wiki Leaks' }))).toBe(true);
    expect(matches({ pattern: '^on' }, of({ text: 'not on it' }))).toBe(false);
    expect(matches({ pattern: '(a+)+$' }, of({ text: `${'a'.repeat(100_000)}b` }))).toBe(false);
  });

  test.each([
    [{ bot: true }, { author: { id: 'b', handle: 'b', name: null, bot: true } }],
    [{ repost: true }, { repost: true }],
    [{ visibility: ['unlisted', 'direct'] }, { visibility: 'direct' }],
    [{ thread: 'reply' }, { inReplyTo: '7' }],
  ] as [object, Partial<Post>][])('%j holds for such a post and for no other', (when, changes) => {
    expect(matches(when, of(changes))).toBe(true);
    expect(matches(when)).toBe(false);
  });

  describe('on when it was written', () => {
    const at = (time: string) => of({ createdAt: Date.parse(time) });

    test('goes by the clock of its zone, summer time included', () => {
      const written = { from: '22:00', to: '06:00', timezone: 'Europe/Berlin' };
      expect(matches({ written }, at('2026-07-01T20:00:00Z'))).toBe(true);
      expect(matches({ written }, at('2026-07-01T19:59:59Z'))).toBe(false);
      expect(matches({ written }, at('2026-12-01T20:00:00Z'))).toBe(false);
      expect(matches({ written }, at('2026-12-01T04:59:59Z'))).toBe(true);
      expect(matches({ written }, at('2026-12-01T05:00:00Z'))).toBe(false);
    });

    test('counts a night to the day on which it began', () => {
      const written = { days: 'fri', from: '22:00', to: '06:00' };
      expect(matches({ written }, at('2026-11-27T23:00:00Z'))).toBe(true);
      expect(matches({ written }, at('2026-11-28T03:00:00Z'))).toBe(true);
      expect(matches({ written }, at('2026-11-27T03:00:00Z'))).toBe(false);
      expect(matches({ written }, at('2026-11-28T23:00:00Z'))).toBe(false);
    });

    test('without times goes by whole days, Monday to Sunday', () => {
      const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
      for (const [i, day] of week.entries()) {
        const time = at(new Date(Date.UTC(2026, 10, 23 + i, 12)).toISOString());
        expect(week.filter((days) => matches({ written: { days } }, time))).toEqual([day]);
      }
    });
  });
});

describe('a condition on the cable', () => {
  test.each([
    [{ kind: ['url', 'hashtag'] }, { kind: 'url' }],
    [{ year: 2007 }, { year: 2007 }],
    [{ year: [1990, { from: 2005 }] }, { year: 2010 }],
    [{ station: 'astana' }, { station: 'ASTANA' }],
    [{ country: 'Kazakhstan' }, { country: 'Kazakhstan' }],
    [{ tags: ['kz', 'econ'] }, { tags: ['PREL', 'KZ'] }],
    [{ marking: '(s//nf)' }, { markings: ['C', 'S/NF'] }],
  ] as [object, Partial<Traits>][])('%j holds for such a citation and for no other', (when, changes) => {
    const other = {
      kind: 'id',
      year: 1989,
      station: 'OSLO',
      country: 'Norway',
      tags: ['NO'],
      markings: ['U'],
    } as const;
    const nothing = { kind: 'id', year: null, station: null, country: null, tags: [], markings: [] } as const;
    const cites = (valuesList: Partial<Traits>) => ({ resolutions: [resolution({ traits: traits(valuesList) })] });
    expect(matches(when, cites(changes))).toBe(true);
    expect(matches(when, cites(other))).toBe(false);
    expect(matches(when, cites(nothing))).toBe(false);
  });

  test('must hold for the same citation as all others of its rule, but not as those of a part', () => {
    const oslo = { station: 'OSLO', year: 2008 };
    const resolutions = [resolution(), resolution({ traits: traits(oslo) })];
    expect(matches({ station: 'ASTANA', year: 2008 }, { resolutions })).toBe(false);
    expect(matches({ station: 'ASTANA', all: [{ year: 2008 }] }, { resolutions })).toBe(true);
  });
});

describe('what came before, and who wrote it', () => {
  const earlier = new Map([['author 3600000', 5]]);
  const window = { per: 'author', within: '1h' };

  test.each([
    [{ atLeast: 5 }, true],
    [{ atLeast: 6 }, false],
    [{ atMost: 5 }, true],
    [{ atMost: 4 }, false],
    [{ atLeast: 1, atMost: 9 }, true],
  ])('five posts within the hour are %j: %s', (bounds, expected) => {
    expect(matches({ earlier: { ...window, ...bounds } }, { earlier })).toBe(expected);
  });

  test('is counted in the window that is asked for, and nothing counts as none', () => {
    expect(matches({ earlier: { ...window, within: '2h', atLeast: 1 } }, { earlier })).toBe(false);
    expect(matches({ earlier: { per: 'thread', within: '1h', atMost: 0 } }, { earlier })).toBe(true);
  });

  test('each window is counted once, as far as any rule asks', () => {
    const rules = rulesOf(
      { name: 'a', when: { earlier: { ...window, atLeast: 5 } }, action: 'record' },
      { name: 'b', when: { none: [{ earlier: [{ ...window, atMost: 7 }] }] }, action: 'record' },
      { name: 'c', when: { any: [{ earlier: { per: 'all', within: '1d', atLeast: 2 } }] }, action: 'record' },
    );
    expect(countersOf(rules)).toEqual([
      { per: 'author', within: 3_600_000, most: 8 },
      { per: 'all', within: 86_400_000, most: 2 },
    ]);
  });

  const author = (more: Partial<Post['author']>) => {
    return {
      post: post({ author: { id: 'a', handle: 'a', name: null, bot: false, ...more }, createdAt: 10 * 86_400_000 }),
    };
  };

  test.each([
    [{ follower: true }, { follower: true }, true],
    [{ follower: true }, { follower: false }, false],
    [{ follower: false }, {}, false],
    [{ follower: true }, {}, false],
    [{ accountAge: { atLeast: '10d' } }, { since: 0 }, true],
    [{ accountAge: { atLeast: '11d' } }, { since: 0 }, false],
    [{ accountAge: { atMost: '11d' } }, { since: 0 }, true],
    [{ accountAge: { atMost: '11d' } }, {}, false],
  ])('%j of an author %j: %s', (when, known, expected) => {
    expect(matches(when, author(known))).toBe(expected);
  });
});

describe('notify and named digests', () => {
  test('channels are told, and the next rule decides', () => {
    const rules = rulesOf(
      { name: 'tell', action: 'notify', to: ['on-call', 'me'], labels: ['told'] },
      { name: 'tell-again', action: 'notify', to: 'me' },
      { name: 'not-these', when: { feed: 'other' }, action: 'notify', to: 'others' },
      { name: 'on-trial', action: 'notify', to: 'others', shadow: true },
      { name: 'answer', action: 'reply' },
    );
    expect(decide(facts(), rules)).toMatchObject({ rule: 'answer', notify: ['on-call', 'me'], labels: ['told'] });
    expect(steps(facts(), rules).map(({ outcome }) => outcome)).toEqual([
      'notifies',
      'notifies',
      'does not match',
      'on trial',
      'decides',
    ]);
  });

  test('a digest is named only where the post is digested', () => {
    const rules = rulesOf({ name: 'weekly', action: 'digest', digest: 'weekly' });
    expect(decide(facts(), rules)).toMatchObject({ action: 'digest', digest: 'weekly' });
    expect(decide(facts({ self: ['reader'] }), rules)).not.toHaveProperty('digest');
  });
});

describe('parts', () => {
  const [yes, no] = [{ feed: 'sample' }, { feed: 'other' }];

  test.each([
    [{ all: [yes, yes] }, null],
    [{ all: [yes, no] }, 'all[1].feed'],
    [{ any: [no, yes] }, null],
    [{ any: [no, no] }, 'any'],
    [{ none: [no, no] }, null],
    [{ none: [no, yes] }, 'none[1]'],
    [{ summoned: true, any: [yes] }, 'summoned'],
    [{ all: [{ any: [no, { none: [no] }] }] }, null],
    [{ all: [{ all: [{ none: [yes] }] }] }, 'all[0].all[0].none[0]'],
  ])('%j: the first that does not hold is %s', (when, expected) => {
    const [rule] = rulesOf({ name: 'it', when, action: 'record' }).rules;
    expect(firstFalse(rule?.when, subjectOf(facts()))).toBe(expected);
  });

  test('a rule matches exactly where no condition of it is the first that does not hold', () => {
    fc.assert(
      fc.property(anyWhen, anyFacts, (written, valuesList) => {
        const [rule] = rulesOf({ name: 'it', when: written, action: 'record' }).rules;
        const first = firstFalse(rule?.when, subjectOf(valuesList));
        expect(first === null).toBe(matches(written, valuesList));
      }),
      { numRuns: 1000 },
    );
  });

  test('all and none are what the words say of any parts', () => {
    fc.assert(
      fc.property(fc.array(someWhen, { minLength: 1, maxLength: 3 }), anyFacts, (parts, valuesList) => {
        const holds = parts.map((part) => matches(part, valuesList));
        expect(matches({ all: parts }, valuesList)).toBe(holds.every(Boolean));
        expect(matches({ any: parts }, valuesList)).toBe(holds.some(Boolean));
        expect(matches({ none: parts }, valuesList)).toBe(!holds.some(Boolean));
      }),
    );
  });
});

describe('on the way to the rule that decides', () => {
  test('labels are collected, each once, and a rule that only labels decides nothing', () => {
    const rules = rulesOf(
      { name: 'a', action: 'label', labels: ['read', 'late'] },
      { name: 'b', when: { feed: 'other' }, action: 'label', labels: ['never'] },
      { name: 'c', action: 'record', labels: ['late', 'log'] },
      { name: 'd', action: 'label', labels: ['after'] },
    );
    expect(decide(facts(), rules)).toMatchObject({ rule: 'c', action: 'record', labels: ['read', 'late', 'log'] });
    expect(decide(facts(), rulesOf(rules.rules[0]))).toMatchObject({ rule: null, action: 'ignore' });
  });

  test('a rule on trial is noted and changes nothing', () => {
    fc.assert(
      fc.property(anyRules, anyFacts, fc.nat(4), (written, valuesList, at) => {
        const trial = { name: 'trial', action: 'reply', labels: ['x'], shadow: true } as const;
        const {
          shadows,
          rules: _,
          ...verdict
        } = decide(
          valuesList,
          Rules.parse({ rules: [...written.rules.slice(0, at), trial, ...written.rules.slice(at)] }),
        );
        const { rules: __, ...without } = decide(valuesList, Rules.parse(written));
        expect(verdict).toEqual(without);
        const failpoint = without.rule === null || written.rules.findIndex(({ name }) => name === without.rule) >= at;
        expect(shadows).toEqual(failpoint ? [{ rule: 'trial', action: 'reply' }] : undefined);
      }),
    );
  });
});

describe('consent', () => {
  const bot = { id: 'b', handle: 'b', name: null, bot: true };
  const own = { id: 'bot', handle: 'pilcrow', name: null, bot: true };

  test.each([
    ['a post, into the log', {}, 'reply'],
    ['a private post, into the log', { post: post({ visibility: 'direct' }) }, 'reply'],
    ['its own post', { post: post({ author: own }) }, 'ignore'],
    ['a bot', { post: post({ author: bot }) }, 'record'],
    ['a repost', { post: post({ repost: true }) }, 'record'],
    ['an old post', { expired: true }, 'record'],
    ['who asked for silence', { optedOut: true }, 'record'],
    [
      'who asked for silence and then the bot',
      { optedOut: true, mode: 'summoned', post: post({ summoned: true }) },
      'record',
    ],
    ['who asked', { mode: 'summoned', post: post({ summoned: true }) }, 'reply'],
    ['who did not ask', { mode: 'summoned' }, 'record'],
    ['who asked in private', { mode: 'summoned', post: post({ summoned: true, visibility: 'direct' }) }, 'record'],
    ['who wrote to followers', { mode: 'open', post: post({ visibility: 'followers' }) }, 'record'],
    ['who opted in', { mode: 'opted-in', optedIn: true }, 'reply'],
    ['who did not opt in', { mode: 'opted-in' }, 'record'],
    ['anybody, where the platform does not permit it', { mode: 'open' }, 'record'],
    ['who asked, where the platform does not permit more', { mode: 'open', post: post({ summoned: true }) }, 'reply'],
    ['on the own timeline, where that is not permitted', { mode: 'own-timeline' }, 'record'],
    [
      'an unlisted post who asked',
      { mode: 'summoned', post: post({ summoned: true, visibility: 'unlisted' }) },
      'reply',
    ],
    [
      'an unlisted post on the own timeline',
      { mode: 'own-timeline', post: post({ summoned: true, visibility: 'unlisted' }) },
      'record',
    ],
  ] as [string, Parameters<typeof facts>[0], string][])('to answer %s', (_, changes, action) => {
    const found = reply(changes);
    expect(found.action).toBe(action);
    expect(found.clause === null).toBe(action === 'reply');
  });

  test('keeps the bot’s own posts out of the log and the digest as well', () => {
    for (const asked of ['record', 'digest'] as const) {
      expect(allowed(asked, facts({ post: post({ author: own }) })).action).toBe('ignore');
    }
  });

  test('names the platform’s clause', () => {
    expect(reply({ mode: 'open' }).clause).toContain('bots answer when asked');
    expect(reply({ mode: 'summoned' }).clause).toContain('(a mention)');
  });

  test('is named in the verdict with what was asked', () => {
    const verdict = decide(facts({ mode: 'summoned' }), rulesOf({ name: 'a', action: 'reply', template: 'default' }));
    expect(verdict).toMatchObject({ action: 'record', asked: 'reply', rule: 'a', template: null });
    expect(verdict.clause).toContain('did not address the bot');
  });

  test('never raises a verdict, and says so when it lowers one', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Action.options), anyFacts, (asked, valuesList) => {
        const { action, clause } = allowed(asked, valuesList);
        expect(loudness(action)).toBeGreaterThanOrEqual(loudness(asked));
        expect(clause === null).toBe(action === asked);
      }),
    );
  });

  test('is lowered by a mode of the rule, and never raised by it', () => {
    const modes = fc.constantFrom(...ReplyMode.options);
    fc.assert(
      fc.property(fc.constantFrom(...Action.options), modes, anyFacts, (asked, mode, valuesList) => {
        const without = allowed(asked, valuesList);
        const { action } = allowed(asked, valuesList, mode);
        expect(loudness(action)).toBeGreaterThanOrEqual(loudness(without.action));
        expect(loudness(action)).toBeGreaterThanOrEqual(loudness(allowed(asked, { ...valuesList, mode }).action));
      }),
    );
  });

  test('lets nobody be addressed who did not ask, unless the platform permits the mode', () => {
    fc.assert(
      fc.property(anyFacts, (valuesList) => {
        const { action } = allowed('reply', valuesList);
        if (action !== 'reply' || valuesList.mode === 'dry-run' || valuesList.post.summoned) return;
        expect(valuesList.policy.permits).toContain(valuesList.mode);
        expect(valuesList.mode).not.toBe('summoned');
        expect(valuesList.mode === 'opted-in' && valuesList.optedIn !== true).toBe(false);
        expect(['public', 'unlisted']).toContain(valuesList.post.visibility);
      }),
    );
  });
});

describe('matching', () => {
  test('is total and deterministic', () => {
    fc.assert(
      fc.property(anyRules, anyFacts, (written, valuesList) => {
        const verdict = decide(valuesList, Rules.parse(written));
        expect(Verdict.parse(verdict)).toEqual(verdict);
        expect(decide(structuredClone(valuesList), Rules.parse(structuredClone(written)))).toEqual(verdict);
      }),
    );
  });

  test('comes by the index to the same rule as by asking all, one after the other', () => {
    fc.assert(
      fc.property(anyRules, anyFacts, (written, valuesList) => {
        const rules = Rules.parse(written);
        const decides = steps(valuesList, rules).find(({ outcome }) => outcome === 'decides');
        expect(decide(valuesList, rules).rule).toBe(decides?.rule.name ?? null);
      }),
      { numRuns: 500 },
    );
  });

  test('meets all that it can meet: the generator is no blank', () => {
    const found = new Set<string | null>();
    fc.assert(
      fc.property(
        anyRules,
        anyFacts,
        (written, valuesList) => void found.add(decide(valuesList, Rules.parse(written)).rule),
      ),
    );
    expect(found.size).toBeGreaterThan(3);
  });
});

describe('what is odd about rules', () => {
  const { when: Wide } = Rules.shape.rules.element.shape;
  const whenOf = (written: unknown) => Wide.parse(written) ?? {};

  test('a rule that is said to be reached by no post is reached by none', () => {
    let odd = 0;
    fc.assert(
      fc.property(anyRules, anyFacts, (written, valuesList) => {
        const rules = Rules.parse(written);
        const unreached = lint(rules, { policies: policyOf }).flatMap(({ path, message }) =>
          message.startsWith('no post') ? [path[1]] : [],
        );
        odd += unreached.length;
        const { rule } = decide(valuesList, rules);
        expect(unreached).not.toContain(written.rules.findIndex(({ name }) => name === rule));
      }),
      { numRuns: 500 },
    );
    expect(odd).toBeGreaterThan(20);
  });

  test('what implies another matches nothing that the other does not', () => {
    fc.assert(
      fc.property(anyWhen, anyWhen, anyFacts, (narrow, wide, valuesList) => {
        if (!implies(whenOf(narrow), whenOf(wide)) || !matches(narrow, valuesList)) return;
        expect(matches(wide, valuesList)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('of two conditions on a list the longer is implied, and never the other way round', () => {
    expect(implies(whenOf({ feed: 'a', year: 2007 }), whenOf({ feed: ['a', 'b'], year: { from: 2005 } }))).toBe(true);
    expect(implies(whenOf({ feed: ['a', 'b'] }), whenOf({ feed: 'a' }))).toBe(false);
    expect(implies(whenOf({ year: { from: 2005 } }), whenOf({ year: 2007 }))).toBe(false);
    expect(implies(whenOf({}), whenOf({ feed: 'a' }))).toBe(false);
  });
});

describe('the version of the rules', () => {
  const plain = { name: 'a', when: { feed: 'x', summoned: true }, action: 'record' };

  test('is the same however they are laid out', () => {
    const other = { action: 'record', when: { summoned: true, feed: ['x'] }, name: 'a' };
    expect(version(rulesOf(other))).toBe(version(rulesOf(plain)));
    expect(version(rulesOf(plain))).toMatch(/^[0-9a-f]{12}$/);
  });

  test('is the same should the schema list its keys in another order one day', () => {
    const name = { name: 'a', action: 'record' } as const;
    const action = { action: 'record', name: 'a' } as const;
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
