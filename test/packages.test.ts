import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const run = promisify(execFile);

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
}

function packagesOf(lockfile: string): [string, Locked][] {
  const { packages } = JSON.parse(readFileSync(root + lockfile, 'utf8')) as { packages: Record<string, Locked> };
  return Object.entries(packages).filter(([path]) => path !== '');
}

describe.each(['package-lock.json', 'test/servers/bluesky/package-lock.json'])('%s', (lockfile) => {
  test('has a strong hash of every package, and takes none from elsewhere than the registry', () => {
    const loose = packagesOf(lockfile).filter(
      ([, { integrity, resolved, link }]) =>
        !/^sha512-[\w+/]{86}==$/.test(integrity ?? '') || link === true || resolved !== undefined,
    );
    expect(loose).toEqual([]);
  });

  test('the Node of the project comes as such a package, and nothing fetches one while it is installed', () => {
    const packages = packagesOf(lockfile);
    const nodes = packages
      .filter(([, { bin = {} }]) => 'node' in bin)
      .map(([path, { version }]) => `${path} ${version}`);
    const own = ['linux-arm64', 'linux-x64'].map((system) => `node_modules/node-${system} ${nodeVersion()}`);
    expect(nodes).toEqual(lockfile === 'package-lock.json' ? own : []);
  });
});

/** One version for all systems. */
function nodeVersion(): string {
  const { optionalDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    optionalDependencies: Readonly<Record<string, string>>;
  };
  const [version, ...others] = new Set(Object.values(optionalDependencies));
  expect(others).toEqual([]);
  return version ?? '';
}

test('no package may run a program while it is installed', async () => {
  // `npm ci` asks for this setting for each package with `hasInstallScript`.
  const { stdout } = await run('npm', ['config', 'get', 'ignore-scripts'], { cwd: root });
  expect(stdout.trim()).toBe('true');
});

test('the bill of materials names each package of the lockfile, with its hash', async () => {
  const { stdout } = await run('npm', ['run', '--silent', 'sbom'], { cwd: root, maxBuffer: 2 ** 24 });
  const bill = JSON.parse(stdout) as {
    bomFormat: string;
    specVersion: string;
    components: { name: string; version: string; purl: string; hashes: { alg: string; content: string }[] }[];
    dependencies: { ref: string; dependsOn: string[] }[];
  };
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\.\d$/) });
  const locked = packagesOf('package-lock.json').map(([path, { version, integrity = '' }]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return `${name}@${version} ${Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex')}`;
  });
  const named = bill.components.map(({ name, version, hashes }) => `${name}@${version} ${hashes[0]?.content}`);
  expect(new Set(named)).toEqual(new Set(locked));
  expect(bill.components.filter(({ purl }) => !/^pkg:npm\/(?:%40[^/]+\/)?[^/@]+@[^/]+$/.test(purl))).toEqual([]);
  const refs = new Set(bill.dependencies.map(({ ref }) => ref));
  expect(bill.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);
});
