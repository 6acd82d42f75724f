import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Item } from './item.ts';
import type { Program } from './program.ts';

/** `--help` of the program, and of each command that a help names. */
export function* help(program: Program, words: readonly string[] = []): Iterable<Item> {
  const text = program.run([...words, '--help']);
  yield { name: `help/${['pilcrow', ...words].join('.')}.txt`, text: unwrapped(text) };
  const [, commands = ''] = /^Commands:\n(.*?)\n\n/ms.exec(text) ?? [];
  for (const [, command = ''] of commands.matchAll(/^ {2}([\w-]+)/gm)) {
    if (command !== 'help') yield* help(program, [...words, command]);
  }
}

/** Lines as long as their sentences: a longer word must not move all the words behind it. */
function unwrapped(text: string): string {
  return text
    .replaceAll(/(?<=\S)\n {3,}(?=\S)/g, ' ')
    .replaceAll(/(?<=[^\n:])\n(?=\S)/g, ' ')
    .replaceAll(/(?<=\S) {2,}/g, ' ');
}

export function* schemas(program: Program): Iterable<Item> {
  mkdirSync(join(program.folder, 'schemas'));
  program.run(['schemas', 'schemas']);
  for (const name of globSync('schemas/*', { cwd: program.folder }).toSorted()) {
    yield { name, text: readFileSync(join(program.folder, name), 'utf8') };
  }
}

/** What `parse`, `resolve` and `explain` make of the samples. */
export function* samples(program: Program): Iterable<Item> {
  const files = globSync(
    [
      'config/sample/*',
      'test/data/**/*.{html,txt,jsonl}',
      'samples/cables/*.html',
      'samples/*{.blog.txt,cases*.jsonl}',
    ],
    { cwd: program.folder },
  ).toSorted();
  for (const file of files) {
    const name = basename(file);
    if (!file.endsWith('.jsonl')) yield { name: `parse/${name}.txt`, text: program.run(['parse', '--json', file]) };
    if (file.endsWith('.html')) continue;
    const text = readFileSync(join(program.folder, file), 'utf8');
    const texts = file.endsWith('.jsonl') ? textsIn(text).join('\n') : text;
    yield { name: `resolve/${name}.txt`, text: program.run(['resolve', '--json', '-'], texts) };
  }
  yield* explained(program);
}

function* explained(program: Program): Iterable<Item> {
  const texts = textsIn(readFileSync(join(program.folder, 'config/sample/posts.jsonl'), 'utf8'));
  const circumstances = ['--summoned', '--bot', '--repost', '--opted-in', '--opted-out', '--visibility=direct'];
  for (const [index, text] of texts.entries()) {
    for (const options of index === 0 ? [[], ...circumstances.map((option) => [option])] : [[]]) {
      const name = `explain/text-${index + 1}${options.join('')}.txt`;
      yield { name, text: program.run(['explain', '--text', '--json', ...options, text]) };
    }
  }
}

/** Of a file of posts or of cases: a text a line. */
function textsIn(jsonl: string): string[] {
  return jsonl
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const { text, args = [] } = JSON.parse(line) as { text?: unknown; args?: unknown[] };
      return [text, ...args].filter((value) => typeof value === 'string');
    })
    .map((text) => text.replaceAll('\n', ' '));
}
