import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The files of `folder` that its .dockerignore lets into an image: the last line that matches a file, or a folder above it, decides. */
export function contextFiles(folder: string): string[] {
  const lines = readFileSync(join(folder, '.dockerignore'), 'utf8').split('\n');
  const rules = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const isSent = (file: string) => {
    const rule = rules.findLast((line) => pattern(line).test(file));
    return rule === undefined || rule.startsWith('!');
  };
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => statSync(join(folder, file)).isFile() && isSent(file)).toSorted();
}

/** Docker's patterns, of which a .dockerignore uses these: a star within a name, and two for any folders. */
function pattern(line: string): RegExp {
  const escaped = line.replace(/^!/, '').replaceAll('.', '\\.');
  const wild = escaped.replaceAll(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${wild}(?:/|$)`);
}
