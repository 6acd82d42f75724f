import type { Finding, Path, Yaml } from './yaml/yaml.ts';

/**
 * Old words of the YAML files, each with the new one, by path. A parent goes by its new name, `*` is an index, and the parts `all`, `any` and
 * `none` of a rule are left out. A path ends in a key, or in `KEY: VALUE` where the value is old; `number` is any number.
 */
export const renames: Readonly<Record<string, string>> = {
  bell: 'queue',
  brakes: 'limits',
  'publishers.*.brakes': 'limits',
  ...keysOfLimits('limits'),
  ...keysOfLimits('publishers.*.limits'),
  'publishers.*.mode: log': 'dry-run',
  'feeds.*.platform: feeds': 'rss',
  'feeds.*.tags': 'hashtags',
  'feeds.*.tag': 'onTopic',
  'feeds.*.expire': 'maxAge',
  'feeds.*.answers': 'publisher',
  'replies.expire': 'maxAge',
  'channels.*.kind': 'type',
  alarms: 'alerts',
  'alerts.quiet.zone': 'timezone',
  'digests.*.zone': 'timezone',
  'digests.*.hour': 'time',
  'digests.*.filter.actions.*: log': 'record',
  'digests.*.filter.platforms.*: feeds': 'rss',
  'rules.*.action: log': 'record',
  'rules.*.mode: log': 'dry-run',
  'rules.*.when.written.zone': 'timezone',
  'rules.*.when.platform: feeds': 'rss',
  'rules.*.when.platform.*: feeds': 'rss',
  'tests.*.post.platform: feeds': 'rss',
  'tests.*.expect.action: log': 'record',
};

function keysOfLimits(limits: string): Record<string, string> {
  return {
    [`${limits}.rest`]: 'cooldown',
    [`${limits}.refusals`]: 'failureThreshold',
    [`${limits}.budget: number`]: 'budget: { perMonth }',
    [`${limits}.budget: null`]: 'budget: { perMonth }',
    [`${limits}.budgetPerDay`]: 'budget: { perDay }',
  };
}

/** The same YAML in the new words, so that an old one gets one finding and hides no other. */
export function inNewWords(yaml: Yaml): Yaml {
  const renamed: Finding[] = [];
  const oldKeys = new Map<string, PropertyKey>();
  const oldPath = (path: Path): Path => path.map((key, i) => oldKeys.get(path.slice(0, i + 1).join('.')) ?? key);

  /** Undefined for what is not written in one word now: it is left out. */
  function renewed(value: unknown, path: Path): unknown {
    if (Array.isArray(value)) return value.map((item: unknown, i) => renewed(item, [...path, i]));
    if (typeof value === 'object' && value !== null) return renewedKeys(value, path);
    const now = newWord(path, `: ${typeof value === 'number' ? 'number' : String(value)}`);
    if (now === undefined) return value;
    const key = String(path.findLast((step) => typeof step === 'string'));
    const better = isWord(now) ? `${key}: ${now}` : now;
    renamed.push({ ...yaml.at(oldPath(path)), message: `\`${key}: ${String(value)}\` is called \`${better}\` now` });
    return isWord(now) ? now : undefined;
  }

  function renewedKeys(value: object, path: Path): Record<string, unknown> {
    const entries = Object.entries(value).flatMap(([key, inside]: [string, unknown]) => {
      const now = newWord([...path, key]);
      if (now !== undefined) {
        const at = yaml.at([...oldPath(path), key], 'key');
        renamed.push({ ...at, message: `\`${key}\` is called \`${now}\` now` });
        if (!isWord(now)) return [];
        oldKeys.set([...path, now].join('.'), key);
      }
      const renamedTo = now ?? key;
      const written = renewed(inside, [...path, renamedTo]);
      return written === undefined ? [] : [[renamedTo, written] as const];
    });
    return Object.fromEntries(entries);
  }

  const data = renewed(yaml.data, []);
  return { ...yaml, data, renamed, at: (path, part) => yaml.at(oldPath(path), part) };
}

function newWord(path: Path, value = ''): string | undefined {
  const place = path.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
  const old = place.replaceAll(/\.(all|any|none)\.\*/g, '') + value;
  return Object.hasOwn(renames, old) ? renames[old] : undefined;
}

function isWord(now: string): boolean {
  return /^[\w-]+$/.test(now);
}
