import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  type FileHandle,
  appendFile,
  chmod,
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { PermanentError, RetryLater, messageOf } from '../../../src/core/errors.ts';
import type { Payload } from '../../../src/core/reply.ts';
import { driver } from '../../../src/platforms/log/driver.ts';
import { newPayload, publisherContract } from '../../contract/publisher.ts';
import { type TestContext, openTestContext } from '../../support/driver-context.ts';

const signal = new AbortController().signal;
const Line = z.object({ key: z.string().optional(), withdrawn: z.string().optional(), text: z.string().optional() });

publisherContract('log', async () => {
  const context = await openTestContext();
  return {
    open: () => openLog(context),
    check: () => driver.checkPublisher!({ path: 'replies.jsonl' }, context),
    copies: async (payload) => copiesIn(await readLines(context), payload),
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
});

async function openLog(context: TestContext, path = 'replies.jsonl') {
  return await driver.openPublisher!({ path }, context);
}

async function readLines(context: TestContext, path = 'replies.jsonl') {
  const text = existsSync(join(context.folder, path)) ? await readFile(join(context.folder, path), 'utf8') : '';
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => Line.parse(JSON.parse(line)));
}

function copiesIn(lines: readonly z.infer<typeof Line>[], { key, text }: Payload): number {
  return lines.reduce(
    (copies, line) => (line.withdrawn === key ? 0 : copies + Number(line.key === key && line.text === text)),
    0,
  );
}

test('a line says what was answered, to whom and when', async () => {
  await using context = await openTestContext();
  await using publisher = await openLog(context, 'deep/in/folders/log.jsonl');
  const payload = newPayload();
  await publisher.publish(payload, signal);
  const line: unknown = JSON.parse(await readFile(join(context.folder, 'deep/in/folders/log.jsonl'), 'utf8'));
  expect(line).toMatchObject({ key: payload.key, text: payload.text, language: 'en', replyTo: payload.replyTo });
  expect(line).toHaveProperty('at', expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/));
});

test('on a shared ledger nothing is repeated, and a reply that this log does not show is uncertain', async () => {
  await using context = await openTestContext();
  await using publisher = await openLog({ ...context, shared: true });
  const [known, unknown] = [newPayload(), newPayload()];
  await publisher.publish(known, signal);
  expect(publisher.repeat).toBe('doubles');
  expect(await publisher.find(known, signal)).toMatchObject({ id: known.key });
  expect(await publisher.find(unknown, signal)).toBe('cannot-tell');
});

describe('what a crash leaves', () => {
  test.each([
    ['half a line', '{"key":"reply:torn","at":"2026-'],
    ['a whole line but for its newline', '{"key":"reply:torn","text":"x"}'],
    ['zeros, as some file systems do', '\0'.repeat(5000)],
  ])('%s is not found; the first reply cuts it off and reports it', async (_what, torn) => {
    await using context = await openTestContext();
    const payload = newPayload();
    {
      await using publisher = await openLog(context);
      await publisher.publish(payload, signal);
    }
    await appendFile(join(context.folder, 'replies.jsonl'), torn);
    await using publisher = await openLog(context);
    expect(await publisher.find(newPayload({ key: 'reply:torn' }), signal)).toBe('absent');
    expect(await publisher.find(payload, signal)).toEqual({ id: payload.key, url: null });
    expect(context.warnings).toEqual([]);
    await publisher.publish(newPayload({ key: 'reply:next' }), signal);
    expect(context.warnings).toEqual([expect.stringContaining(`cut a torn last line (${torn.length} bytes)`)]);
    expect((await readLines(context)).map(({ key }) => key)).toEqual([payload.key, 'reply:next']);
  });

  test('a log with nothing but a torn line begins anew', async () => {
    await using context = await openTestContext();
    await writeFile(join(context.folder, 'replies.jsonl'), '{"key":"rep');
    await using publisher = await openLog(context);
    expect(await publisher.find(newPayload({ key: 'rep' }), signal)).toBe('absent');
    await publisher.publish(newPayload({ key: 'reply:first' }), signal);
    expect((await readLines(context)).map(({ key }) => key)).toEqual(['reply:first']);
  });

  test('after kill -9 in mid-flight every confirmed reply is in the file once, and repeats add none', async () => {
    await using context = await openTestContext();
    const child = spawnWriter(context.folder);
    let confirmed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      confirmed += chunk.toString();
      if (confirmed.length > 3000) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const keys = confirmed.split('\n').slice(0, -1);
    expect(keys.length).toBeGreaterThan(100);
    await using publisher = await openLog(context);
    const payloads = keys.map((key) => newPayload({ key, text: key }));
    // Before the repeats, which would write what is missing.
    const found = await Promise.all(payloads.map((payload) => publisher.find(payload, signal)));
    expect(keys.filter((_key, index) => found[index] === 'absent')).toEqual([]);
    await Promise.all(payloads.map((payload) => publisher.publish(payload, signal)));
    const lines = await readLines(context);
    expect(payloads.filter((payload) => copiesIn(lines, payload) !== 1)).toEqual([]);
  });
});

describe('a disk that takes no more', () => {
  test('the line is taken back and the reply is due later; once there is room all goes on', async () => {
    await using context = await openTestContext();
    // RLIMIT_FSIZE of 8 blocks acts as a full disk, without a mount.
    const child = spawnWriter(context.folder, { blocks: 8 });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(child, 'close');
    const words = output.split('\n').filter(Boolean);
    expect(words.at(-1)).toBe('RetryLater');
    const lines = await readLines(context);
    expect(lines.map(({ key }) => key)).toEqual(words.slice(0, -1));
    await using publisher = await openLog(context);
    expect(context.warnings).toEqual([]);
    await publisher.publish(newPayload(), signal);
    expect(await readLines(context)).toHaveLength(lines.length + 1);
  });

  test('a line that cannot be taken back is of unknown outcome, until it can', async () => {
    await using context = await openTestContext();
    await using publisher = await openLog(context);
    await publisher.publish(newPayload(), signal);
    const payload = newPayload();
    {
      // The operating system is what fails here, which no real disk does on command.
      await using probe = await open(join(context.folder, 'replies.jsonl'));
      const handles: FileHandle = Object.getPrototypeOf(probe);
      using write = vi.spyOn(handles, 'datasync').mockRejectedValue(new Error('EIO: i/o error'));
      const error = await publisher.publish(payload, signal).catch((reason: unknown) => reason);
      expect(error).not.toBeInstanceOf(RetryLater);
      expect(messageOf(error)).toContain('could not be taken back');
      await expect(publisher.publish(newPayload(), signal)).rejects.toThrow(RetryLater);
      await expect(publisher.find(payload, signal)).rejects.toThrow('EIO');
      expect(write).toHaveBeenCalled();
    }
    expect(await publisher.find(payload, signal)).toBe('absent');
    await publisher.publish(payload, signal);
    expect(copiesIn(await readLines(context), payload)).toBe(1);
  });

  test('what is no regular file is refused', async () => {
    await using context = await openTestContext();
    await expect(openLog(context, '/dev/full')).rejects.toThrow('not a regular file');
  });
});

/** A process that publishes w0, w1, ... and prints each key once it is confirmed, or the error that ends it. */
function spawnWriter(folder: string, { path = 'replies.jsonl', blocks }: { path?: string; blocks?: number } = {}) {
  const script = fileURLToPath(new URL('writer.ts', import.meta.url));
  const limit = blocks === undefined ? '' : `trap '' XFSZ; ulimit -f ${blocks}; `;
  const command = `${limit}exec "$0" "$@"`;
  return spawn('bash', ['-c', command, process.execPath, script, folder, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('beside a running bot', () => {
  test('opening, looking and closing creates nothing', async () => {
    await using context = await openTestContext();
    {
      await using publisher = await openLog(context, 'deep/replies.jsonl');
      expect(await publisher.find(newPayload(), signal)).toBe('absent');
    }
    expect(await readdir(context.folder)).toEqual([]);
  });

  test('opening, looking and closing leaves the line that it is writing', async () => {
    await using context = await openTestContext();
    const path = join(context.folder, 'replies.jsonl');
    await writeFile(path, '{"key":"reply:a"}\n{"key":"rep');
    {
      await using publisher = await openLog(context);
      expect(await publisher.find(newPayload({ key: 'reply:b' }), signal)).toBe('absent');
      expect(await driver.checkPublisher!({ path: 'replies.jsonl' }, context)).toBeUndefined();
    }
    expect(await readFile(path, 'utf8')).toBe('{"key":"reply:a"}\n{"key":"rep');
  });

  test('a line that was torn at the start and is whole at the first reply stays', async () => {
    await using context = await openTestContext();
    const path = join(context.folder, 'replies.jsonl');
    await writeFile(path, '{"key":"reply:a"}\n{"key":"rep');
    await using publisher = await openLog(context);
    await appendFile(path, 'ly:b"}\n');
    await publisher.publish(newPayload({ key: 'reply:c' }), signal);
    expect((await readLines(context)).map(({ key }) => key)).toEqual(['reply:a', 'reply:b', 'reply:c']);
    expect(context.warnings).toEqual([expect.stringContaining('something else writes to')]);
  });
});

describe('a check', () => {
  const check = (context: TestContext, path: string) => driver.checkPublisher!({ path }, context);

  test('finds nothing in the way of a log whose folders are still to be made, and makes none', async () => {
    await using context = await openTestContext();
    expect(await check(context, 'deep/in/replies.jsonl')).toBeUndefined();
    expect(await readdir(context.folder)).toEqual([]);
  });

  test('says what is in the way', async () => {
    await using context = await openTestContext();
    await mkdir(join(context.folder, 'folder'));
    await writeFile(join(context.folder, 'letter.txt'), 'Dear Ada');
    expect(await check(context, 'folder')).toMatch(/folder cannot be written: it is a folder: name a file/);
    expect(await check(context, 'letter.txt')).toMatch(/letter\.txt is not a log of replies/);
    expect(await check(context, 'letter.txt/replies.jsonl')).toMatch(/cannot be written: /);
    expect(await check(context, '/dev/full')).toMatch(/not a regular file/);
  });

  test('says that folder or file may not be written', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may write to every file');
    await using context = await openTestContext();
    const path = join(context.folder, 'replies.jsonl');
    await writeFile(path, '', { mode: 0o444 });
    expect(await check(context, 'replies.jsonl')).toMatch(/cannot be written: EACCES/);
    await chmod(context.folder, 0o555);
    expect(await check(context, 'other.jsonl')).toMatch(/cannot be written: EACCES/);
    await chmod(context.folder, 0o755);
  });
});

test('a file that is no log of replies is not touched', async () => {
  await using context = await openTestContext();
  const path = join(context.folder, 'letter.txt');
  await writeFile(path, 'Dear Ada,\nno newline at the end');
  await expect(openLog(context, 'letter.txt')).rejects.toThrow(PermanentError);
  expect(await readFile(path, 'utf8')).toBe('Dear Ada,\nno newline at the end');
});

test('a log that is moved away is begun again under its name', async () => {
  await using context = await openTestContext();
  await using publisher = await openLog(context);
  await publisher.publish(newPayload(), signal);
  await rename(join(context.folder, 'replies.jsonl'), join(context.folder, 'replies.jsonl.1'));
  const payload = newPayload();
  await publisher.publish(payload, signal);
  expect((await readLines(context)).map(({ key }) => key)).toEqual([payload.key]);
  expect(await publisher.find(payload, signal)).toBeTypeOf('object');
});

test('what another process adds, even without a newline, is reported and spoils no reply', async () => {
  await using context = await openTestContext();
  await using publisher = await openLog(context);
  await publisher.publish(newPayload(), signal);
  await appendFile(join(context.folder, 'replies.jsonl'), '{"note":"by hand"}');
  const payload = newPayload();
  await publisher.publish(payload, signal);
  expect(await readLines(context)).toHaveLength(3);
  expect(await publisher.find(payload, signal)).toBeTypeOf('object');
  expect(context.warnings).toEqual([expect.stringContaining('something else writes to')]);
});

test('after a restart a reply is found whatever the texts hold, and a withdrawn one is not', async () => {
  await using context = await openTestContext();
  const texts = ['short', 'x'.repeat(1_000_000), 'a\u2028b\r\nc\u0085d', '{"withdrawn":"reply"}'];
  const payloads = texts.map((text) => newPayload({ text }));
  const withdrawn = newPayload();
  {
    await using publisher = await openLog(context);
    for (const payload of [withdrawn, ...payloads]) await publisher.publish(payload, signal);
    await publisher.withdraw({ id: withdrawn.key, url: null }, signal);
  }
  await using publisher = await openLog(context);
  for (const payload of payloads) expect(await publisher.find(payload, signal)).toBeTypeOf('object');
  expect(await publisher.find(withdrawn, signal)).toBe('absent');
});
