import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { conditions } from '../../src/rules/conditions.ts';
import { Rules } from '../../src/rules/schema.ts';
import { changes, version } from '../../src/rules/version.ts';

const rulesOf = (rule: object) => Rules.parse({ rules: [{ name: 'a', action: 'hold', ...rule }] });
/** What is said of a key of rule `a` that was not set before. */
const said = (rule: object) => changes(rulesOf({}), rulesOf(rule));

/** A value as in a rules file, and as a change names it. */
const rows: Readonly<Record<keyof typeof conditions, readonly [string, string]>> = {
  platform: ['[x, mastodon]', '[x, mastodon]'],
  feed: ['sample', 'sample'],
  hashtags: ['["#Cablegate", ä]', '[cablegate, ä]'],
  author: ['"@Reader"', 'reader'],
  bot: ['true', 'true'],
  language: ['[en, pt-BR]', '[en, pt-br]'],
  summoned: ['false', 'false'],
  follower: ['true', 'true'],
  repost: ['true', 'true'],
  visibility: ['[public, unlisted]', '[public, unlisted]'],
  thread: ['start', 'start'],
  written: [
    '{ days: [sat, sun], from: "22:00", to: "06:30" }',
    '{ days: [sat, sun], from: "22:00", to: "06:30", timezone: UTC }',
  ],
  accountAge: ['{ atLeast: 30d, atMost: 90d }', '{ atLeast: 30d, atMost: 90d }'],
  earlier: ['{ per: author, within: 90m, atLeast: 10 }', '{ per: author, within: 90m, atLeast: 10 }'],
  text: ['[Deputy Minister, "07"]', '[deputy minister, "07"]'],
  pattern: ['"^07[A-Z]+: \\"x\\""', '"^07[A-Z]+: \\"x\\""'],
  kind: ['hashtag', 'hashtag'],
  status: ['[resolved, unverified]', '[resolved, unverified]'],
  year: ['{ from: 2003 }', '{ from: 2003, to: 2010 }'],
  station: ['ASTANA', 'ASTANA'],
  country: ['Kazakhstan', 'Kazakhstan'],
  origin: ['Embassy Astana', 'embassy astana'],
  classification: ['SECRET//NOFORN', 'secret//noforn'],
  tags: ['[PREL, KZ]', '[PREL, KZ]'],
  marking: ['SBU', 'sbu'],
};

test.for(Object.entries(rows))(
  'a change of %s is told as a rules file says it, and reads back the same',
  ([name, [value, text]]) => {
    const now = { when: { [name]: parse(value) as unknown } };
    const [line = '', ...others] = said(now);
    expect(others).toEqual([]);
    expect(line).toBe(`rule a: when.${name} not set → ${text}`);
    const back = { when: { [name]: parse(line.slice(line.indexOf('→') + 2)) as unknown } };
    expect(version(rulesOf(back))).toBe(version(rulesOf(now)));
  },
);

test('a change names the condition that is different, and no other', () => {
  const old = rulesOf({ when: { status: 'resolved', any: [{ feed: 'a' }, { bot: true }] }, expires: '7d' });
  const now = rulesOf({ when: { status: 'unverified', any: [{ feed: 'a' }] }, expires: '36h', template: 'short' });
  expect(changes(old, now)).toEqual([
    'rule a: when.status resolved → unverified',
    'rule a: when.any [{ feed: a }, { bot: true }] → { feed: a }',
    'rule a: expires 7d → 36h',
    'rule a: template not set → short',
  ]);
});
