import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rotate } from '../rotate.ts';
import { configuration } from '../workplace.ts';

const names = ['renamed.jsonl', 'copied.jsonl'] as const;
/** Old files that stay beside the present one: enough for a reader whose disk is slow where time is fast. */
const oldFiles = 30;

/** Two files of lines, rotated in the two usual ways. */
export function openFiles(dir: string) {
  let count = 0;
  let bytes = 0;
  for (const name of names) writeFileSync(join(dir, name), '');
  return {
    names,
    append(lines: readonly string[]): void {
      count += lines.length;
      for (const [at, name] of names.entries()) {
        const own = lines.filter((_, i) => i % names.length === at).map((line) => `${line}\n`);
        bytes += Buffer.byteLength(own.join(''));
        appendFileSync(join(dir, name), own.join(''));
      }
    },
    rotate(): void {
      for (const name of names) rotate(join(dir, name), name === 'renamed.jsonl' ? 'renamed' : 'copied', oldFiles);
    },
    /** Written so far. */
    get lines() {
      return count;
    },
    get bytes() {
      return bytes;
    },
  };
}

/** Texts are kept for two hours of the plan, rejects for one. Returns the configuration's path. */
export function writeConfiguration(dir: string, hourMs: number): string {
  const file = join(dir, 'pilcrow.yaml');
  const feed = `  - name: lines
    platform: file
    every: 5s
    maxAge: null
    maxLineBytes: 2048
    paths: [${names.join(', ')}]`;
  const retention = `retention: { texts: ${(2 * hourMs) / 60_000}m, rejects: ${hourMs / 60_000}m }`;
  writeFileSync(file, configuration([feed], `${retention}\nobserve: { log: json, listen: "127.0.0.1:0" }\n`));
  return file;
}
