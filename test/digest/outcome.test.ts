import { describe, expect, test } from 'vitest';
import type { CountedPost } from '../../src/core/digest.ts';
import { ReplyState } from '../../src/core/reply.ts';
import { type Language, languages } from '../../src/core/text/languages.ts';
import { build } from '../../src/digest/build.ts';
import { present } from '../../src/digest/sections.ts';
import { tallyOf } from '../../src/digest/tally.ts';
import { cited, planOf, recorded } from '../support/digests.ts';

type Told = readonly [outcome: string, why?: string];

/** What a digest says of a post by the state of its reply: one that a platform gets, and one for the log. */
const said: Readonly<Record<ReplyState, { readonly sent: Told; readonly inLog: Told }>> = {
  planned: { sent: ['not answered yet', 'cooldown of the author'], inLog: ['to be logged (dry run)'] },
  sending: { sent: ['not answered yet'], inLog: ['to be logged (dry run)'] },
  unknown: { sent: ['perhaps answered: not confirmed'], inLog: ['to be logged (dry run)'] },
  held: { sent: ['waiting for review', 'look-first'], inLog: ['waiting for review', 'look-first'] },
  sent: { sent: ['answered through', 'tags'], inLog: ['logged only (dry run)'] },
  replacing: { sent: ['answered through', 'tags'], inLog: ['logged only (dry run)'] },
  withdrawing: { sent: ['answered, reply deleted'], inLog: ['logged (dry run), then withdrawn'] },
  withdrawn: { sent: ['answered, reply deleted'], inLog: ['logged (dry run), then withdrawn'] },
  abandoned: {
    sent: ['not answered: gave up', 'cooldown of the author'],
    inLog: ['not answered: gave up', 'cooldown of the author'],
  },
  refused: { sent: ['not answered: refused', 'tags'], inLog: ['not answered: refused', 'log'] },
  rejected: { sent: ['not answered: rejected in review'], inLog: ['not answered: rejected in review'] },
};

describe('what was done about a post', () => {
  test.each(ReplyState.options)('whose reply is %s', (state) => {
    expect({ sent: told('tags', state), inLog: told('log', state) }).toEqual(said[state]);
  });

  test('is not known for sure while nobody knows whether a reply is out', () => {
    expect(told('tags', 'abandoned', 'en', 'outcome unknown: the platform could not tell')).toEqual(said.unknown.sent);
  });

  test('has reasons of the bot alone, none that a platform wrote', () => {
    const reasons = [
      '429 of mastodon.social',
      'paused (all): wrong links',
      'stopped by the file /home/olga/data/PAUSE: tea',
    ];
    expect(reasons.map((reason) => told('tags', 'planned', 'en', reason)[1])).toEqual([
      undefined,
      'paused (all)',
      'stopped by the file',
    ]);
    expect(told('tags', 'abandoned', 'de', 'given up, it waited too long: 429')[1]).toBe(
      'aufgegeben: zu lange gewartet',
    );
  });

  test.each(languages)('a dry run is no answer, in %s', (language) => {
    const words = (publisher: string) =>
      new Set(ReplyState.options.map((state) => told(publisher, state, language)[0]));
    const answered = told('tags', 'sent', language)[0];
    const logged = [...words('log')].filter((word) => !words('tags').has(word));
    expect(words('log')).not.toContain(answered);
    expect(logged).toHaveLength(3);
    for (const word of logged) expect(word).toMatch(/\((dry run|Probelauf|prueba|essai à blanc|teste)\)/);
  });
});

/** The row of a digest about one post with one reply. */
function told(
  publisher: string,
  state: ReplyState,
  language: Language = 'en',
  reason = 'cooldown of the author',
): readonly string[] {
  const post: CountedPost = {
    key: 'mastodon:1',
    platform: 'mastodon',
    feed: 'posts',
    createdAt: Date.UTC(2026, 10, 23, 12),
    visibility: 'public',
    author: 'ada',
    page: null,
    verdict: { ...recorded, action: 'reply', rule: 'look-first' },
    resolutions: [cited('07ASTANA2244')],
    replies: [{ publisher, state, reason: state === 'planned' || state === 'abandoned' ? reason : null }],
  };
  const material = { posts: [post], before: [], cited: new Set<string>(), gaps: [], feeds: [], editions: [] };
  const plan = { ...planOf({ language }), logs: new Set(['log']) };
  const digest = build({ date: '2026-11-23', tally: tallyOf([post], plan), ...material }, plan);
  const rows = present(digest).sections.find(({ id }) => id === 'outcomes')?.rows ?? [];
  return rows.flatMap(({ cells }) => cells.slice(0, 2).map(({ text }) => text)).filter((text) => text !== '');
}
