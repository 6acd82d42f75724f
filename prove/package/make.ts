// npm run package: makes pilcrow-VERSION.tgz, which runs wherever Node 24 is. `dist` is what is packed.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { writePackage } from './write.ts';

const folder = join(import.meta.dirname, '../../dist');
await writePackage(folder);
execFileSync('npm', ['pack', '--silent', folder], { stdio: 'inherit' });
