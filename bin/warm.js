// Compiles everything that a running bot loads and caches the result for later starts: see pilcrow.js.
import { readdirSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../node_modules/.cache/pilcrow', import.meta.url));
module.enableCompileCache(cache);
await import('../src/cli.ts');
await import('../src/cli/commands/run.ts');
await import('../src/web/server.ts');
const { loadDriver, platforms } = await import('../src/platforms/index.ts');
for (const { id } of platforms) await loadDriver(id);
// A new ledger runs them all.
const migrations = new URL('../src/ledger/db/migrations/', import.meta.url);
for (const file of readdirSync(migrations)) await import(new URL(file, migrations));
module.flushCompileCache();
// The time of this file tells the next start how old the cache is.
writeFileSync(join(cache, 'warm'), '');
