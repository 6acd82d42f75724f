import { once } from 'node:events';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createWriteStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { type Header, pack } from 'tar-stream';
import { describe, expect, test, vi } from 'vitest';
import { RowScanner } from '../../../../src/cables/corpus/formats/dump.ts';
import { defaultLimits } from '../../../../src/cables/corpus/sources/limits.ts';
import { RecordCutter } from '../../../../src/cables/corpus/sources/records.ts';
import { viewerHtml } from '../../parse/viewer-page.ts';
import { dumpRow, readAll, scratch } from '../reading.ts';
import { type ZipEntry, zipOf } from '../zip-archive.ts';

const goodPage = { name: '07ASTANA2299.html', content: viewerHtml() };
const megabyte = 1024 * 1024;

async function tarOf(
  entries: readonly (Partial<Header> & { name: string; content?: string | Uint8Array })[],
): Promise<Buffer> {
  const archive = pack();
  for (const { content = '', ...header } of entries) archive.entry(header, Buffer.from(content));
  archive.finalize();
  return buffer(Readable.from(archive));
}

describe('of a zip archive', () => {
  async function refusals(entry: ZipEntry): Promise<string[]> {
    using folder = scratch();
    const path = folder.write('x.zip', zipOf([goodPage, entry, { ...goodPage, name: 'last.html' }]));
    const { items, rejects } = await readAll(path);
    expect(items.map(({ source }) => source)).toEqual([`${path}!${goodPage.name}`, `${path}!last.html`]);
    return rejects.map(({ source, position, reason }) => `${source.slice(path.length)} ${position}: ${reason}`);
  }

  const content = viewerHtml();

  test.each([
    [
      'a name that leads out',
      { name: '../../etc/x.html', content },
      '!../../etc/x.html entry 2: its name leads out of the archive (..)',
    ],
    [
      'one that does so with backslashes',
      { name: 'a\\..\\x', content },
      '!a\\..\\x entry 2: its name leads out of the archive (..)',
    ],
    ['an absolute name', { name: '/etc/x.html', content }, '!/etc/x.html entry 2: its name is an absolute path'],
    ['a drive', { name: 'C:x.html', content }, '!C:x.html entry 2: its name is an absolute path'],
    ['a NUL in a name', { name: 'x\0.html', content }, '!x\\u{0}.html entry 2: its name has a NUL character'],
    ['a symbolic link', { name: 'x', content: '/etc/passwd', mode: 0o120777 }, '!x entry 2: a symbolic link'],
    ['an encrypted file', { name: 'x', content, flags: 1 }, '!x entry 2: encrypted'],
    [
      'a file larger than said',
      { name: 'x', content, size: 99 },
      '!x entry 2: it holds more than the 99 bytes that the archive says',
    ],
    [
      'a file smaller than said',
      { name: 'x', content, size: 9999 },
      `!x entry 2: it holds ${Buffer.byteLength(content)} bytes, not the 9999 that the archive says`,
    ],
    [
      'a damaged file',
      { name: 'x', content, checksum: 1 },
      '!x entry 2: its checksum is not the one that the archive says: it is damaged',
    ],
    ['an archive', { name: 'x', content: zipOf([goodPage]) }, '!x : an archive inside an archive: unpack it first'],
    [
      'a name that would paint the terminal',
      { name: '\x1b[31m\u202E', content: 'x' },
      '!\\u{1b}[31m\\u{202e} : of no known format: neither a cable nor a list of cables',
    ],
    ['an empty file', { name: 'x', content: '' }, '!x : empty'],
  ])('%s is refused by name, and the rest goes on', async (_, entry, refusal) => {
    expect(await refusals(entry)).toEqual([refusal]);
  });

  test('hidden files and folders are passed over without a word', async () => {
    expect(await refusals({ name: '__MACOSX/._x', content: 'x' })).toEqual([]);
    expect(await refusals({ name: 'folder/', content: '' })).toEqual([]);
  });

  test('a document larger than one may be is refused, and the rest goes on', async () => {
    using folder = scratch();
    const path = folder.write(
      'x.zip',
      zipOf([{ name: 'large.html', content: viewerHtml({ body: 'x'.repeat(9000) }) }, goodPage]),
    );
    const { items, rejects } = await readAll(path, { limits: { record: 9000 } });
    expect(items.map(({ source }) => source)).toEqual([`${path}!${goodPage.name}`]);
    expect(rejects).toEqual([
      { source: `${path}!large.html`, position: '', reason: 'a document of more than 9000 bytes' },
    ]);
  });

  test('a bomb is told by its ratio, and nothing of it is read any further', async () => {
    using folder = scratch();
    const bomb = { name: 'bomb.html', content: viewerHtml() + ' '.repeat(4 * megabyte) };
    const path = folder.write('x.zip', zipOf([goodPage, bomb, { ...goodPage, name: 'last.html' }]));
    const { items, rejects } = await readAll(path, { limits: { ratioFrom: megabyte } });
    expect(items.map(({ source }) => source)).toEqual([`${path}!${goodPage.name}`]);
    expect(rejects[0]).toEqual({
      source: `${path}!bomb.html`,
      position: 'entry 2',
      reason: 'the archive unpacks to more than 200 times its size, as a bomb does',
    });
  });

  test('one that holds more than one may, or too many entries, is read so far', async () => {
    using folder = scratch();
    const path = folder.write(
      'x.zip',
      zipOf(Array.from({ length: 9 }, (_, index) => ({ ...goodPage, name: `${index}` }))),
    );
    const total = await readAll(path, { limits: { unpacked: 3.5 * goodPage.content.length } });
    expect(total.items).toHaveLength(3);
    expect(total.rejects[0]).toMatchObject({
      position: 'entry 4',
      reason: expect.stringContaining('unpacks to more than'),
    });
    const many = await readAll(path, { limits: { entries: 4 } });
    expect(many.items).toHaveLength(4);
    expect(many.rejects).toEqual([
      { source: path, position: 'entry 5', reason: 'more than 4 entries: those from here on are left out' },
    ]);
  });

  test('any cut or flipped byte gives rejects, never an error or a wrong text', async () => {
    using folder = scratch();
    const whole = zipOf([goodPage, { ...goodPage, name: '2' }]);
    for (let at = 3; at < whole.length; at += 61) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8((flipped[at] ?? 0) ^ 0x55, at);
      for (const bytes of [whole.subarray(0, at), flipped]) {
        const { items } = await readAll(folder.write('x.zip', bytes));
        for (const item of items) expect(Buffer.from(item.bytes).toString()).toBe(goodPage.content);
      }
    }
  });
});

describe('of a tar archive', () => {
  test('all that is no plain file inside it is refused by name, and the rest goes on', async () => {
    using folder = scratch();
    const archive = await tarOf([
      { name: '../out.html', content: viewerHtml() },
      { name: '/abs.html', content: viewerHtml() },
      { name: 'link', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'hard', type: 'link', linkname: 'x' },
      { name: 'pipe', type: 'fifo' },
      { name: 'folder', type: 'directory' },
      { name: './._x', content: 'x' },
      { name: 'nested.gz', content: gzipSync('x') },
      { name: `./${goodPage.name}`, content: goodPage.content },
    ]);
    const path = folder.write('x.tar', archive);
    const { items, rejects } = await readAll(path);
    expect(items.map(({ source }) => source)).toEqual([`${path}!./${goodPage.name}`]);
    expect(
      rejects.map(({ source, position, reason }) => `${source.slice(path.length)} ${position}: ${reason}`),
    ).toEqual([
      '!../out.html entry 1: its name leads out of the archive (..)',
      '!/abs.html entry 2: its name is an absolute path',
      '!link entry 3: a symbolic link',
      '!hard entry 4: a hard link',
      '!pipe entry 5: neither a file nor a folder',
      '!nested.gz : an archive inside an archive: unpack it first',
    ]);
  });

  test.each([
    ['in the middle of a file', (size: number) => size - 6000],
    ['in a header', () => 100 + 512 * 2],
  ])('one that ends %s is read so far and told', async (_, end) => {
    using folder = scratch();
    const archive = await tarOf([
      { ...goodPage, name: '1' },
      { ...goodPage, name: '2' },
    ]);
    const path = folder.write('x.tar', archive.subarray(0, end(archive.length)));
    const { rejects } = await readAll(path);
    expect(rejects).toHaveLength(1);
    expect(rejects[0]?.reason).toMatch(/the rest of the archive is skipped$/);
  });

  test('what is read in part only does not hide what comes behind it', async () => {
    using folder = scratch();
    const entries = ['x', viewerHtml()].map((start, index) => ({
      name: `large-${index}`,
      content: start + 'x'.repeat(2 * megabyte),
    }));
    const path = folder.write('x.tgz', gzipSync(await tarOf([...entries, goodPage])));
    const { items, rejects } = await readAll(path, { limits: { record: megabyte, ratio: 9999 } });
    expect(items.map(({ source }) => source)).toEqual([`${path}!${goodPage.name}`]);
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'of no known format: neither a cable nor a list of cables',
      'a document of more than 1 MB',
    ]);
  });

  test('any cut or flipped byte of it gives rejects, never an error', async () => {
    using folder = scratch();
    const whole = gzipSync(await tarOf([goodPage, { ...goodPage, name: '2' }]));
    const plain = gunzipSync(whole);
    for (let at = 11; at < whole.length; at += 97) {
      await readAll(folder.write('x.tgz', whole.subarray(0, at)));
      const flipped = Buffer.from(plain);
      flipped.writeUInt8((flipped[at] ?? 0) ^ 0x55, at);
      await readAll(folder.write('x.tar', flipped));
    }
  });

  test('a bomb is told by its ratio', async () => {
    using folder = scratch();
    const path = folder.write(
      'x.tgz',
      gzipSync(await tarOf([goodPage, { name: 'b', content: viewerHtml() + ' '.repeat(4 * megabyte) }])),
    );
    const { items, rejects } = await readAll(path, { limits: { ratioFrom: megabyte } });
    expect(items).toHaveLength(1);
    expect(rejects).toMatchObject([
      { source: `${path}!b`, position: 'entry 2', reason: expect.stringContaining('as a bomb does') },
    ]);
  });
});

describe('of a dump', () => {
  test('in gzip that is cut short the whole rows are kept', async () => {
    using folder = scratch();
    const rows = Array.from({ length: 200 }, (_, index) => dumpRow({ number: index, header: String(Math.sin(index)) }));
    const packed = gzipSync(rows.join(''));
    const path = folder.write('x.csv.gz', packed.subarray(0, packed.length - 400));
    const { items, rejects } = await readAll(path);
    expect(rejects).toEqual([{ source: path, position: '', reason: 'unexpected end of file' }]);
    const read = items.map(({ bytes }) => Buffer.from(bytes).toString()).join('');
    expect(read.length).toBeGreaterThan(1000);
    expect(rows.join('').startsWith(read)).toBe(true);
    expect(read.endsWith('"\n')).toBe(true);
  });

  test('in UTF-16 it is named', async () => {
    using folder = scratch();
    const { rejects } = await readAll(folder.write('x.csv', Buffer.from(`\uFEFF${dumpRow()}`, 'utf16le')));
    expect(rejects[0]?.reason).toBe('UTF-16 text, not UTF-8: convert it first');
  });

  test('a field without end is refused with its place, kept only up to the limit, and the next row is read', () => {
    const cutter = new RecordCutter(new RowScanner(), { ...defaultLimits, record: 4 * megabyte });
    const [first, last] = [dumpRow({ number: 1 }), dumpRow({ number: 3 })];
    const unended = Buffer.from(dumpRow({ number: 2 }).slice(0, -2));
    const filler = Buffer.alloc(megabyte, 'he said\nand \\"so\\" on');
    using room = vi.spyOn(Buffer, 'allocUnsafeSlow');
    const batches = [...cutter.add(Buffer.from(first)), ...cutter.add(unended)];
    for (let count = 0; count < 128; count += 1) batches.push(...cutter.add(filler));
    // All that it keeps lies in the room that it asked for last, which holds a row that is too long and what follows at once.
    expect(Math.max(...room.mock.calls.map(([bytes]) => bytes))).toBeLessThanOrEqual(16 * megabyte);
    batches.push(...cutter.add(Buffer.from(`"\n${last}`)), ...cutter.end());
    expect(batches).toMatchObject([
      { firstRow: 1, offset: 0 },
      { damage: 'longer than 4 MB', row: 2, offset: Buffer.byteLength(first) },
      { firstRow: 3 },
    ]);
  });

  test('as a quotation that never ends in a file is refused, and its memory is bounded', async () => {
    using folder = scratch();
    const path = folder.path('x.csv');
    const out = createWriteStream(path);
    out.write(dumpRow());
    out.write('"2","8/21/2007 14:32","07ASTANA2300","');
    for (let count = 0; count < 24; count += 1)
      if (!out.write(Buffer.alloc(megabyte, 'word and word '))) await once(out, 'drain');
    out.end();
    await once(out, 'close');
    const { items, rejects } = await readAll(path, { limits: { record: 2 * megabyte } });
    expect(items).toHaveLength(1);
    expect(rejects).toEqual([
      { source: path, position: `row 2, byte ${Buffer.byteLength(dumpRow())}`, reason: 'longer than 2 MB' },
    ]);
  });
});

test.each([
  ['377abcaf271c0004', 'a 7z archive: unpack it first'],
  ['fd377a585a000004', 'a xz file: unpack it first'],
])('what is packed in another way (%s) is named', async (start, reason) => {
  using folder = scratch();
  const { rejects } = await readAll(folder.write('x', Buffer.from(start, 'hex')));
  expect(rejects).toMatchObject([{ reason }]);
});
