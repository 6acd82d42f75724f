import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Failpoint, failpoints } from '../../src/core/failpoints.ts';
import { PermanentError } from '../../src/core/errors.ts';
import type { Payload } from '../../src/core/reply.ts';
import { repliesTo } from '../../src/ledger/replies/replies.ts';
import { retry } from '../../src/operations/retry-dead-letters.ts';
import type { Publisher } from '../../src/platforms/platform.ts';
import { drain } from '../../workers/index.ts';
import { openTestApp } from '../support/app.ts';

const cited = { id: '1', author: 'ada', createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244 ¶5' };
const minute = 60_000;
const calls = ['publish', 'replace', 'withdraw', 'find'] as const;
type CallName = (typeof calls)[number];

/** What happens to a post, its answer and the bot; the bot works after each step. */
type Step =
  | { readonly edit: number }
  | { readonly lost: 'answer' | 'request'; readonly of: CallName }
  | { readonly killAt: Failpoint }
  | { readonly waitMinutes: number }
  | { readonly remove: true };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ edit: fc.integer({ min: 5, max: 9 }) }) },
  { weight: 4, arbitrary: fc.record({ lost: fc.constantFrom('answer', 'request'), of: fc.constantFrom(...calls) }) },
  {
    weight: 4,
    arbitrary: fc.record({ killAt: fc.constantFrom(...failpoints.filter((name) => !name.startsWith('digest'))) }),
  },
  { weight: 3, arbitrary: fc.record({ waitMinutes: fc.constantFrom(1, 3, 30) }) },
  { weight: 1, arbitrary: fc.constant({ remove: true as const }) },
);

/** A platform of which the next call of a kind may be lost. It takes no reply while another one is out. */
function openPlatform(edits: boolean) {
  const out = new Map<string, Payload>();
  const lost = new Map<CallName, 'answer' | 'request'>();
  const together: string[] = [];
  async function call<T>(name: CallName, act: () => T): Promise<T> {
    const fault = lost.get(name);
    lost.delete(name);
    if (fault === 'request') throw new Error('lost request');
    const done = act();
    if (fault === 'answer') throw new Error('lost answer');
    return await Promise.resolve(done);
  }
  const publishedOf = (key: string) => ({ id: key, url: null });
  const publisher: Publisher = {
    limits: { maxLength: 500, length: (text) => text.length },
    repeat: 'harmless',
    publish: (payload) =>
      call('publish', () => {
        if ([...out.keys()].some((key) => key !== payload.key)) together.push(payload.text);
        out.set(payload.key, payload);
        return publishedOf(payload.key);
      }),
    find: ({ key }) => call('find', () => (out.has(key) ? publishedOf(key) : ('absent' as const))),
    withdraw: ({ id }) => call('withdraw', () => void out.delete(id)),
    ...(edits && {
      replace: ({ id }, payload) =>
        call('replace', () => {
          if (!out.has(id)) throw new PermanentError('404');
          out.set(id, payload);
          return publishedOf(id);
        }),
    }),
  };
  return { out, lost, together, publisher };
}

async function play(steps: readonly Step[], edits: boolean) {
  const platform = openPlatform(edits);
  const bot = await openTestApp([cited], platform.publisher);
  let killAt: Failpoint | undefined;
  const failpoint = (passed: Failpoint) => {
    if (passed !== killAt) return;
    killAt = undefined;
    throw new Error(`killed at ${passed}`);
  };
  const work = () => drain({ ...bot.app, failpoint });
  await work();
  let wanted: number | undefined = 5;
  for (const one of steps) {
    if ('edit' in one && wanted !== undefined) {
      wanted = one.edit;
      bot.write({ ...cited, event: 'edit', text: `#07ASTANA2244 ¶${wanted}` });
    }
    if ('lost' in one) platform.lost.set(one.of, one.lost);
    if ('killAt' in one) ({ killAt } = one);
    if ('waitMinutes' in one) bot.clock.advance(one.waitMinutes * minute);
    if ('remove' in one && wanted !== undefined) {
      wanted = undefined;
      bot.write({ event: 'delete', id: '1' });
    }
    await work();
  }
  killAt = undefined;
  platform.lost.clear();
  for (let hours = 0; hours < 48; hours += 6) {
    bot.clock.advance(6 * 60 * minute);
    await work();
  }
  // Nobody can say whether an earlier reply is out: a person has a look, and sends the last one.
  const last = (await repliesTo(bot.app.ledger.db, 'file:1')).at(-1);
  if (last?.state === 'abandoned' && last.reason?.includes('may still be out') === true) {
    await retry(bot.app.ledger, { key: last.key });
    await work();
  }
  const states = (await repliesTo(bot.app.ledger.db, 'file:1')).map(({ state, reason }) => `${state} ${reason}`);
  const shown = [...platform.out.values()].map(({ text }) => /par(\d+)/.exec(text)?.[1]);
  return { together: platform.together, shown, wanted: wanted === undefined ? [] : [`${wanted}`], states };
}

describe.each([
  ['edits', true],
  ['cannot edit', false],
])('on a platform that %s, through losses, kills, deletions and waits', (_how, edits) => {
  test(
    'a post that is edited again and again has one answer, to its last text, and never two',
    { timeout: 600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
          const { together, shown, wanted, states } = await play(steps, edits);
          expect({ together, shown }, states.join('; ')).toEqual({ together: [], shown: wanted });
        }),
        // An answer that is lost, then edited away, stays unknown.
        { numRuns: 12, examples: [[[{ edit: 6 }, { lost: 'request', of: 'publish' }, { edit: 5 }, { edit: 6 }]]] },
      );
    },
  );
});
