import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempDir } from './temp.ts';

const root = new URL('../..', import.meta.url).pathname;

/** The pages of the documentation, from the root of the checkout. */
export const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'RELEASING.md',
  'SECURITY.md',
  ...globSync('docs/**/*.md', { cwd: root }),
];

/** The fenced blocks of a page in one language. */
export function snippets(page: string, language: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '');
}

/** Works in an empty folder until the test ends. Only what a snippet names as a secret, or as the sample, lies in it. */
export async function inFolderFor(snippet: string): Promise<void> {
  const before = process.cwd();
  process.chdir(await tempDir());
  onTestFinished(() => process.chdir(before));
  for (const [, secret = ''] of snippet.matchAll(/\{ file: (secrets\/\S+) \}/g)) {
    mkdirSync('secrets', { recursive: true });
    writeFileSync(secret, 'postgres://me@localhost/pilcrow');
  }
  if (snippet.includes('config/sample')) cpSync(join(root, 'config/sample'), 'config/sample', { recursive: true });
}
