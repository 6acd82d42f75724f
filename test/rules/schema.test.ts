import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkYamlFile, readYamlFile } from '../../src/config/yaml-file.ts';
import { rulesSchema } from '../../src/rules/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'pilcrow-rules-'));
const file = join(folder, 'rules.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const schema = rulesSchema({
  platforms: ['feeds', 'file', 'log'],
  feeds: ['sample'],
  templates: ['default'],
  stations: ['ASTANA', 'ALMATY'],
  countries: ['Kazakhstan', 'Norway'],
});
const one = (rest: string) => `rules:\n  - name: a\n${rest}`;

const broken: Record<string, [string, readonly string[]]> = {
  'an empty file': ['', ['1:1: missing key `rules`: expected a list']],
  'a list without its key': ['- name: a\n  action: log\n', ['1:1: expected keys with values, got a list']],
  'no name and no action': [
    'rules:\n  - when: {}\n',
    [
      '2:5: missing key `name`: expected text',
      '2:5: missing key `action`: expected one of reply, log, digest, ignore, label',
    ],
  ],
  'an action that comes later': [
    one('    action: hold\n'),
    ['3:13: `action: hold`: expected one of reply, log, digest, ignore, label'],
  ],
  'a misspelt action': [
    one('    action: replay\n'),
    ['3:13: `action: replay`: expected one of reply, log, digest, ignore, label; did you mean `reply`?'],
  ],
  'a misspelt condition': [
    one('    when: { hastags: x }\n    action: log\n'),
    ['3:13: unknown key `hastags`, did you mean `hashtags`?'],
  ],
  'a condition in the place of `when`': [
    one('    status: resolved\n    action: log\n'),
    ['3:5: unknown key `status`; known here: name, when, action, template, labels, shadow'],
  ],
  'a misspelt status': [
    one('    when:\n      status: [resolved, unverifed]\n    action: log\n'),
    [
      '4:26: `status[1]: unverifed`: expected one of resolved, unknown-paragraph, unverified, ambiguous, unknown-cable; did you mean `unverified`?',
    ],
  ],
  'a status alone': [
    one('    when: { status: unresolved }\n    action: log\n'),
    [
      '3:21: `status: unresolved`: expected one of resolved, unknown-paragraph, unverified, ambiguous, unknown-cable; did you mean `resolved`?',
    ],
  ],
  'a feed that is not configured': [
    one('    when: { feed: simple }\n    action: log\n'),
    ['3:19: `feed: simple`: expected sample; did you mean `sample`?'],
  ],
  'a template that is not there': [
    one('    action: reply\n    template: defualt\n'),
    ['4:15: `template: defualt`: expected default; did you mean `default`?'],
  ],
  'a template for silence': [
    one('    action: log\n    template: default\n'),
    ['4:15: `template`: only a rule with `action: reply` has a template'],
  ],
  'a classification that no cable has': [
    one('    when: { classification: secert }\n    action: log\n'),
    [
      '3:29: `classification: secert`: expected one of unclassified, unclassified//for official use only, confidential, confidential//noforn, secret, secret//noforn; did you mean `secret`?',
    ],
  ],
  'a word for true': [
    one('    when: { summoned: yes }\n    action: log\n'),
    ['3:23: `summoned`: expected true or false, got text'],
  ],
  'a number for a hashtag': [
    one('    when: { hashtags: 2010 }\n    action: log\n'),
    ['3:23: `hashtags`: expected text or a list, got a number'],
  ],
  'no hashtag at all': [
    one('    when: { hashtags: [] }\n    action: log\n'),
    ['3:23: `hashtags`: expected at least 1 item'],
  ],
  'two rules of one name, beside a misspelt key': [
    one('    action: log\n  - name: a\n    acton: log\n'),
    [
      '4:5: missing key `action`: expected one of reply, log, digest, ignore, label',
      '4:11: `name`: another rule is named a already',
      '5:5: unknown key `acton`, did you mean `action`?',
    ],
  ],
  'a pattern with a backreference': [
    one("    when: { pattern: '(a)\\1' }\n    action: log\n"),
    [
      '3:22: `pattern`: expected a regular expression of RE2, which has neither backreferences nor lookaround: invalid escape sequence: `\\1`',
    ],
  ],
  'a text without a word': [
    one('    when: { text: "?!" }\n    action: log\n'),
    ['3:19: `text`: expected a word: letters or digits'],
  ],
  'a year without cables': [
    one('    when: { year: 2011 }\n    action: log\n'),
    ['3:19: `year: 2011`: expected at most 2010'],
  ],
  'years the wrong way round': [
    one('    when: { year: { from: 2009, to: 2003 } }\n    action: log\n'),
    ['3:19: `year`: expected `from` not after `to`'],
  ],
  'a misspelt station': [
    one('    when: { station: astanna }\n    action: log\n'),
    ['3:22: `station: astanna`: expected one of ASTANA, ALMATY; did you mean `ASTANA`?'],
  ],
  'a country without a station': [
    one('    when: { country: Norwy }\n    action: log\n'),
    ['3:22: `country: Norwy`: expected one of Kazakhstan, Norway; did you mean `Norway`?'],
  ],
  'a time that is none, in a zone that is none': [
    one('    when: { written: { from: "25:00", zone: Europe/Berlim } }\n    action: log\n'),
    [
      '3:30: `from: 25:00`: expected a time of the day, such as "22:30"',
      '3:45: `zone`: expected the name of a time zone, such as Europe/Berlin',
    ],
  ],
  'a day that is none': [
    one('    when: { written: { days: [mon, tues] } }\n    action: log\n'),
    ['3:36: `days[1]: tues`: expected one of mon, tue, wed, thu, fri, sat, sun; did you mean `tue`?'],
  ],
  'a misspelt condition within a part': [
    one('    when: { any: [{ feed: sample }, { none: [{ stauts: resolved }] }] }\n    action: log\n'),
    ['3:48: unknown key `stauts`, did you mean `status`?'],
  ],
  'no part at all': [one('    when: { any: [] }\n    action: log\n'), ['3:18: `any`: expected at least 1 item']],
  'labels that are none': [
    one('    action: label\n    labels: [To Read]\n'),
    ['4:14: `labels[0]: To Read`: expected lower-case letters, digits and hyphens, such as `to-read`'],
  ],
  'a label without a word': [
    one('    action: label\n'),
    ['3:13: `action`: a rule with `action: label` needs `labels`'],
  ],
  'a name with a blank': [
    'rules:\n  - { name: My rule, action: log }\n',
    ['2:13: `name: My rule`: expected a name of lower-case letters, digits and hyphens, such as `my-rule`'],
  ],
};

test.each(Object.entries(broken))('broken rules get every fault with line and column: %s', (_, [yaml, findings]) => {
  writeFileSync(file, yaml);
  expect(checkYamlFile(file, schema).map((finding) => finding.slice(file.length + 1))).toEqual(findings);
});

test('good rules are read, a single word as a list of one', () => {
  writeFileSync(
    file,
    one('    when: { feed: sample, hashtags: "#CableGate", status: [resolved, ambiguous] }\n    action: reply\n'),
  );
  expect(readYamlFile(file, schema)).toEqual({
    rules: [
      {
        name: 'a',
        when: { feed: ['sample'], hashtags: ['cablegate'], status: ['resolved', 'ambiguous'] },
        action: 'reply',
      },
    ],
  });
});
