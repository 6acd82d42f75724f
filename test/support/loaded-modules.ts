import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** Loaded with `--import`, lists the project's own modules that the process loads in the file LOADED_MODULES when it ends. */
const loaded = new Set<string>();
const root = new URL('../../', import.meta.url).href;

registerHooks({
  load(url, context, next) {
    if (/^(?:src|workers)\//.test(url.replace(root, ''))) loaded.add(url.replace(root, ''));
    return next(url, context);
  },
});

process.on('exit', () => writeFileSync(process.env['LOADED_MODULES'] ?? '', JSON.stringify([...loaded])));
