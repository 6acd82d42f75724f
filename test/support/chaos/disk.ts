import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
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
    async fill() {
      for (let attempt = 0; ; attempt += 1) {
        const { bfree, bsize } = await statfs(path);
        const { size } = await stat(filler).catch(() => ({ size: 0 }));
        try {
          await run('fallocate', ['-l', String(size + bfree * bsize), filler]);
          return;
        } catch (error) {
          // Somebody wrote meanwhile: there is less to fill.
          if (attempt === 20) throw error;
        }
      }
    },
    free: () => rmSync(filler, { force: true }),
    async [Symbol.asyncDispose]() {
      await run('umount', ['--lazy', path]);
    },
  };
}
