// Strips the types of everything that a running bot loads and keeps the result for later starts: see pilcrow.js.
import { writeFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

// What is kept is good only for a process with the same flags.
v8.setFlagsFromString('--semi-space-growth-factor=1');
const cache = fileURLToPath(new URL('../node_modules/.cache/pilcrow', import.meta.url));
module.enableCompileCache(cache);
await import('../src/cli.ts');
await import('../src/cli/commands/run.ts');
await import('../src/web/server.ts');
const { platforms } = await import('../src/platforms/index.ts');
for (const platform of platforms) await platform.load();
module.flushCompileCache();
// By this the next start knows how old it is.
writeFileSync(join(cache, 'warm'), '');
