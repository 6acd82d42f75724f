import { copyFileSync, existsSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';

/** Rotates a file as logrotate does, by a new name or by a copy (`copytruncate`). At most `keep` old ones stay. */
export function rotate(file: string, how: 'renamed' | 'copied', keep = Infinity): void {
  let old = 0;
  while (existsSync(`${file}.${old + 1}`)) old += 1;
  if (old === keep) rmSync(`${file}.${old--}`);
  for (let n = old; n >= 1; n -= 1) renameSync(`${file}.${n}`, `${file}.${n + 1}`);
  if (how === 'renamed') {
    renameSync(file, `${file}.1`);
    writeFileSync(file, '');
  } else {
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  }
}
