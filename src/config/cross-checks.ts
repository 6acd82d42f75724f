import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { unwrittenLog } from './ledger-config.ts';
import { ownWithoutPages, webFaults } from './sections/web-section.ts';
import { unknownName } from './suggest.ts';
import { arrayAt, type Finding, nameOf, type Path, valueAt, type Yaml } from './yaml/yaml.ts';

/** Faults between sections: names and files that do not exist, and settings that exclude each other. */
export function crossFindings(yaml: Yaml, configDir: string): Finding[] {
  return [
    ...missingPaths(yaml, configDir),
    ...queueWithoutLedger(yaml),
    ...unknownPublisher(yaml),
    ...unconfirmedOpen(yaml),
    ...duplicatePublisher(yaml),
    ...unknownReferences(yaml),
    ...silentAccounts(yaml),
    ...webFaults(yaml),
    ...ownWithoutPages(yaml),
  ];
}

/** Files and folders that the configuration names and that do not exist. Defaults are checked where they are read. */
function missingPaths(yaml: Yaml, configDir: string): Finding[] {
  const paths: readonly [Path, string][] = [
    [['rules'], 'no such file'],
    [['templates'], 'no such folder'],
    ...arrayAt(yaml.data, ['corpus']).map((_, at): [Path, string] => [['corpus', at], 'no such file or folder']),
  ];
  return paths.flatMap(([path, message]) => {
    const value = valueAt(yaml.data, path);
    if (typeof value !== 'string' || value === '' || existsSync(resolve(configDir, value))) return [];
    return [{ ...yaml.at(path), message: `\`${nameOf(path)}\`: ${message}: ${resolve(configDir, value)}` }];
  });
}

/** A shared queue is useless without a shared ledger. */
function queueWithoutLedger(yaml: Yaml): Finding[] {
  const path = ['queue', 'redis'];
  if (valueAt(yaml.data, path) === undefined || valueAt(yaml.data, ['ledger', 'postgres']) !== undefined) return [];
  const message = '`queue.redis` is for several processes, and those need a shared ledger: set `ledger.postgres`';
  return [{ ...yaml.at(path), message }];
}

type Entry = Readonly<Record<string, unknown>>;

/** The entries as they are written, each with its index, valid or not. */
function entriesOf(yaml: Yaml, side: 'feeds' | 'publishers'): [Entry, number][] {
  return arrayAt(yaml.data, [side]).flatMap((entry, at): [Entry, number][] =>
    typeof entry === 'object' && entry !== null ? [[entry as Entry, at]] : [],
  );
}

/** A feed whose publisher does not exist. */
function unknownPublisher(yaml: Yaml): Finding[] {
  const names = publisherNames(yaml);
  return entriesOf(yaml, 'feeds').flatMap(([{ publisher }, at]) => {
    if (typeof publisher !== 'string' || names.includes(publisher)) return [];
    return [{ ...yaml.at(['feeds', at, 'publisher']), message: unknownName('publisher', publisher, names) }];
  });
}

/** `mode: open` needs a confirmation. */
function unconfirmedOpen(yaml: Yaml): Finding[] {
  return entriesOf(yaml, 'publishers').flatMap(([{ name, mode, confirmOpen }, at]) => {
    if (mode !== 'open' || confirmOpen === name) return [];
    const message = `\`mode: open\` answers people who did not ask: where you mean it, write \`confirmOpen: ${String(name)}\` beside it`;
    return [{ ...yaml.at(['publishers', at, 'mode']), message }];
  });
}

/** Two publishers that would answer the same posts: their order must not decide. */
function duplicatePublisher(yaml: Yaml): Finding[] {
  const named = new Set(entriesOf(yaml, 'feeds').map(([{ publisher }]) => publisher));
  const answering = entriesOf(yaml, 'publishers').filter(
    ([{ name, mode }]) => typeof mode === 'string' && mode !== 'dry-run' && !named.has(name),
  );
  return answering.flatMap(([{ platform }, at], i) => {
    const first = answering.slice(0, i).find(([other]) => other['platform'] === platform);
    if (first === undefined) return [];
    const message = `${String(first[0]['name'])} answers posts of ${String(platform)} already: let the feeds say \`publisher: NAME\``;
    return [{ ...yaml.at(['publishers', at]), message }];
  });
}

/** Unknown names in digests and alerts, and accounts that cannot post a digest. */
function unknownReferences(yaml: Yaml): Finding[] {
  const known = {
    channel: namesOf(yaml, 'channels'),
    feed: namesOf(yaml, 'feeds'),
    publisher: publisherNames(yaml),
  };
  return references(yaml).flatMap(({ path, what, name }) => {
    if (known[what].includes(name)) return [];
    return [{ ...yaml.at(path), message: unknownName(what, name, known[what]) }];
  });
}

interface Reference {
  readonly path: Path;
  readonly what: 'channel' | 'feed' | 'publisher';
  readonly name: string;
}

function references(yaml: Yaml): Reference[] {
  const listed = (path: Path, what: Reference['what']): Reference[] =>
    arrayAt(yaml.data, path).flatMap((name, at) =>
      typeof name === 'string' ? [{ path: [...path, at], what, name }] : [],
    );
  const ofDigests = arrayAt(yaml.data, ['digests']).flatMap((_, at): Reference[] => {
    const account = valueAt(yaml.data, ['digests', at, 'account']);
    return [
      ...listed(['digests', at, 'channels'], 'channel'),
      ...listed(['digests', at, 'filter', 'feeds'], 'feed'),
      ...(typeof account === 'string'
        ? [{ path: ['digests', at, 'account'], what: 'publisher' as const, name: account }]
        : []),
    ];
  });
  return [...ofDigests, ...listed(['alerts', 'to'], 'channel')];
}

/** A digest answers nobody, so its account must be allowed to post on its own timeline. */
function silentAccounts(yaml: Yaml): Finding[] {
  return arrayAt(yaml.data, ['digests']).flatMap((_, at) => {
    const path = ['digests', at, 'account'];
    const name = valueAt(yaml.data, path);
    const entry = arrayAt(yaml.data, ['publishers']).find((one) => valueAt(one, ['name']) === name);
    if (entry === undefined || valueAt(entry, ['platform']) === 'log') return [];
    const mode = valueAt(entry, ['mode']) ?? 'dry-run';
    if (mode === 'own-timeline' || typeof mode !== 'string') return [];
    const message = `\`account: ${String(name)}\`: it has \`mode: ${mode}\`, and a digest is posted with \`mode: own-timeline\` only`;
    return [{ ...yaml.at(path), message }];
  });
}

function publisherNames(yaml: Yaml): string[] {
  const written = entriesOf(yaml, 'publishers').map(([entry]) => entry);
  return [...namesOf(yaml, 'publishers'), ...unwrittenLog(written).map(({ name }) => name)];
}

function namesOf(yaml: Yaml, side: string): string[] {
  return arrayAt(yaml.data, [side]).flatMap((entry) => {
    const name = valueAt(entry, ['name']);
    return typeof name === 'string' ? [name] : [];
  });
}
