// Strips the types of everything that a running bot loads and keeps the result for later starts: see pilcrow.js.
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

// What is kept is good only for a process with the same flags.
v8.setFlagsFromString('--semi-space-growth-factor=1');
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/pilcrow', import.meta.url)));
await import('../src/cli.ts');
const { platforms } = await import('../src/platforms/index.ts');
for (const platform of platforms) await platform.load();
module.flushCompileCache();
