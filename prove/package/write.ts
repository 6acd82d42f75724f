import { cpSync, globSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';

const root = new URL('../..', import.meta.url).pathname;

interface About {
  readonly [key: string]: unknown;
  readonly bin: Readonly<Record<string, string>>;
}

/** Writes the package that npm packs to a folder, which is emptied before. It asks for no other package: its code is in it. */
export async function writePackage(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const packages = await bundle(root, join(folder, 'src'));
  const assets = globSync('src/**/*.{css,js,tsv,yaml}', { cwd: root });
  for (const file of [...assets, 'bin/pilcrow.js', 'config', 'docs', 'deploy', 'CHANGELOG.md', 'LICENSE', 'README.md'])
    cpSync(join(root, file), join(folder, file), { recursive: true });
  cpSync(join(root, 'node_modules/@bull-board/ui/dist'), join(folder, 'board/dist'), { recursive: true });
  writeFileSync(join(folder, 'LICENSES.txt'), packages.map(noticeOf).join('\n'));
  const {
    dependencies: _,
    devDependencies: _tools,
    optionalDependencies: _node,
    scripts: _scripts,
    overrides: _overrides,
    private: _private,
    ...about
  } = json(join(root, 'package.json'));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
}

/** What the license of a package asks for where its code is copied. */
function noticeOf(folder: string): string {
  const { name, version, license } = json(join(folder, 'package.json'));
  const texts = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isFile() && notices.test(one.name));
  const heading = `${String(name)} ${String(version)} (${String(license)})`;
  return [
    `${'='.repeat(80)}\n${heading}\n`,
    ...texts.map(({ name: file }) => readFileSync(join(folder, file), 'utf8')),
  ].join('\n');
}

const notices = /^(?:licen[cs]e|copying|notice)/i;

function json(file: string): About {
  return JSON.parse(readFileSync(file, 'utf8')) as About;
}
