import { expect, test } from 'vitest';
import type { CountedPost } from '../../src/core/digest.ts';
import { build } from '../../src/digest/build.ts';
import { html, mailHtml } from '../../src/digest/render/html.ts';
import { tallyOf } from '../../src/digest/tally.ts';
import { present } from '../../src/digest/sections.ts';
import { cited, planOf, recorded } from '../support/digests.ts';

const [monday, wednesday] = [Date.UTC(2026, 10, 23, 12), Date.UTC(2026, 10, 25, 12)];

/** A week with one post on its Monday, as of a time. */
function weekAsOf(unfinished: number | undefined) {
  const post: CountedPost = {
    key: 'mastodon:1',
    platform: 'mastodon',
    feed: 'posts',
    createdAt: monday,
    visibility: 'public',
    author: 'ada',
    page: null,
    verdict: recorded,
    resolutions: [cited('07ASTANA2244')],
    replies: [],
  };
  const terms = { ...planOf({ period: 'week' }), logs: new Set<string>() };
  const material = {
    posts: [post],
    tally: tallyOf([post], terms),
    before: [],
    cited: new Set<string>(),
    gaps: [],
    feeds: [],
    editions: [],
    unfinished,
  };
  return build({ date: '2026-11-23', ...material }, terms);
}

test('a week that is not over lists the days up to now, and a day without references has no bar', () => {
  const days = (digest: ReturnType<typeof weekAsOf>) =>
    present(digest)
      .sections.find(({ id }) => id === 'days')
      ?.rows.map(({ cells: [day, count], share }) => {
        return [day?.text, count?.text, share];
      });
  const begun = [
    ['Mon 23 Nov', '1', 1],
    ['Tue 24 Nov', '0', undefined],
    ['Wed 25 Nov', '0', undefined],
  ];
  expect(days(weekAsOf(wednesday))).toEqual(begun);
  expect(days(weekAsOf(undefined))?.slice(0, 3)).toEqual(begun);
  expect(days(weekAsOf(undefined))).toHaveLength(7);
  for (const written of [html(weekAsOf(undefined)), mailHtml(weekAsOf(undefined))])
    expect(written.match(/class="bar"/g)).toHaveLength(1);
});
