import { execFileSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lockfile, shrinkwrapOf } from './shrinkwrap.ts';

const root = new URL('../..', import.meta.url).pathname;

interface About {
  readonly [key: string]: unknown;
  readonly bin: Readonly<Record<string, string>>;
}

/** Writes the package that npm packs to a folder, which is emptied before: the layout of the checkout, with JavaScript in the place of TypeScript. */
export function writePackage(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.package.json', '--outDir', folder], {
    cwd: root,
    stdio: 'inherit',
  });
  for (const file of globSync('{src,workers}/**/*.js', { cwd: folder })) nameThreads(join(folder, file));
  const assets = globSync('src/**/*.{css,js,tsv,yaml}', { cwd: root });
  for (const file of [...assets, 'bin/pilcrow.js', 'config', 'docs', 'deploy', 'CHANGELOG.md', 'LICENSE', 'README.md'])
    cpSync(join(root, file), join(folder, file), { recursive: true });
  const {
    devDependencies: _,
    optionalDependencies: _node,
    scripts: _scripts,
    overrides: _overrides,
    private: _private,
    ...about
  } = json('package.json') as About;
  writeJson(join(folder, 'package.json'), about);
  // npm obeys it in a package, as it does not obey `overrides` there: what is installed is what was tested.
  writeJson(join(folder, 'npm-shrinkwrap.json'), shrinkwrapOf(json('package-lock.json') as Lockfile, about));
}

/** The compiler leaves the files of threads, which are named as addresses. */
function nameThreads(file: string): void {
  const code = readFileSync(file, 'utf8');
  writeFileSync(file, code.replaceAll(/(new URL\('\.\/[\w-]+)\.ts'/g, "$1.js'"));
}

function json(file: string): unknown {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
