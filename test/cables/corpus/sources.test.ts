import { mkdirSync, symlinkSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readItem } from '../../../src/cables/corpus/formats/index.ts';
import { sizeOf, type SourceOptions } from '../../../src/cables/corpus/sources.ts';
import { viewerHtml } from '../parse/viewer-page.ts';
import { dumpRow, readAll, scratch } from './reading.ts';
import { zipOf } from './zip-archive.ts';

const pages = ['07ASTANA2299', '07ASTANA2300', '07ASTANA2301'].map((id) => ({
  name: `pages/${id}.html`,
  content: viewerHtml({ id }),
}));
const dump = Array.from({ length: 40 }, (_, index) => dumpRow({ number: index, id: `07ASTANA${index + 1}` }));
const limits = { batch: 3000 };

async function tarOf(entries: readonly { name: string; content: string | Uint8Array }[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content } of entries) archive.entry({ name }, Buffer.from(content));
  archive.finalize();
  return buffer(Readable.from(archive));
}

function idsIn({ items }: Awaited<ReturnType<typeof readAll>>): string[] {
  return items.flatMap((item) => readItem(item).cables.map(({ cable }) => cable.referenceId));
}

describe('a source', () => {
  test('may be one page, told by its content whatever it is called', async () => {
    using folder = scratch();
    const path = folder.write('page.bin', viewerHtml());
    const { items, rejects } = await readAll(path);
    expect(rejects).toEqual([]);
    expect(items).toMatchObject([{ source: path, format: 'viewer', sequence: 0, offset: 0, firstRow: 0 }]);
    expect(items[0]?.consumed).toBe(await sizeOf(path));
  });

  test('may be a folder: its files in the order of their names, links and hidden files left alone', async () => {
    using folder = scratch();
    mkdirSync(folder.path('b'));
    mkdirSync(folder.path('.git'));
    folder.write('c.html', viewerHtml({ id: '07ASTANA3' }));
    folder.write('b/z.html', viewerHtml({ id: '07ASTANA2' }));
    folder.write('B.html', viewerHtml({ id: '07ASTANA1' }));
    folder.write('.git/x.html', viewerHtml());
    folder.write('.DS_Store', 'x');
    symlinkSync(folder.path('.'), folder.path('b/circle'));
    symlinkSync(folder.path('c.html'), folder.path('a-link.html'));
    folder.write('notes.txt', 'Dear reader,');
    const read = await readAll(folder.path(''));
    expect(idsIn(read)).toEqual(['07ASTANA1', '07ASTANA2', '07ASTANA3']);
    expect(read.rejects).toEqual([
      {
        source: folder.path('notes.txt'),
        position: '',
        reason: 'of no known format: neither a cable nor a list of cables',
      },
    ]);
    expect(read.items.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    expect(read.items.at(-1)?.consumed).toBeLessThanOrEqual(await sizeOf(folder.path('')));
  });

  test.each([
    ['zip', () => Promise.resolve(zipOf(pages))],
    ['tar', () => tarOf(pages)],
    ['tar.gz', async () => gzipSync(await tarOf(pages))],
  ])('may be a %s archive, whatever it is called', async (_, write) => {
    using folder = scratch();
    const path = folder.write('archive', await write());
    const read = await readAll(path);
    expect(read.rejects).toEqual([]);
    expect(idsIn(read)).toEqual(['07ASTANA2299', '07ASTANA2300', '07ASTANA2301']);
    expect(read.items[1]?.source).toBe(`${path}!pages/07ASTANA2300.html`);
    expect(read.items.at(-1)?.consumed).toBeLessThanOrEqual(await sizeOf(path));
  });

  test.each([
    ['plain', (text: string) => text],
    ['in gzip', (text: string) => gzipSync(text)],
    [
      'in two members of gzip',
      (text: string) => Buffer.concat([gzipSync(text.slice(0, 999)), gzipSync(text.slice(999))]),
    ],
    ['in a zip archive', (text: string) => zipOf([{ name: 'cables.csv', content: text }])],
  ])('may be a dump, %s: its rows come in batches', async (_, write) => {
    using folder = scratch();
    const path = folder.write('cables', write(dump.join('')));
    const read = await readAll(path, { limits });
    expect(read.rejects).toEqual([]);
    expect(read.items.length).toBeGreaterThan(5);
    expect(idsIn(read)).toEqual(dump.map((_row, index) => `07ASTANA${index + 1}`));
    expect(read.items.map(({ bytes }) => Buffer.from(bytes).toString()).join('')).toBe(dump.join(''));
  });

  test('may be lines of JSON, in batches too', async () => {
    using folder = scratch();
    const lines = Array.from({ length: 30 }, (_, index) =>
      JSON.stringify({ identifier: `07ASTANA${index + 1}`, body: 'UNCLAS\n1. (U) X.', subject: 'x'.repeat(200) }),
    );
    const read = await readAll(folder.write('x.jsonl', lines.join('\n')), { limits });
    expect(idsIn(read)).toEqual(lines.map((_line, index) => `07ASTANA${index + 1}`));
    expect(read.items.length).toBeGreaterThan(1);
  });

  test('is read as the format that is named, if one is', async () => {
    using folder = scratch();
    const path = folder.write('x', 'junk\n"x"\n');
    const { items, rejects } = await readAll(path, { format: 'dump' });
    expect(items).toEqual([]);
    expect(rejects).toEqual([
      { source: path, position: 'row 1, byte 0', reason: 'field 1 does not begin with a quotation mark' },
    ]);
  });

  test('that is not there, or nothing that can be read, is a reject; its size is an error', async () => {
    using folder = scratch();
    const { rejects } = await readAll(folder.path('nothing'));
    expect(rejects).toMatchObject([{ source: folder.path('nothing'), reason: expect.stringContaining('ENOENT') }]);
    await expect(sizeOf(folder.path('nothing'))).rejects.toThrow('ENOENT');
    const { rejects: device } = await readAll('/dev/null');
    expect(device).toEqual([{ source: '/dev/null', position: '', reason: 'neither a file nor a folder' }]);
  });

  test('gives memory that is each item’s own', async () => {
    using folder = scratch();
    const { items } = await readAll(folder.write('cables', dump.join('')), { limits });
    for (const { bytes } of items) {
      expect(bytes.byteLength).toBe(bytes.buffer.byteLength);
      structuredClone(bytes, { transfer: [bytes.buffer] });
    }
    expect(items.every(({ bytes }) => bytes.byteLength === 0)).toBe(true);
  });

  test('is let go of when asked, with the reason', async () => {
    using folder = scratch();
    const path = folder.write('cables', dump.join(''));
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(readAll(path, { signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('reading on', () => {
  const junk = `junk\n"9","\n${dump[0]}`;
  const damaged = [...dump.slice(0, 20), junk, ...dump.slice(20)].join('');

  test.each([
    ['a dump', () => Promise.resolve(damaged)],
    ['a dump in gzip', () => Promise.resolve(gzipSync(damaged))],
    [
      'a zip archive',
      () => Promise.resolve(zipOf([...pages, { name: 'x', content: 'x' }, { name: 'd', content: damaged }])),
    ],
    [
      'a tar archive',
      async () => gzipSync(await tarOf([{ name: 'd', content: damaged }, { name: 'x', content: 'x' }, ...pages])),
    ],
  ])('in %s at any item gives the same rest', async (_, write) => {
    using folder = scratch();
    const path = folder.write('source', await write());
    await expectSameRest(path, { limits });
  });

  test('in a folder at any item gives the same rest', async () => {
    using folder = scratch();
    folder.write('1.csv', damaged);
    folder.write('2.txt', 'no cable');
    folder.write('3.html', viewerHtml());
    folder.write('4.zip', zipOf(pages));
    folder.write('5.csv', dump.join(''));
    await expectSameRest(folder.path(''), { limits });
  });
});

async function expectSameRest(path: string, options: Partial<SourceOptions>): Promise<void> {
  const whole = await readAll(path, options);
  expect(whole.items.length).toBeGreaterThan(5);
  expect(whole.rejects.length).toBeGreaterThan(0);
  let readings = 0;
  for (const item of whole.items) {
    readings = whole.order.findIndex((_, index) => itemsIn(whole.order.slice(0, index + 1)) === item.sequence + 1) + 1;
    const rest = await readAll(path, { ...options, skip: item.sequence + 1 });
    expect(rest.items.map(unprogressed)).toEqual(whole.items.slice(item.sequence + 1).map(unprogressed));
    expect(rest.order).toEqual(whole.order.slice(readings));
    expect(rest.rejects).toEqual(whole.rejects.slice(whole.rejects.length - rest.rejects.length));
  }
}

function itemsIn(order: readonly string[]): number {
  return order.filter((line) => line.startsWith('item')).length;
}

function unprogressed(item: { consumed: number }): object {
  return { ...item, consumed: 0 };
}
