import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A small disk of its own, that can be filled to the last block. */
export interface Disk extends AsyncDisposable {
  readonly path: string;
  fill(): Promise<void>;
  free(): void;
}

const run = promisify(execFile);

/** A tmpfs below `dir`. Undefined: this user may not mount. */
export function openDisk(dir: string, megabytes: number): Disk | undefined {
  const path = join(dir, 'disk');
  mkdirSync(path);
  // The server's user must get to its folder.
  chmodSync(dir, 0o755);
  try {
    const mount = ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'pilcrow-chaos', path];
    execFileSync('mount', mount, { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const filler = join(path, 'filler');
  return {
    path,
    // It ends with "no space left", which is what it is for.
    fill: async () => void (await run('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k']).catch(() => {})),
    free: () => rmSync(filler, { force: true }),
    async [Symbol.asyncDispose]() {
      await run('umount', ['--lazy', path]);
    },
  };
}
