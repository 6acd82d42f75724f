import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReferenceId } from '../../src/core/cable.ts';
import { mentionsOfCable } from '../../src/ledger/posts/mentions.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { steps } from '../support/ledger.ts';
import { post } from '../support/posts.ts';
import { resolution } from '../rules/facts.ts';

const cable = '07ASTANA2244' as ReferenceId;

/** Public mentions of a cable, the same for every database. */
export function mentionsContract(open: () => Promise<{ ledger: Ledger }>): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ({ ledger } = await open());
  });
  afterEach(() => ledger[Symbol.asyncDispose]());

  const { keepThese, decide } = steps(() => ledger);
  /** Each post cites the cable once for each of its paragraphs. */
  async function cite(posts: readonly { id: string; paragraphs: readonly number[]; private?: boolean }[]) {
    await keepThese(
      posts.map((each, at) =>
        post({ id: each.id, createdAt: at, visibility: each.private === true ? 'followers' : 'public' }),
      ),
    );
    for (const { id, paragraphs } of posts) {
      const resolutions = paragraphs.map((paragraph) => resolution({ referenceId: cable, paragraphs: [paragraph] }));
      await decide(id, undefined, { resolutions });
    }
  }
  const mentions = async (limit: number) =>
    (await mentionsOfCable(ledger.db, cable, limit)).map(({ key, paragraphs }) => [key, paragraphs]);

  describe('mentions of a cable', () => {
    test('a post whose citations are read in two parts is one mention with all its paragraphs', async () => {
      await cite([
        { id: 'a', paragraphs: [1] },
        { id: 'b', paragraphs: [2] },
        { id: 'c', paragraphs: [5, 3, 4] },
        { id: 'd', paragraphs: [6] },
      ]);
      expect(await mentions(3)).toEqual([
        ['file:c', [3, 4, 5]],
        ['file:b', [2]],
        ['file:a', [1]],
      ]);
    });

    test('a hidden mention takes no place in the list', async () => {
      const hidden = Array.from({ length: 7 }, (_, i) => ({ id: `a${i}`, paragraphs: [1, 2], private: true }));
      await cite([...hidden, { id: 'b', paragraphs: [3] }, { id: 'c', paragraphs: [4] }, { id: 'd', paragraphs: [5] }]);
      expect(await mentions(2)).toEqual([
        ['file:c', [4]],
        ['file:b', [3]],
      ]);
    });
  });
}
