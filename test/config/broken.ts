/** Broken configurations, each with every finding that it must give. */
export const broken: Record<string, { yaml: string; findings: readonly string[] }> = {
  'a misspelt key': {
    yaml: 'fedes: []\n',
    findings: ['pilcrow.yaml:1:1: unknown key `fedes`, did you mean `feeds`?'],
  },
  'a key that is like none': {
    yaml: 'data: d\ncolour: blue\n',
    findings: [
      'pilcrow.yaml:2:1: unknown key `colour`; known here: data, ledger, queue, feeds, publishers, channels, digests, alerts, rules, templates, corpus, imported, catalogue, links, replies, limits, retention, network, observe, web',
    ],
  },
  'old words, which hide no other fault': {
    yaml: 'bell: {}\nchannels:\n  - { name: a, kind: webhook, url: { env: HOOK_URL } }\n  - { name: b, kind: postcard }\n',
    findings: [
      'pilcrow.yaml:1:1: `bell` is called `queue` now',
      'pilcrow.yaml:3:16: `kind` is called `type` now',
      'pilcrow.yaml:3:36: `url`: the variable HOOK_URL is not set, neither in the environment nor in .env',
      'pilcrow.yaml:4:16: `kind` is called `type` now',
      'pilcrow.yaml:4:22: `type: postcard`: expected one of webhook, email',
    ],
  },
  'a misspelt platform': {
    yaml: 'feeds:\n  - name: a\n    platform: fil\n    paths: [x]\n',
    findings: ['pilcrow.yaml:3:15: `platform: fil`: expected one of file, rss; did you mean `file`?'],
  },
  'a platform of nowhere': {
    yaml: 'feeds:\n  - name: a\n    platform: telegraph\n',
    findings: ['pilcrow.yaml:3:15: `platform: telegraph`: expected one of file, rss'],
  },
  'a platform that only publishes': {
    yaml: 'feeds:\n  - { name: a, platform: log }\n',
    findings: ['pilcrow.yaml:2:26: `platform: log`: expected one of file, rss'],
  },
  'no platform': {
    yaml: 'feeds:\n  - name: a\n    paths: [x]\n',
    findings: ['pilcrow.yaml:2:5: missing key `platform`: expected one of file, rss'],
  },
  'no name': {
    yaml: 'feeds:\n  - platform: file\n    paths: [x]\n',
    findings: ['pilcrow.yaml:2:5: missing key `name`: expected text'],
  },
  'a platform that is a list': {
    yaml: 'feeds:\n  - name: a\n    platform: [file]\n',
    findings: ['pilcrow.yaml:3:15: `platform`: expected one of file, rss, got a list'],
  },
  'two feeds of one name': {
    yaml: 'feeds:\n  - { name: a, platform: file, paths: [x] }\n  - { name: a, platform: file, paths: [y], evry: 3m }\n',
    findings: [
      'pilcrow.yaml:3:13: `name`: another feed is named a already',
      'pilcrow.yaml:3:44: unknown key `evry`, did you mean `every`?',
    ],
  },
  'two feeds of one name, beside faults of another kind': {
    yaml: 'feeds:\n  - { name: a, platform: file, paths: 3 }\n  - { name: a, platform: file, paths: [y] }\n  - { platform: fil, name: a }\n',
    findings: [
      'pilcrow.yaml:2:39: `paths`: expected a list, got a number',
      'pilcrow.yaml:3:13: `name`: another feed is named a already',
      'pilcrow.yaml:4:17: `platform: fil`: expected one of file, rss; did you mean `file`?',
      'pilcrow.yaml:4:28: `name`: another feed is named a already',
    ],
  },
  'two publishers of one name': {
    yaml: 'publishers:\n  - { name: log, platform: log }\n  - name: log\n    platform: log\n',
    findings: ['pilcrow.yaml:3:11: `name`: another publisher is named log already'],
  },
  'a name with blanks': {
    yaml: 'publishers:\n  - { name: My Log, platform: log }\n',
    findings: [
      'pilcrow.yaml:2:13: `name: My Log`: expected a name of lower-case letters, digits and hyphens, such as `my-feed`',
    ],
  },
  'a number for a duration': {
    yaml: 'feeds:\n  - { name: a, platform: file, paths: [x], every: 30 }\n',
    findings: ['pilcrow.yaml:2:51: `every`: expected a duration such as 30s, 15m, 12h or 7d'],
  },
  'a duration without a unit we know': {
    yaml: 'replies:\n  maxAge: 2 weeks\n',
    findings: ['pilcrow.yaml:2:11: `maxAge: 2 weeks`: expected a duration such as 30s, 15m, 12h or 7d'],
  },
  'a word for true': {
    yaml: 'feeds:\n  - { name: a, platform: file, paths: [x], onTopic: yes }\n',
    findings: ['pilcrow.yaml:2:53: `onTopic`: expected true or false, got text'],
  },
  'text for a list': {
    yaml: 'corpus: here\n',
    findings: ['pilcrow.yaml:1:9: `corpus`: expected a list, got text'],
  },
  'a list for text': {
    yaml: 'data: [a, b]\n',
    findings: ['pilcrow.yaml:1:7: `data`: expected text, got a list'],
  },
  'nothing for text': {
    yaml: 'network:\n  userAgent:\n',
    findings: ['pilcrow.yaml:2:3: `userAgent`: expected text, got nothing'],
  },
  'an empty list': {
    yaml: 'links: { targets: [] }\n',
    findings: ['pilcrow.yaml:1:19: `targets`: expected at least 1 item'],
  },
  'a misspelt link target': {
    yaml: 'links:\n  targets:\n    - viewer\n    - pluds\n',
    findings: [
      'pilcrow.yaml:4:7: `targets[1]: pluds`: expected one of viewer, plusd, cablegatesearch, cabledrum, own; did you mean `plusd`?',
    ],
  },
  'links to own pages that nobody can open': {
    yaml: 'links:\n  targets: [viewer, own]\n',
    findings: [
      'pilcrow.yaml:2:21: `own` links to the bot’s cable pages, and people must be able to open them: set `web.cables: public` and `web.publicUrl`',
    ],
  },
  'a link target twice': {
    yaml: 'links:\n  targets: [viewer, plusd, viewer]\n',
    findings: ['pilcrow.yaml:2:28: `targets[2]`: another target is named viewer already'],
  },
  'a number out of range': {
    yaml: 'feeds:\n  - { name: a, platform: file, paths: [x], batch: 0 }\n  - { name: b, platform: file, paths: [x], batch: 65 }\n  - { name: c, platform: file, paths: [x], batch: 1.5 }\n',
    findings: [
      'pilcrow.yaml:2:51: `batch: 0`: expected at least 1',
      'pilcrow.yaml:3:51: `batch: 65`: expected at most 64',
      'pilcrow.yaml:4:51: `batch`: expected a whole number',
    ],
  },
  'an address without a port': {
    yaml: "network:\n  allowPrivate: ['127.0.0.1']\n",
    findings: ['pilcrow.yaml:2:18: `allowPrivate[0]: 127.0.0.1`: expected HOST:PORT, such as 127.0.0.1:8099'],
  },
  'a fault deep in a platform’s part': {
    yaml: 'feeds:\n  - name: a\n    platform: file\n    paths: [x, 3]\n',
    findings: ['pilcrow.yaml:4:16: `paths[1]`: expected text, got a number'],
  },
  'a rule of the platform between its keys': {
    yaml: 'feeds:\n  - name: a\n    platform: file\n',
    findings: ['pilcrow.yaml:2:5: `feeds[0]`: expected either `paths` or `stdin: true`'],
  },
  'files that are not there': {
    yaml: 'rules: rules/none.yaml\ntemplates: nowhere\ncorpus:\n  - gone\n',
    findings: [
      'pilcrow.yaml:1:8: `rules`: no such file: rules/none.yaml',
      'pilcrow.yaml:2:12: `templates`: no such folder: nowhere',
      'pilcrow.yaml:4:5: `corpus[0]`: no such file or folder: gone',
    ],
  },
  'many faults': {
    yaml: 'date: x\nfeeds:\n  - name: A\n    platform: file\n    path: x\nlinks:\n  targets: viewer\nrules: [r]\n',
    findings: [
      'pilcrow.yaml:1:1: unknown key `date`, did you mean `data`?',
      'pilcrow.yaml:3:5: `feeds[0]`: expected either `paths` or `stdin: true`',
      'pilcrow.yaml:3:11: `name: A`: expected a name of lower-case letters, digits and hyphens, such as `my-feed`',
      'pilcrow.yaml:5:5: unknown key `path`, did you mean `paths`?',
      'pilcrow.yaml:7:12: `targets`: expected a list, got text',
      'pilcrow.yaml:8:8: `rules`: expected text, got a list',
    ],
  },
  'a list at the top': {
    yaml: '- name: a\n',
    findings: ['pilcrow.yaml:1:1: expected keys with values, got a list'],
  },
  'a word at the top': {
    yaml: 'hello\n',
    findings: ['pilcrow.yaml:1:1: expected keys with values, got text'],
  },
  'a key twice': {
    yaml: 'data: a\nfeeds: []\ndata: b\n',
    findings: ['pilcrow.yaml:3:1: duplicate key `data` (first on line 1)'],
  },
  'a key twice, deep': {
    yaml: 'feeds:\n  - name: a\n    platform: file\n    name: b\n',
    findings: ['pilcrow.yaml:4:5: duplicate key `name` (first on line 2)'],
  },
  'an open bracket': {
    yaml: 'feeds: [\n  {name: a\n',
    findings: [
      'pilcrow.yaml:3:1: not valid YAML: flow map in block collection must be sufficiently indented and end with a }',
      'pilcrow.yaml:3:1: not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  'an open quotation mark': {
    yaml: 'data: "abc\nfeeds: []\n',
    findings: ['pilcrow.yaml:3:1: not valid YAML: missing closing "quote'],
  },
  'a colon too many': {
    yaml: 'data: a: b\n',
    findings: ['pilcrow.yaml:1:7: not valid YAML: nested mappings are not allowed in compact mappings'],
  },
  'a tab for indentation': {
    yaml: 'links:\n\ttargets: [viewer]\n',
    findings: ['pilcrow.yaml:2:1: not valid YAML: a tab as indentation; use spaces, in all of the file'],
  },
  'a wrong indentation': {
    yaml: 'links:\n   targets: [viewer]\n  viewerHost: x\n',
    findings: ['pilcrow.yaml:3:1: not valid YAML: all mapping items must start at the same column'],
  },
  'a tag of another language': {
    yaml: "data: !!js/function 'x'\n",
    findings: ['pilcrow.yaml:1:7: not valid YAML: unresolved tag: tag:yaml.org,2002:js/function'],
  },
  'two documents': {
    yaml: 'data: a\n---\ndata: b\n',
    findings: ['pilcrow.yaml:2:1: a second document begins here (`---`): expected one in a file'],
  },
  'an alias of nothing': {
    yaml: 'corpus: *all\n',
    findings: ['pilcrow.yaml:1:9: alias `*all` names no anchor before it'],
  },
  'a secret in the file': {
    yaml: 'publishers:\n  - { name: m, platform: network, token: hunter2 }\n',
    findings: [
      'pilcrow.yaml:2:42: `token`: expected `{ env: NAME }` or `{ file: PATH }`: a secret itself never stands in this file',
    ],
  },
  'a number as a secret in the file': {
    yaml: 'publishers:\n  - { name: m, platform: network, token: 4711 }\n',
    findings: [
      'pilcrow.yaml:2:42: `token`: expected `{ env: NAME }` or `{ file: PATH }`: a secret itself never stands in this file',
    ],
  },
  'a secret under a key that is not known': {
    yaml: 'publishers:\n  - { name: m, platform: network, token: { value: hunter2 } }\n',
    findings: [
      'pilcrow.yaml:2:42: `token`: expected `{ env: NAME }` or `{ file: PATH }`: a secret itself never stands in this file',
    ],
  },
  'a secret whose variable is not set': {
    yaml: 'publishers:\n  - name: m\n    platform: network\n    token: { env: NOT_SET }\n',
    findings: ['pilcrow.yaml:4:12: `token`: the variable NOT_SET is not set, neither in the environment nor in .env'],
  },
  'a secret in the place of a variable’s name': {
    yaml: 'publishers:\n  - name: m\n    platform: network\n    token: { env: hunter2 }\n',
    findings: ['pilcrow.yaml:4:12: `token`: expected the name of a variable, such as MASTODON_TOKEN'],
  },
  'a secret whose file is not there': {
    yaml: 'publishers:\n  - name: m\n    platform: network\n    token: { file: secrets/none }\n',
    findings: [
      "pilcrow.yaml:4:12: `token`: the file cannot be read: ENOENT: no such file or directory, stat 'secrets/none'",
    ],
  },
  'a mode that the platform does not permit': {
    yaml: 'publishers:\n  - { name: a, platform: relay, mode: own-timeline }\n',
    findings: ['pilcrow.yaml:2:39: `mode: own-timeline`: expected one of dry-run, summoned, opted-in, open'],
  },
  'a mode where nobody is addressed': {
    yaml: 'publishers:\n  - { name: a, platform: log, mode: open }\n',
    findings: [
      'pilcrow.yaml:2:31: unknown key `mode`; known here: path, name, limits, excerpts, repeatWhenAbsent, platform',
      'pilcrow.yaml:2:37: `mode: open` answers people who did not ask: where you mean it, write `confirmOpen: a` beside it',
    ],
  },
  'mode open without a second word': {
    yaml: 'publishers:\n  - { name: a, platform: relay, mode: open, confirmOpen: b }\n',
    findings: [
      'pilcrow.yaml:2:39: `mode: open` answers people who did not ask: where you mean it, write `confirmOpen: a` beside it',
    ],
  },
  'two accounts that would answer the same posts': {
    yaml: 'publishers:\n  - { name: a, platform: relay, mode: summoned }\n  - { name: b, platform: relay, mode: summoned }\n',
    findings: ['pilcrow.yaml:3:5: a answers posts of relay already: let the feeds say `publisher: NAME`'],
  },
  'a feed that nobody answers': {
    yaml: 'feeds:\n  - { name: f, platform: file, paths: [x], publisher: b }\npublishers:\n  - { name: a, platform: log }\n',
    findings: ['pilcrow.yaml:2:55: unknown publisher `b`; did you mean `a`?'],
  },
  'a platform by another name': {
    yaml: 'feeds:\n  - { name: a, platform: atom, url: "https://a.example" }\n',
    findings: ['pilcrow.yaml:2:26: `platform: atom`: expected one of file, rss; did you mean `rss`?'],
  },
  'a key by another name': {
    yaml: 'feeds:\n  - { name: a, platform: file, paths: [x], interval: 5m }\n',
    findings: ['pilcrow.yaml:2:44: unknown key `interval`, did you mean `every`?'],
  },
  'tabs, once': {
    yaml: 'feeds:\n\t- name: a\n\t  platform: file\n',
    findings: ['pilcrow.yaml:2:1: not valid YAML: a tab as indentation; use spaces, in all of the file'],
  },
  'a port alone': {
    yaml: 'web: { listen: 8190 }\n',
    findings: ['pilcrow.yaml:1:16: `listen`: expected HOST:PORT, such as 127.0.0.1:8190'],
  },
  'no time zone': {
    yaml: 'digests: [{ name: d, timezone: Europe/Berln }]\n',
    findings: [
      'pilcrow.yaml:1:32: `timezone`: expected the name of a time zone, such as Europe/Berlin; got Europe/Berln',
    ],
  },
};
