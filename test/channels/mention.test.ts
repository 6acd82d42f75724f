import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { noticeOn } from '../../src/channels/mention.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { post, resolution } from '../rules/facts.ts';

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
  );
  expect(subject).toBe('@reader cites 07ASTANA2244');
  expect(text).toBe(`@reader cites 07ASTANA2244 (file: https://example.org/1)
“see #07ASTANA2244”
- 07ASTANA2244 ¶5: resolved https://example.org/c#par5
Verdict: record by rule the-rest. Details: pilcrow explain file:1`);
});

test.each(['followers', 'direct'] as const)('a post with visibility %s is not quoted', (visibility) => {
  const notice = noticeOn(post({ text: 'a secret #07ASTANA2244', visibility }), [], verdict);
  expect(JSON.stringify(notice)).not.toContain('secret');
});

test('a handle cannot inject lines into the subject of a mail', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (handle) => {
      const author = { id: 'a', handle: `a\r\nBcc: b@example.org${handle}`, name: null, bot: false };
      const { subject } = noticeOn(post({ author }), [], verdict);
      expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(subject.length).toBeLessThanOrEqual(300);
    }),
  );
});
