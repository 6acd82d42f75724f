// Writes numbered lines into a file and rotates it again and again; arguments: the file, `renamed` or `copied`, and how often.
import { appendFileSync } from 'node:fs';
import { rotate } from '../../support/rotate.ts';

const [file = '', asked, times] = process.argv.slice(2);
const how = asked === 'copied' ? asked : 'renamed';
let count = 0;

function write(lines: number): void {
  for (let i = 0; i < lines; i += 1)
    appendFileSync(file, `${JSON.stringify({ id: `n${count}`, text: `n${count++}` })}\n`);
}

for (let time = 0; time < Number(times); time += 1) {
  // At once after a rotation, so that a reader may take them for those that were there before.
  write(6);
  // The last lines of two files are more than a tick of the file system's clock apart.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  write(1 + (time % 4));
  rotate(file, how);
}
write(1);
process.stdout.write(String(count));
