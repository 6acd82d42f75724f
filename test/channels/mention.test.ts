import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { noticeOn } from '../../src/channels/mention.ts';
import { shortId } from '../../src/core/post.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { post, resolution } from '../rules/facts.ts';
import { hostileWords } from '../support/strangers.ts';

const verdict: Verdict = { action: 'record', rule: 'the-rest', template: null, asked: null, clause: null, rules: 'v1' };

test('a notice has the author, the cables, the link and the verdict', () => {
  const cited = resolution({
    paragraphs: [5],
    links: [{ target: 'viewer', url: 'https://example.org/c#par5', paragraph: 5, exact: true, near: null, why: null }],
  });
  const { subject, text } = noticeOn(
    post({ url: 'https://example.org/1', text: 'see\n#07ASTANA2244' }),
    [cited],
    verdict,
    'https://bot.example',
  );
  expect(subject).toBe('reader cites 07ASTANA2244');
  expect(text).toBe(`reader cites 07ASTANA2244 (file)
“see 07ASTANA2244”
- 07ASTANA2244 ¶5: resolved https://example.org/c#par5
Verdict: record by rule the-rest. Details: pilcrow explain ${shortId('file:1')}
https://bot.example/posts/${shortId('file:1')}`);
});

test.each(['followers', 'direct'] as const)('a post with visibility %s is not quoted', (visibility) => {
  const notice = noticeOn(post({ text: 'a secret #07ASTANA2244', visibility }), [], verdict);
  expect(JSON.stringify(notice)).not.toContain('secret');
});

test('of a stranger’s words a notice has letters, digits and spaces alone, 60 at most, each on its line', () => {
  const frame =
    /^(?:[\p{L}\p{N} ]{0,60} cites no known cable(?: \(file\))?|“[\p{L}\p{N} ]{1,60}”|- no ID: unknown-cable)$/u;
  fc.assert(
    fc.property(hostileWords, hostileWords, (handle, words) => {
      const author = { id: 'a', handle, name: words, bot: false };
      const cited = resolution({ referenceId: null, written: words, status: 'unknown-cable', links: [] });
      const asked = post({ id: words, author, text: words, url: words, warning: words });
      const { subject, text, post: ofPost } = noticeOn(asked, [cited], verdict);
      for (const line of [subject, ...text.split('\n').slice(0, -1)]) expect(line).toMatch(frame);
      expect(text.split('\n').at(-1)).toMatch(
        /^Verdict: record by rule the-rest\. Details: pilcrow explain [0-9a-f]{12}$/,
      );
      expect(`${ofPost.author} ${ofPost.excerpt}`).toMatch(/^[\p{L}\p{N} ]*$/u);
    }),
  );
});
