interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly [key: string]: unknown;
}

/** package-lock.json, as far as this needs it: packages by their path, of which '' is the project. */
export interface Lockfile {
  readonly [key: string]: unknown;
  readonly packages: Readonly<Record<string, Locked>>;
}

/** npm-shrinkwrap.json of a package that is described by `about`: of the lockfile, what its dependencies lead to. */
export function shrinkwrapOf(lockfile: Lockfile, about: Locked): Lockfile {
  const { packages } = lockfile;
  const kept = new Set<string>();
  const open: [string, Locked][] = [['', about]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, locked] = next;
    for (const name of namesIn(locked)) {
      const found = resolved(packages, path, name);
      if (found === undefined || kept.has(found)) continue;
      kept.add(found);
      open.push([found, packages[found] ?? {}]);
    }
  }
  const rest = Object.entries(packages).filter(([path]) => kept.has(path));
  // `devOptional`: the project's own tools want it, too.
  const entries = rest.map(([path, { devOptional, ...locked }]) => [
    path,
    devOptional === true ? { ...locked, optional: true } : locked,
  ]);
  return { ...lockfile, packages: { '': about, ...Object.fromEntries(entries) } };
}

function namesIn({
  dependencies,
  optionalDependencies,
  peerDependencies,
  peerDependenciesMeta = {},
}: Locked): string[] {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

/** Where Node finds a package for the one at `path`: the nearest node_modules that has it. */
function resolved(packages: Lockfile['packages'], path: string, name: string): string | undefined {
  const parts = path === '' ? [] : path.split('/node_modules/');
  const folders = ['', ...parts.map((_, at) => `${parts.slice(0, at + 1).join('/node_modules/')}/`)];
  return folders.map((folder) => `${folder}node_modules/${name}`).findLast((candidate) => candidate in packages);
}
