import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open as openFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { deletedKey } from '../../../src/core/post.ts';
import { driver } from '../../../src/platforms/log/driver.ts';
import type { ChoosePurged, RecordedReply } from '../../../src/platforms/platform.ts';
import { newPayload } from '../../contract/publisher.ts';
import { openTestContext, type TestContext } from '../../support/driver-context.ts';
import { wait } from '../../support/wait.ts';

const signal = new AbortController().signal;
const everything: ChoosePurged = (replies) => Promise.resolve(new Set(replies.map(({ key }) => key)));
const open = (context: TestContext) => driver.openPublisher!({ path: 'replies.jsonl' }, context);
const fileOf = (context: TestContext) => join(context.folder, 'replies.jsonl');
const textOf = (context: TestContext) => readFile(fileOf(context), 'utf8');

/** A reply whose every field names its author. */
function markedPayload(name: string) {
  const key = `file:mark-${name}`;
  const replyTo = { key, platform: 'file', id: name, url: 'https://site.example/mark', author: 'mark', thread: 'mark' };
  return newPayload({ key, text: `mark ${name}`, replyTo: { ...replyTo, visibility: 'direct' } });
}

test('a purge leaves no word, name or key of a reply, which is still not given twice after a restart', async () => {
  await using context = await openTestContext();
  const [kept, gone, withdrawn] = [newPayload(), markedPayload('1'), markedPayload('2')];
  const seen: RecordedReply[] = [];
  const marked: ChoosePurged = (replies) => {
    seen.push(...replies);
    return everything(replies.filter(({ post }) => post.includes('mark')));
  };
  {
    await using publisher = await open(context);
    for (const payload of [kept, gone, withdrawn]) await publisher.publish(payload, signal);
    await publisher.withdraw({ id: withdrawn.key, url: null }, signal);
    const before = await stat(fileOf(context));
    await publisher.purge!(marked, signal);
    const after = await stat(fileOf(context));
    expect(after.ino).toBe(before.ino);
    expect(after.size).toBeGreaterThan(before.size);
    await publisher.purge!(marked, signal);
    expect((await stat(fileOf(context))).size).toBe(after.size);
  }
  expect(seen).toContainEqual({ key: gone.key, post: gone.key, limited: true, at: expect.any(Number) as number });
  const text = await textOf(context);
  expect(text).not.toContain('mark');
  expect(text).toContain(kept.text);
  for (const line of text.split('\n').filter(Boolean)) expect(() => JSON.parse(line) as unknown).not.toThrow();
  await using publisher = await open(context);
  for (const payload of [kept, gone]) expect(await publisher.find(payload, signal)).toBeTypeOf('object');
  await publisher.publish(gone, signal);
  expect(await textOf(context)).toBe(text);
  await publisher.withdraw({ id: deletedKey(gone.key), url: null }, signal);
  expect(await publisher.find(gone, signal)).toBe('absent');
});

test('a kill at a byte of an overwritten line is recognized, finished, and forgets no reply', async () => {
  await using context = await openTestContext();
  const payload = markedPayload('1');
  {
    await using publisher = await open(context);
    await publisher.publish(payload, signal);
  }
  const line = (await textOf(context)).trimEnd();
  const blank = '{}'.padEnd(line.length);
  const remembered = JSON.stringify({ erased: deletedKey(payload.key), at: '2026-11-23T12:00:00.000Z' });
  // Every place near both ends, and some between them.
  const places = Array.from({ length: line.length + 1 }, (_, index) => index);
  for (const written of places.filter((place) => place < 4 || place > line.length - 4 || place % 29 === 0)) {
    const torn = [blank.slice(0, written) + line.slice(written), line.slice(0, written) + blank.slice(written)];
    for (const text of torn) {
      await writeFile(fileOf(context), `${text}\n${remembered}\n`);
      await using publisher = await open(context);
      await publisher.purge!(everything, signal);
      expect(await textOf(context), text).not.toContain('mark');
      expect(await publisher.find(payload, signal)).toBeTypeOf('object');
    }
  }
});

test('a line is remembered before it is overwritten: where that fails, it stays', async () => {
  await using context = await openTestContext();
  await using publisher = await open(context);
  await publisher.publish(markedPayload('1'), signal);
  const text = await textOf(context);
  await using probe = await openFile(fileOf(context));
  const handles: FileHandle = Object.getPrototypeOf(probe);
  {
    // The operating system is what fails here, which no real disk does on command.
    using _append = vi.spyOn(handles, 'appendFile').mockRejectedValue(new Error('ENOSPC: no space'));
    await expect(publisher.purge!(everything, signal)).rejects.toThrow('ENOSPC');
  }
  expect(await textOf(context)).toBe(text);
});

test('purges beside another process that appends, a reader that follows, and kills lose no reply', async () => {
  await using context = await openTestContext();
  await writeFile(fileOf(context), '');
  const reader = spawn('tail', ['-n', '+1', '-F', fileOf(context)], { stdio: ['ignore', 'pipe', 'ignore'] });
  let followed = '';
  reader.stdout.on('data', (chunk: Buffer) => (followed += chunk.toString()));
  const confirmed: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const script = fileURLToPath(new URL('writer.ts', import.meta.url));
    const child = spawn(process.execPath, [script, context.folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FIRST: `${round * 1e6}` },
    });
    let words = '';
    child.stdout.on('data', (chunk: Buffer) => (words += chunk.toString()));
    const isOver = once(child, 'close');
    await using purger = await open(context);
    for (let purges = 0; words.split('\n').length < 60 || purges < 3; purges += 1)
      await purger.purge!(everything, signal);
    child.kill('SIGKILL');
    await isOver;
    confirmed.push(...words.split('\n').slice(0, -1));
  }
  const last = confirmed.at(-1) ?? '';
  await vi.waitUntil(() => followed.includes(`"key":"${last}"`) || followed.includes(deletedKey(last)), wait);
  reader.kill();
  expect(new Set(confirmed).size).toBe(confirmed.length);
  await using publisher = await open(context);
  await publisher.purge!(everything, signal);
  for (const key of confirmed) {
    expect(await publisher.find(newPayload({ key }), signal), key).toBeTypeOf('object');
    expect(followed.includes(`"key":"${key}"`) || followed.includes(deletedKey(key)), key).toBe(true);
  }
  expect(await textOf(context)).not.toMatch(/"key":"w\d/);
});
