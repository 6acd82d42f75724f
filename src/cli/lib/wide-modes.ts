import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../../config/config.ts';
import { envFolders } from '../../config/environment.ts';
import { secretsIn } from '../../core/secret.ts';

/** Where a container engine mounts secrets: readable for all, and nobody else is there. */
const mounted = '/run/secrets/';

/** The data folder and the files of secrets that other users of this machine may open, each with the remedy. */
export function* wideModes(config: Config): Iterable<string> {
  const files = [...secretsIn(config)].flatMap(({ secret: { from } }) =>
    'file' in from ? [resolve(config.configDir, from.file)] : [],
  );
  const envFiles = envFolders(config.file).map((folder) => join(folder, '.env'));
  for (const path of new Set([resolve(config.dataDir), ...envFiles, ...files])) {
    const mode = openTo(path);
    if (mode === undefined || path.startsWith(mounted)) continue;
    yield `other users of this machine may open ${path} (mode ${mode.toString(8)}): chmod go-rwx '${path}'`;
  }
}

/** Its mode, if somebody else has a right to it. A folder above that is shut keeps them out as well; a group may be the bot's way to a file of another user. */
function openTo(path: string): number | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const others = stat.uid === process.getuid?.() ? 0o077 : 0o007;
  return (stat.mode & others) !== 0 && !isShut(dirname(path)) ? stat.mode & 0o777 : undefined;
}

function isShut(folder: string): boolean {
  const isPrivate = (statSync(folder).mode & 0o011) === 0;
  return isPrivate || (folder !== dirname(folder) && isShut(dirname(folder)));
}
