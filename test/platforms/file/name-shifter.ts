// Gives numbered files the next number, as rotations do, again and again until it is killed; arguments: the path without number, and how many there are.
import { renameSync } from 'node:fs';

const [path = '', files] = process.argv.slice(2);

for (let first = 1; ; first += 1) {
  for (let n = first + Number(files) - 1; n >= first; n -= 1) renameSync(`${path}.${n}`, `${path}.${n + 1}`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3);
}
