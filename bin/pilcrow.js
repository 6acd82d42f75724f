#!/usr/bin/env node
// Plain JavaScript that any Node can read: an old one would stumble over the TypeScript behind it without a word of help.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const oldest = 24;
const major = Number.parseInt(process.versions.node, 10);

if (major < oldest) {
  process.stderr.write(
    `pilcrow needs Node ${oldest} or newer; this is ${process.version}.\n` +
      'In a checkout on Linux, `npm ci` installs the right one: start with `npm start`, or `npx pilcrow COMMAND`. Elsewhere install it yourself.\n',
  );
  process.exitCode = 2;
} else {
  // What the bot writes holds texts and names of people: it is for its own user alone.
  process.umask(0o077);
  // Code without its types is kept under node_modules. The compiler that strips them would stay in memory for good, 25 MB of it: where
  // nothing is kept yet, or the code is newer, a process that ends does the work for the one that stays.
  const cache = fileURLToPath(new URL('../node_modules/.cache/pilcrow', import.meta.url));
  const isCheckout = existsSync(here('../src/cli.ts'));
  if (isCheckout && process.argv[2] === 'run' && isStale(cache)) {
    const { spawnSync } = await import('node:child_process');
    spawnSync(process.execPath, [here('warm.js')], { stdio: 'ignore' });
  }
  const { status } = module.enableCompileCache(cache);
  // An installation may be read-only, or another user's.
  if (status === module.constants.compileCacheStatus.FAILED) {
    module.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'pilcrow'));
  }
  // Then the causes of an error name the lines of the sources.
  if (process.argv.some((word) => word === '-v' || word === '--verbose')) process.setSourceMapsEnabled(true);
  // A package has the code without its types.
  const { main } = isCheckout ? await import('../src/cli.ts') : await import('../src/cli.js');
  process.exitCode = await main(process.argv);
}

function isStale(cache) {
  const kept = statSync(join(cache, 'warm'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const folders = [here('../src'), here('../workers')];
  const files = folders.flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, file)));
  return files.some((file) => file.endsWith('.ts') && statSync(file).mtimeMs > kept);
}

function here(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}
