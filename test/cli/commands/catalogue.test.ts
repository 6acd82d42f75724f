import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../../src/config/read.ts';
import { importList } from '../../../src/cli/commands/catalogue.ts';
import { openCatalogue } from '../../../src/cables/catalogue/catalogue.ts';
import { publishedId } from '../../../src/cables/ids/reference-id.ts';
import { command } from '../../support/command.ts';
import { serve } from '../../support/serve.ts';
import { tempDir } from '../../support/temp.ts';

const list = gzipSync('07ASTANA2244,8\n08ASTANA2244,11\n');
const sum = sha256(list);

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const sends =
  (body: Buffer | string, status = 200, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);

/** A place where a list may go, and a server that has one. */
async function place(answer: RequestListener = sends(list)) {
  const asked: string[] = [];
  const server = await serve((request, response) => {
    asked.push(request.headers['accept-encoding'] ?? '');
    answer(request, response);
  });
  const folder = await tempDir();
  const config = join(folder, 'pilcrow.yaml');
  await writeFile(
    config,
    `network: { allowPrivate: ["${server.allow}"] }\npublishers: [{ name: log, platform: log }]\nfeeds: []\n`,
  );
  const target = join(folder, 'catalogue');
  const shown: string[] = [];
  const bring = (source: string, checksum?: string, more: { url?: string; timeoutMs?: number } = {}) =>
    importList(readConfig({ config }), source, target, {
      ...more,
      ...(checksum === undefined ? {} : { sha256: checksum }),
      fetching: (name) => shown.push(name),
      progress: (text) => shown.push(text),
      signal: new AbortController().signal,
    });
  return {
    config,
    folder,
    target,
    bring,
    shown,
    asked,
    url: `${server.url}ids.csv.gz`,
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}

describe('a list from a URL', () => {
  test('is imported where its checksum is right, in either case', async () => {
    await using at = await place();
    expect(await at.bring(at.url, sum.toUpperCase())).toEqual({ imported: 2, rejects: [], sha256: sum });
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

  test('is none where the server says no', async () => {
    await using refusing = await place(sends(list, 404));
    await expect(refusing.bring(refusing.url, sum)).rejects.toThrow('ids.csv.gz: the server answered 404');
  });
});

test('a file may be held to a checksum too', async () => {
  await using at = await place();
  const file = join(at.folder, 'ids.csv.gz');
  await writeFile(file, list);
  expect(await at.bring(file, sum)).toMatchObject({ imported: 2 });
  await expect(at.bring(file, sha256(Buffer.from('x')))).rejects.toThrow(`${file}: not the expected list`);
});

describe('the public list, by its name', () => {
  const whole = Array.from({ length: 251_287 }, (_, at) => `08STATE${at + 1},8\n`).join('');

  test('is fetched from the address of a mirror, with what is done so far', async () => {
    const packed = gzipSync(whole);
    await using at = await place(sends(packed, 200, { 'content-length': String(packed.length) }));
    const url = `${at.url}?key=s3cret`;
    expect(await at.bring('cablemap', undefined, { url })).toEqual({
      imported: 251_287,
      rejects: [],
      sha256: sha256(packed),
    });
    expect(openCatalogue(at.target)?.size).toBe(251_287);
    const megabytes = (packed.length / 1e6).toFixed(1);
    expect(at.shown).toEqual(expect.arrayContaining([at.url, `${megabytes} of ${megabytes} MB`, '250,000 IDs']));
    expect(at.shown.join()).not.toContain('s3cret');
  });

  test('may be fewer IDs where its checksum is given', async () => {
    await using at = await place();
    await expect(at.bring('cablemap', undefined, { url: at.url })).rejects.toThrow(
      'ids.csv.gz: the list is incomplete: it has 2 reference IDs of 251287',
    );
    expect(await at.bring('cablemap', sum, { url: at.url })).toMatchObject({ imported: 2 });
  });

  test('has the same checksum where the server calls the file an encoding, and is unpacked once', async () => {
    await using at = await place(sends(list, 200, { 'content-encoding': 'x-gzip' }));
    expect(await at.bring('cablemap', sum, { url: at.url })).toMatchObject({ imported: 2, sha256: sum });
  });

  const half = list.subarray(0, list.length / 2);
  const cutOff =
    (headers: Record<string, string> = {}): RequestListener =>
    (_request, response) =>
      void response.writeHead(200, headers).write(half, () => response.destroy());
  test.each<[string, string, RequestListener, string?]>([
    ['says no', 'the server answered 404', sends('07ASTANA2244,8\n', 404)],
    ['is broken', 'the server answered 503', sends('', 503)],
    ['has nothing', 'no reference ID in it', sends('')],
    ['sends half of what it announced', 'ids.csv.gz: ', cutOff({ 'content-length': String(list.length) })],
    ['sends half a gzip', 'unexpected end of file', sends(half)],
    ['breaks off', 'ids.csv.gz: ', cutOff()],
    ['sends a page', 'a page of HTML, not a list of IDs', sends('\n<!DOCTYPE html><p id="x">\n07ASTANA2244,8\n')],
    ['sends a gzipped page', 'a page of HTML, not a list of IDs', sends(gzipSync(' <html>\n07ASTANA2244,8\n'))],
    ['sends another list', 'not the expected list: its SHA-256 is', sends(list), sha256(Buffer.from('x'))],
    ['never stops', 'larger than', sends(Buffer.alloc(65 * 1024 * 1024, '07ASTANA2244,8\n'))],
    ['is silent', 'took longer than 0.5 s', () => undefined],
    ['redirects for ever', 'more than 5 redirects', sends('', 302, { location: '/ids.csv.gz' })],
    ['redirects into the network', 'loopback', sends('', 302, { location: 'https://127.0.0.1:9/' })],
    ['redirects to http', 'http is not encrypted', sends('', 302, { location: 'http://127.0.0.1:9/' })],
  ])('changes nothing where the server %s', async (_what, message, answer, checksum) => {
    await using at = await place(answer);
    const old = join(at.folder, 'old.csv');
    await writeFile(old, '07ASTANA2244,8\n');
    await at.bring(old);
    const [before, files] = [await readFile(at.target), await readdir(at.folder)];
    const brought = at.bring('cablemap', checksum, {
      url: at.url,
      timeoutMs: message.includes('0.5 s') ? 500 : 60_000,
    });
    await expect(brought).rejects.toThrow(message);
    await expect(brought).rejects.toThrow('. Nothing has changed. Other ways: --url ADDRESS');
    expect([await readFile(at.target), await readdir(at.folder)]).toEqual([before, files]);
  });

  test('is not fetched over http without a checksum, unless from a network of one’s own', async () => {
    await using at = await place();
    await expect(at.bring('cablemap', undefined, { url: 'http://127.0.0.1:9/' })).rejects.toThrow(
      'http://127.0.0.1:9/: http is not encrypted, so anybody on the way could change it',
    );
    await expect(at.bring('cablemap', sum, { url: 'http://127.0.0.1:9/' })).rejects.toThrow('loopback');
    await expect(at.bring('ids.csv', sum, { url: at.url })).rejects.toThrow('pilcrow catalogue import cablemap --url');
    expect(at.asked).toEqual([]);
  });

  test('says where it is fetched from, and the checksum for other machines', async () => {
    await using at = await place();
    const options = ['--url', at.url, '--sha256', sum, '--config', at.config];
    const env = { PILCROW_DATA: at.folder };
    const { code, out, err } = await command(['catalogue', 'import', 'cablemap', ...options], { env });
    expect([code, err]).toEqual([0, `Fetching ${at.url}\n`]);
    expect(out).toMatch(new RegExp(`^2 reference IDs are in .*catalogue\\.bin\\..*\nSHA-256 of the list: ${sum}\n$`));
  });

  test('is fetched by nothing else: doctor, the first run and texts name the command', async () => {
    const connect = vi.spyOn(Socket.prototype, 'connect');
    const env = { PILCROW_DATA: await tempDir() };
    for (const args of [
      ['doctor'],
      ['resolve', '07ASTANA2244'],
      ['catalogue', 'stats'],
      ['once'],
      ['corpus', 'sources'],
    ]) {
      const { out, err } = await command(args, { env });
      if (['doctor', 'resolve', 'catalogue'].includes(args[0] ?? ''))
        expect(out + err).toContain('pilcrow catalogue import cablemap');
    }
    expect(connect).not.toHaveBeenCalled();
    connect.mockRestore();
  });

  test('has its address in one file', () => {
    const files = globSync('{src,workers,config,docs}/**/*.{ts,yaml,json,md}').concat('README.md');
    expect(files.filter((file) => readFileSync(file, 'utf8').includes('cable2month'))).toEqual([
      'src/cables/public-sources.ts',
    ]);
  });
});
