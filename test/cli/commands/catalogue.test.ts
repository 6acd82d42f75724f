import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/config/read.ts';
import { importList } from '../../../src/cli/commands/catalogue.ts';
import { openCatalogue } from '../../../src/cables/catalogue/catalogue.ts';
import { publishedId } from '../../../src/cables/ids/reference-id.ts';
import { serve } from '../../support/serve.ts';
import { tempDir } from '../../support/temp.ts';

const list = gzipSync('07ASTANA2244,8\n08ASTANA2244,11\n');
const sum = sha256(list);

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A place where a list may go, and a server that has one. */
async function place(body: Buffer = list, status = 200) {
  const asked: string[] = [];
  const server = await serve((request, response) => {
    asked.push(request.headers['accept-encoding'] ?? '');
    response.writeHead(status, { 'content-type': 'application/gzip' }).end(body);
  });
  const folder = await tempDir();
  const config = join(folder, 'pilcrow.yaml');
  await writeFile(
    config,
    `network: { allowPrivate: ["${server.allow}"] }\npublishers: [{ name: log, platform: log }]\nfeeds: []\n`,
  );
  const target = join(folder, 'catalogue');
  const bring = (source: string, sha?: string) =>
    importList(readConfig({ config }), source, target, {
      sha256: sha,
      progress: () => undefined,
      signal: new AbortController().signal,
    });
  return {
    folder,
    target,
    bring,
    asked,
    url: `${server.url}ids.csv.gz`,
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}

describe('a list from a URL', () => {
  test('is imported where its checksum is right, in either case', async () => {
    await using at = await place();
    expect(await at.bring(at.url, sum.toUpperCase())).toEqual({ imported: 2, rejects: [] });
    expect(openCatalogue(at.target)?.month(publishedId('08ASTANA2244'))).toBe(11);
    expect(at.asked).toEqual(['identity']);
  });

  test('is refused with another checksum, and the old list stays', async () => {
    await using at = await place();
    await at.bring(at.url, sum);
    const before = await readFile(at.target);
    const wrong = sha256(Buffer.from('another list'));
    await expect(at.bring(at.url, wrong)).rejects.toThrow(`its SHA-256 is ${sum}, not ${wrong}`);
    expect(await readFile(at.target)).toEqual(before);
  });

  test('is not asked for without a checksum, with half of one, or by another scheme', async () => {
    await using at = await place();
    await expect(at.bring(at.url)).rejects.toThrow('only by its checksum: --sha256 HEX');
    await expect(at.bring(at.url, sum.slice(1))).rejects.toThrow('64 hexadecimal digits');
    await expect(at.bring('ftp://127.0.0.1/ids.csv', sum)).rejects.toThrow('only http and https');
    await expect(at.bring('http://127.0.0.1:9/ids.csv', sum)).rejects.toThrow('127.0.0.1 is loopback');
    expect(at.asked).toEqual([]);
  });

  test('is none where the server says no, or answers without end', async () => {
    await using refusing = await place(list, 404);
    await expect(refusing.bring(refusing.url, sum)).rejects.toThrow('ids.csv.gz: the server answered 404');
    await using endless = await place(Buffer.alloc(65 * 1024 * 1024));
    await expect(endless.bring(endless.url, sum)).rejects.toThrow(/larger than|too large|more than/);
    expect(openCatalogue(endless.target)).toBeUndefined();
  });
});

test('a file may be held to a checksum too', async () => {
  await using at = await place();
  const file = join(at.folder, 'ids.csv.gz');
  await writeFile(file, list);
  expect(await at.bring(file, sum)).toMatchObject({ imported: 2 });
  await expect(at.bring(file, sha256(Buffer.from('x')))).rejects.toThrow(`${file}: not the expected list`);
});
