import { expect, test } from 'vitest';
import { inNewWords, renames } from '../../src/config/renamed.ts';
import { inspectYaml } from '../../src/config/yaml/yaml-file.ts';
import { parseYaml } from '../../src/config/yaml/yaml.ts';
import { Rules } from '../../src/rules/schema.ts';

/** A file that uses the old word, and the one finding that it must give. */
const files: Readonly<Record<string, readonly [yaml: string, finding: string]>> = {
  bell: ['data: d\nbell: {}\n', '2:1: `bell` is called `queue` now'],
  brakes: ['brakes: { perDay: 1 }\n', '1:1: `brakes` is called `limits` now'],
  'publishers.*.brakes': ['publishers:\n  - name: log\n    brakes: {}\n', '3:5: `brakes` is called `limits` now'],
  ...limitsIn('limits:\n  ', 'limits'),
  ...limitsIn('publishers:\n- limits: {}\n- name: log\n  limits:\n   ', 'publishers.*.limits'),
  'publishers.*.mode: log': ['publishers: [{ mode: log }]\n', '1:22: `mode: log` is called `mode: dry-run` now'],
  'feeds.*.platform: feeds': [
    'feeds: [{ platform: feeds }]\n',
    '1:21: `platform: feeds` is called `platform: rss` now',
  ],
  'feeds.*.tags': ['feeds: [{ tags: [a] }]\n', '1:11: `tags` is called `hashtags` now'],
  'feeds.*.tag': ['feeds: [{ tag: true }]\n', '1:11: `tag` is called `onTopic` now'],
  'feeds.*.expire': ['feeds: [{ expire: 1d }]\n', '1:11: `expire` is called `maxAge` now'],
  'feeds.*.answers': ['feeds: [{ answers: log }]\n', '1:11: `answers` is called `publisher` now'],
  'replies.expire': ['replies: { expire: 1d }\n', '1:12: `expire` is called `maxAge` now'],
  'channels.*.kind': ['channels: [{ kind: email }]\n', '1:14: `kind` is called `type` now'],
  alarms: ['alarms: {}\n', '1:1: `alarms` is called `alerts` now'],
  'alerts.quiet.zone': ['alerts: { quiet: { zone: UTC } }\n', '1:20: `zone` is called `timezone` now'],
  'digests.*.zone': ['digests: [{ zone: UTC }]\n', '1:13: `zone` is called `timezone` now'],
  'digests.*.hour': ["digests: [{ hour: '07:00' }]\n", '1:13: `hour` is called `time` now'],
  'digests.*.filter.actions.*: log': [
    'digests: [{ filter: { actions: [reply, log] } }]\n',
    '1:40: `actions: log` is called `actions: record` now',
  ],
  'digests.*.filter.platforms.*: feeds': [
    'digests: [{ filter: { platforms: [feeds] } }]\n',
    '1:35: `platforms: feeds` is called `platforms: rss` now',
  ],
  'rules.*.action: log': ['rules: [{ action: log }]\n', '1:19: `action: log` is called `action: record` now'],
  'rules.*.mode: log': ['rules: [{ mode: log }]\n', '1:17: `mode: log` is called `mode: dry-run` now'],
  'rules.*.when.written.zone': [
    'rules: [{ when: { none: [{ any: [{ written: { zone: UTC } }] }] } }]\n',
    '1:47: `zone` is called `timezone` now',
  ],
  'rules.*.when.platform: feeds': [
    'rules: [{ when: { platform: feeds } }]\n',
    '1:29: `platform: feeds` is called `platform: rss` now',
  ],
  'rules.*.when.platform.*: feeds': [
    'rules: [{ when: { all: [{ platform: [x, feeds] }] } }]\n',
    '1:41: `platform: feeds` is called `platform: rss` now',
  ],
  'tests.*.post.platform: feeds': [
    'tests: [{ post: { platform: feeds } }]\n',
    '1:29: `platform: feeds` is called `platform: rss` now',
  ],
  'tests.*.expect.action: log': [
    'tests: [{ expect: { action: log } }]\n',
    '1:29: `action: log` is called `action: record` now',
  ],
};

/** Old keys of limits, in the line after `above`. */
function limitsIn(above: string, path: string): Record<string, readonly [string, string]> {
  const line = above.split('\n').length;
  const column = (above.split('\n').at(-1) ?? '').length + 1;
  const file = (written: string, now: string, offset = 0): readonly [string, string] => [
    `${above}${written}\n`,
    `${line}:${column + offset}: ${now} now`,
  ];
  return {
    [`${path}.rest`]: file('rest: 1h', '`rest` is called `cooldown`'),
    [`${path}.refusals`]: file('refusals: 5', '`refusals` is called `failureThreshold`'),
    [`${path}.budget: number`]: file('budget: 20', '`budget: 20` is called `budget: { perMonth }`', 8),
    [`${path}.budget: null`]: file('budget: null', '`budget: null` is called `budget: { perMonth }`', 8),
    [`${path}.budgetPerDay`]: file('budgetPerDay: 1', '`budgetPerDay` is called `budget: { perDay }`'),
  };
}

function renamed(text: string): string[] {
  return inNewWords(parseYaml('a.yaml', text)).renamed.map(
    ({ line, column, message }) => `${line}:${column}: ${message}`,
  );
}

test.each(Object.keys(renames))('the old word %s gets one finding that names the new one', (old) => {
  const [yaml, finding] = files[old] ?? ['', 'no file for it'];
  expect(renamed(yaml)).toEqual([finding]);
});

test('an old word below another gets its own finding, and so does every other fault, at its place', () => {
  const rules =
    'rules:\n  - name: a\n    when: { written: { zone: Europe/Berlni } }\n    action: log\n    shadow: perhaps\n';
  const findings = inspectYaml({ name: 'rules.yaml', text: rules }, Rules, () => []);
  expect(findings.map(({ line, column, message }) => `${line}:${column}: ${message}`)).toEqual([
    '3:24: `zone` is called `timezone` now',
    '3:30: `timezone`: expected the name of a time zone, such as Europe/Berlin; got Europe/Berlni',
    '4:13: `action: log` is called `action: record` now',
    '5:13: `shadow`: expected true or false, got text',
  ]);
  expect(renamed('brakes: { rest: 1h }\n')).toEqual([
    '1:1: `brakes` is called `limits` now',
    '1:11: `rest` is called `cooldown` now',
  ]);
});

test('the same words are good elsewhere', () => {
  const config = `publishers: [{ name: log, platform: log }]
feeds: [{ name: feeds, hashtags: [log] }]
digests: [{ name: log, filter: { feeds: [feeds], labels: [log] } }]
`;
  const rules = 'rules: [{ name: log, when: { kind: id, tags: [PREL], feed: feeds }, action: label, labels: [log] }]\n';
  expect(renamed(config + rules)).toEqual([]);
});
