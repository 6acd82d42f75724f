import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plusdHtml } from '../cables/parse/viewer-page.ts';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrowOnce } from '../support/workplace.ts';

const page = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html';

describe('resolve', () => {
  async function resolve(...args: string[]) {
    const { code, out, err } = await command(['resolve', '--json', ...args], {
      env: { PILCROW_DATA: await tempDir() },
    });
    expect(err).toBe('');
    expect(code).toBe(0);
    const lines = out.split('\n').filter(Boolean);
    return lines.map(
      (line) => JSON.parse(line) as { status: string; links: Record<string, unknown>[] } & Record<string, unknown>,
    );
  }

  test('a paragraph with an anchor of its own: its link, exact', async () => {
    const [resolution] = await resolve('#cablegate #07ASTANA2244 ¶5');
    expect(resolution).toMatchObject({
      written: '#07ASTANA2244',
      span: [11, 24],
      referenceId: '07ASTANA2244',
      publishedId: '07ASTANA2244',
      paragraphs: [5],
      status: 'resolved',
      cable: {
        created: '2007-08-19T23:55Z',
        classification: 'UNCLASSIFIED//FOR OFFICIAL USE ONLY',
        origin: 'Embassy Astana',
      },
    });
    expect(resolution?.links[0]).toMatchObject({ target: 'viewer', url: `${page}#par5`, paragraph: 5, exact: true });
    expect(resolution?.links.map((link) => link['target'])).toEqual([
      'viewer',
      'plusd',
      'cablegatesearch',
      'cabledrum',
    ]);
  });

  test('a paragraph whose anchor leads elsewhere: its words, and why', async () => {
    const [resolution] = await resolve('#cablegate #07ASTANA2244 ¶3');
    expect(resolution?.status).toBe('resolved');
    expect(resolution?.links[0]).toMatchObject({ paragraph: 3, exact: true, by: 'words', near: null });
    expect(resolution?.links[0]?.['url']).toContain(`${page}#:~:text=`);
    expect(resolution?.links[0]?.['why']).toContain('¶20');
  });

  test('a paragraph that the cable does not have: the cable’s link', async () => {
    const [resolution] = await resolve('#cablegate #07ASTANA2244 ¶25');
    expect(resolution).toMatchObject({ status: 'unknown-paragraph', paragraphs: [25] });
    expect(resolution?.links[0]).toMatchObject({ url: page, paragraph: null, exact: false });
  });

  test('an ID that was published malformed: the page that exists', async () => {
    const [resolution] = await resolve('08THEHAGUE799');
    expect(resolution).toMatchObject({
      referenceId: '08THEHAGUE799',
      publishedId: '08THEHAGU799',
      status: 'unverified',
    });
    expect(resolution?.links[0]?.['url']).toMatch(/\/08THEHAGU799\.html$/);
  });

  test('no citation: no line', async () => {
    expect(await resolve('nothing to see, #90DAYFIANCE2')).toEqual([]);
  });

  test.each([
    [[], [1, 4, 4]],
    [['--all'], [1, 2, 3, 4, 4]],
  ])('one text a line from standard input, with its number and text: %j', async (options, numbers) => {
    const texts = ['#07ASTANA2244', '', 'nothing', ' 07ASTANA2244 ¶5 and 07ASTANA2244 ¶7'];
    const { out, code } = await pilcrowOnce(['resolve', '--json', ...options, '-'], {
      input: texts.map((text) => `${text}\r\n`).join(''),
      env: { PILCROW_DATA: await tempDir() },
    });
    expect(code).toBe(0);
    const rows = out
      .trimEnd()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { line: number; input: string; written: string | null; span: [number, number] },
      );
    expect(rows.map(({ line }) => line)).toEqual(numbers);
    for (const { line, input, written, span } of rows) {
      expect(input).toBe(texts[line - 1]);
      expect(written === null ? null : input.slice(...span)).toBe(written);
    }
  });

  test('several arguments are several texts', async () => {
    const rows = await resolve('--all', '#07ASTANA2244', 'nothing, ¶5', 'see 08THEHAGUE799');
    expect(rows.map(({ line, input, status }) => [line, input, status])).toEqual([
      [1, '#07ASTANA2244', 'resolved'],
      [2, 'nothing, ¶5', 'no-citation'],
      [3, 'see 08THEHAGUE799', 'unverified'],
    ]);
    // A reader of one row reads them all.
    expect(new Set(rows.map((row) => Object.keys(row).toSorted().join()))).toHaveLength(1);
  });

  test('standard input beside texts is wrong use, for its lines would have their numbers', async () => {
    const { code, err } = await command(['resolve', '#07ASTANA2244', '-']);
    expect([code, err]).toEqual([2, 'pilcrow: `-` reads standard input and must be the only argument\n']);
  });

  test('more than ten citations: said on standard error, with the line', async () => {
    const many = Array.from({ length: 12 }, (_, at) => `07ASTANA${2244 + at}`).join(' ');
    const { out, err } = await command(['resolve', '--json', 'nothing', many], {
      env: { PILCROW_DATA: await tempDir() },
    });
    expect(out.trimEnd().split('\n')).toHaveLength(10);
    expect(err).toBe('pilcrow: line 2: 2 more citations were not resolved: the limit is 10 a text\n');
  });

  test('for people: the links laid out, and how to get certainty', async () => {
    const { out } = await command(['resolve', '#07ASTANA2244 ¶5'], { env: { PILCROW_DATA: await tempDir() } });
    expect(out).toContain(`¶5 viewer         ${page}#par5`);
    expect(out).toContain('pilcrow catalogue import cablemap');
  });

  test('for people: each of several texts stands above what it cites', async () => {
    const { out } = await command(['resolve', 'nothing', '#07ASTANA2244 ¶5'], {
      env: { PILCROW_DATA: await tempDir() },
    });
    expect(out).toMatch(/^1: nothing\nNo citation found\.\n2: #07ASTANA2244 ¶5\n#07ASTANA2244 +resolved\n/);
  });
});

describe('parse', () => {
  test('reads what `corpus import` reads: pages of PlusD, and texts of windows-1252 with a warning', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'plusd.html'), plusdHtml());
    const text = 'UNCLAS ASTANA 002299\n\nTAGS: PGOV\nSUBJECT: A CAF\u00C9\n\n\u00B61. (U) Open.';
    await writeFile(join(dir, '07ASTANA2299.txt'), Buffer.from(text, 'latin1'));
    const files = [join(dir, 'plusd.html'), join(dir, '07ASTANA2299.txt')];
    const { out, code } = await command(['parse', '--json', ...files]);
    expect(code).toBe(0);
    const cables = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { referenceId: string; subject: string });
    expect(cables).toMatchObject([
      { file: files[0], referenceId: '07ASTANA2299', warnings: [] },
      {
        file: files[1],
        referenceId: '07ASTANA2299',
        subject: 'A CAF\u00C9',
        warnings: expect.arrayContaining([expect.objectContaining({ code: 'encoding' })]),
      },
    ]);
  });

  test('prints the documented fields of the seed and nothing else', async () => {
    const { out, code } = await command(['parse', '--json', 'config/sample/07ASTANA2244.txt']);
    expect(code).toBe(0);
    const cable = JSON.parse(out) as Record<string, unknown> & { paragraphs: Record<string, unknown>[] };
    expect(Object.keys(cable)).toEqual(
      'file referenceId publishedId subject created createdAsPrinted released releasedAsPrinted classification origin tags references reasons eo decl dtg precedence header from to info summary paragraphs sections signature residue anchors warnings'.split(
        ' ',
      ),
    );
    expect(Object.keys(cable.paragraphs[0] ?? {})).toEqual(['number', 'marking', 'text', 'anchor']);
  });

  test('a file that is no cable, and one that is not there: said by name, exit 1', async () => {
    const { err, code } = await command(['parse', '--json', 'package.json', 'no-such-file.html']);
    expect(code).toBe(1);
    expect(err).toContain('package.json: ');
    expect(err).toContain('no-such-file.html: ');
  });
});

describe('catalogue', () => {
  test('an imported list makes existence certain', async () => {
    const dir = await tempDir();
    const env = { PILCROW_DATA: dir };
    const imported = await pilcrowOnce(['catalogue', 'import', '-'], {
      input: '08THEHAGU799,9\n07ASTANA2244,8\n',
      env,
    });
    expect(imported).toMatchObject({ code: 0, out: expect.stringContaining('2 reference IDs') });
    expect((await command(['catalogue', 'stats', '--json'], { env })).out).toContain('"ids":2');
    const known = await command(['resolve', '--json', '08THEHAGUE799 and 08THEHAGUE800'], { env });
    const [first, second] = known.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toMatchObject({ status: 'resolved', publishedId: '08THEHAGU799' });
    expect(second).toMatchObject({ status: 'unknown-cable' });
    expect((await command(['resolve', '07ASTNA2244'], { env })).out).toContain(
      'read as 07ASTANA2244: a letter is missing in ASTNA, for ASTANA',
    );
  });

  test('stats without a list say where one is found, exit 2', async () => {
    const { code, err } = await command(['catalogue', 'stats'], { env: { PILCROW_DATA: await tempDir() } });
    expect(code).toBe(2);
    expect(err).toContain('cablemap');
  });
});

describe('the program', () => {
  test.each([
    [['resolv', 'x'], 'resolve'],
    [['resolve'], 'missing required argument'],
    [['run', '--config', 'nowhere.yaml'], 'nowhere.yaml:1:1: no such file'],
    [['replies', 'list', '--limit', 'many'], 'whole number'],
    [['replies', 'retry', 'file:none'], 'no such reply'],
  ])('%j is wrong use: exit 2 and what to do instead', async (args, words) => {
    const { code, err } = await command(args, { env: { PILCROW_DATA: await tempDir() } });
    expect(err).toContain(words);
    expect(code).toBe(2);
  });

  test('--help teaches by examples, for every command', async () => {
    const { out, code } = await command(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    for (const name of ['run', 'once', 'resolve', 'parse', 'catalogue', 'replies', 'doctor']) {
      expect(out).toContain(`  ${name}`);
    }
  });

  test('doctor says what is fine, what is missing and what is wrong', async () => {
    const dir = await tempDir();
    const { out, code } = await command(['doctor'], { env: { PILCROW_DATA: dir } });
    expect(out).toMatch(/note +ledger/);
    expect(out).toMatch(/note +cables .*pilcrow catalogue import cablemap/);
    expect(out).toMatch(/ok +publisher log/);
    expect(code).toBe(0);
    // It only looks.
    expect(readdirSync(dir)).toEqual([]);
  });

  test('the JSON schemas in config/ are current', async () => {
    const dir = await tempDir();
    await command(['schemas', dir]);
    for (const name of ['pilcrow.schema.json', 'rules.schema.json']) {
      expect(readFileSync(join('config', name), 'utf8')).toBe(readFileSync(join(dir, name), 'utf8'));
    }
  });
});
