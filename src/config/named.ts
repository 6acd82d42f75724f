import type { Path } from './yaml/path.ts';
import { valueAt } from './yaml/path.ts';
import type { Finding, Yaml } from './yaml/yaml.ts';
import { suggestion } from './suggest.ts';

/** Unknown names in digests and alerts, and accounts that cannot post a digest. */
export function unknownReferences(yaml: Yaml): Finding[] {
  const known = {
    channel: namesOf(yaml, 'channels'),
    feed: namesOf(yaml, 'feeds'),
    publisher: namesOf(yaml, 'publishers'),
  };
  return references(yaml)
    .flatMap(({ path, what, name }) => {
      if (known[what].includes(name)) return [];
      const near = suggestion(name, known[what]);
      const others = known[what].length === 0 ? 'there is none' : `known: ${known[what].join(', ')}`;
      return [{ ...yaml.at(path), message: `unknown ${what} \`${name}\`; ${near === '' ? others : near}` }];
    })
    .concat(silentAccounts(yaml));
}

interface Reference {
  readonly path: Path;
  readonly what: 'channel' | 'feed' | 'publisher';
  readonly name: string;
}

function references(yaml: Yaml): Reference[] {
  const listed = (path: Path, what: Reference['what']): Reference[] =>
    arrayAt(yaml, path).flatMap((name, at) => (typeof name === 'string' ? [{ path: [...path, at], what, name }] : []));
  const ofDigests = arrayAt(yaml, ['digests']).flatMap((_, at): Reference[] => {
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
  return arrayAt(yaml, ['digests']).flatMap((_, at) => {
    const path = ['digests', at, 'account'];
    const name = valueAt(yaml.data, path);
    const entry = arrayAt(yaml, ['publishers']).find((one) => valueAt(one, ['name']) === name);
    if (entry === undefined || valueAt(entry, ['platform']) === 'log') return [];
    const mode = valueAt(entry, ['mode']) ?? 'dry-run';
    if (mode === 'own-timeline' || typeof mode !== 'string') return [];
    const message = `\`account: ${String(name)}\`: it has \`mode: ${mode}\`, and a digest is posted with \`mode: own-timeline\` only`;
    return [{ ...yaml.at(path), message }];
  });
}

function namesOf(yaml: Yaml, side: string): string[] {
  return arrayAt(yaml, [side]).flatMap((entry) => {
    const name = valueAt(entry, ['name']);
    return typeof name === 'string' ? [name] : [];
  });
}

function arrayAt(yaml: Yaml, path: Path): readonly unknown[] {
  const value = valueAt(yaml.data, path);
  return Array.isArray(value) ? value : [];
}
