import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Cursor, Page } from '../../../src/core/post.ts';
import { FileFeed } from '../../../src/platforms/file/config.ts';
import { driver } from '../../../src/platforms/file/driver.ts';
import { drain, textsOf } from '../../contract/feed.ts';
import { openTestContext } from '../../support/driver-context.ts';

const rotations = 200;
const oldFiles = 30;
const rotatingWriter = fileURLToPath(new URL('rotating-writer.ts', import.meta.url));
const nameShifter = fileURLToPath(new URL('name-shifter.ts', import.meta.url));
const lineOf = (line: number) => `${JSON.stringify({ id: `n${line}`, text: `n${line}` })}\n`;
const numbered = (count: number) => Array.from({ length: count }, (_, line) => `n${line}`);

/** `posts.jsonl`, empty, after a first poll. */
async function openFolder() {
  const context = await openTestContext();
  const path = join(context.folder, 'posts.jsonl');
  await writeFile(path, '');
  const feed = await driver.openFeed!(FileFeed.parse({ paths: ['posts.jsonl'] }), context);
  return {
    path,
    first: (await drain(feed)).at(-1)!.cursor,
    warnings: context.warnings,
    /** Polls again and again until `isOver`, and then once more. */
    async read(after: Cursor, isOver: (pages: readonly Page[]) => boolean): Promise<Page[]> {
      const pages: Page[] = [];
      for (let over = false; !over;) {
        over = isOver(pages);
        try {
          for await (const page of feed.pages(pages.at(-1)?.cursor ?? after, new AbortController().signal))
            pages.push(page);
        } catch (error) {
          // Between two names a file is missing for a moment.
          expect(String(error)).toMatch(/cannot be read: (ENOENT|the files beside it are renamed)/);
        }
      }
      expect(pages.flatMap(({ rejects }) => rejects)).toEqual([]);
      return pages;
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}

describe('rotated by another process while it is read', () => {
  test.each(['renamed', 'copied'])('%s: every line comes, and none is read as another', async (how) => {
    await using folder = await openFolder();
    const writer = spawn(process.execPath, [rotatingWriter, folder.path, how, String(rotations)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(writer, 'close');
    const count = text(writer.stdout);
    const texts = new Set(textsOf(await folder.read(folder.first, () => writer.exitCode !== null)));
    await closed;
    expect(Number(await count)).toBeGreaterThan(rotations * 6);
    expect(numbered(Number(await count)).filter((line) => !texts.has(line))).toEqual([]);
    expect(folder.warnings.filter((warning) => warning.includes('was replaced'))).toEqual([]);
  });

  test('old files that take other names all the time are read in their order, each once', async () => {
    await using folder = await openFolder();
    await appendFile(folder.path, lineOf(0));
    await rename(folder.path, `${folder.path}.${oldFiles}`);
    for (let file = 1; file <= oldFiles; file += 1) {
      const path = file === oldFiles ? folder.path : `${folder.path}.${oldFiles - file}`;
      await writeFile(path, lineOf(file));
      const written = Date.now() / 1000 + file;
      await utimes(path, written, written);
    }
    const shifter = spawn(process.execPath, [nameShifter, folder.path, String(oldFiles)], {
      stdio: 'inherit',
    });
    const closed = once(shifter, 'close');
    await using _ended = {
      async [Symbol.asyncDispose]() {
        shifter.kill('SIGKILL');
        await closed;
      },
    };
    const all = numbered(oldFiles + 1);
    const readAll = async (after: Cursor) => {
      let polls = 0;
      return await folder.read(after, (read) => textsOf(read).includes(all.at(-1)!) || (polls += 1) > 500);
    };
    const pages = await readAll(folder.first);
    expect(textsOf(pages)).toEqual(all);
    for (const [at, { cursor }] of pages.slice(0, -1).entries())
      expect(textsOf(await readAll(cursor))).toEqual(textsOf(pages.slice(at + 1)));
    expect(folder.warnings).toEqual([]);
  });
});
