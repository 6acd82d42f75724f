import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatNames, formatOf, formats } from '../../../../src/cables/corpus/formats/index.ts';
import type { Cable } from '../../../../src/core/cable.ts';
import { plusdHtml, viewerHtml } from '../../parse/viewer-page.ts';
import { madePages } from '../../../support/made-pages.ts';
import { sampleTest } from '../../../support/sample-test.ts';
import { sampleBlog, samplePage, samplePages } from '../../../support/samples.ts';
import { messageBody, dumpRow, messageHeader, readOne, readText } from '../reading.ts';

const leakfeedRow = {
  identifier: '07ASTANA2299',
  subject: 'A MARKET AND ITS BRIDGE',
  date_sent: '2007-08-21 14:02:00',
  released: '2010-12-08 21:09:00',
  classification: 'UNCLASSIFIED',
  office: 'Embassy Astana',
  header: messageHeader,
  body: messageBody,
  tags: ['PGOV', 'KZ'],
};
const typecodeRow = {
  _id: { $oid: '4cf3' }.$oid,
  reference_id: '07ASTANA2299',
  origin: 'Embassy Astana',
  date_time: '2007-08-21 14:02',
  classification: 'UNCLASSIFIED',
  header: messageHeader,
  body: messageBody,
};
const semnetRow = {
  _id: '07ASTANA2299',
  id: '07ASTANA2299',
  origin: 'Embassy Astana',
  date_time: '2007-08-21 14:02',
  classification: 'UNCLASSIFIED',
  content: messageBody,
  label: '07ASTANA2299',
};
const mirrorText = [
  '07ASTANA2299',
  'A MARKET AND ITS BRIDGE',
  'Tue Aug 21 00:00:00 +0200 2007',
  'UNCLASSIFIED',
  'Embassy Astana',
  `${messageHeader}${messageBody.replaceAll(/^(\d)\./gm, '¶$1.')}`,
].join('\n');
const plusdPage = `<!DOCTYPE html><html><body><div><pre>-----BEGIN PGP PUBLIC KEY BLOCK-----</pre></div>
<table id="synopsis"><tr><td colspan="2">A MARKET &amp; ITS BRIDGE</td></tr>
<tr><td><div class="s_key">Date:</div><div class="s_val">2007 August 21, 14:32 (Tuesday)</div></td>
<td><div class="s_key">Canonical ID:</div><div class="s_val"><b>07ASTANA2299_a</b></div></td></tr>
<tr><td><div class="s_key">Original Classification:</div><div class="s_val">UNCLASSIFIED</div></td>
<td><div class="s_key">From:</div><div class="s_val">Kazakhstan Astana</div></td>
<td><div class="s_key">TAGS:</div><div class="s_val">KZ - Kazakhstan | PGOV - Political Affairs</div></td></tr></table>
<div id="tagged-text">${messageBody.replaceAll('\n', '<br>').replace('TAGS: PGOV, KZ ', '')}</div></body></html>`;
const blogPage = `Discussing cables\nReference ID Created Released Classification Origin\n07ASTANA2299 2007-08-21 14:32 2011-08-30 01:44 UNCLASSIFIED Embassy Astana\n\nDE RUEHTA #2299/01 2331432\nR 211432Z AUG 07\n\n${messageBody}\n\nLeave a Reply`;
const messageText = `${messageHeader}\n\n${messageBody.replaceAll(/^(\d)\./gm, '\uFFFD$1.')}`;

const samples = {
  dump: dumpRow(),
  jsonl: `${JSON.stringify(leakfeedRow)}\n`,
  json: JSON.stringify([leakfeedRow], null, 2),
  viewer: viewerHtml(),
  plusd: plusdPage,
  mirror: mirrorText,
  blog: blogPage,
  message: messageText,
};

test('every format has a sample here', () => {
  expect(Object.keys(samples)).toEqual(formatNames);
});

test('every format is in the docs, in the order in which they are tried', () => {
  const docs = readFileSync(new URL('../../../../docs/corpus-formats.md', import.meta.url), 'utf8');
  const [table = ''] = docs.split('\n## ', 1);
  expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)).toEqual(formatNames);
});

describe.each(formatNames)('%s', (format) => {
  test('is told from its content', () => {
    expect(formatOf(samples[format])).toBe(format);
    expect(formatOf(`\uFEFF${samples[format]}`)).toBe(format);
    expect(formatOf(samples[format].replaceAll('\n', '\r\n'))).toBe(format);
  });

  test('gives the cable, with its body as printed', () => {
    const { cables, rejects } = readText(samples[format], format);
    expect(rejects).toEqual([]);
    expect(cables).toHaveLength(1);
    expect(cables[0]?.cable).toMatchObject({
      referenceId: '07ASTANA2299',
      created: '2007-08-21T14:32Z',
      classification: 'UNCLASSIFIED',
      origin: 'Embassy Astana',
    });
    expect([...(cables[0]?.cable.tags ?? [])].toSorted()).toEqual(['KZ', 'PGOV']);
    expect(cables[0]?.cable.paragraphs.map(({ number }) => number)).toEqual([1, 2]);
    expect(cables[0]?.body).toContain('The bridge was closed in');
    expect(cables[0]?.body).not.toMatch(/<[ab]|&#x|Leave a Reply|\r/);
  });

  test('of UTF-16 or with a NUL byte is refused and named', () => {
    const sample = samples[format].replace('bridge', 'Brücke');
    const nul = Buffer.from(sample.replace('Brücke', 'bri\0ge'));
    expect(readText(nul, format).rejects[0]?.reason).toMatch(/a NUL byte, at byte \d+ of it/);
    const { cables, rejects } = readText(Buffer.from(`\uFEFF${sample}`, 'utf16le'), format);
    expect(cables).toEqual([]);
    expect(rejects.length).toBeGreaterThan(0);
  });

  test('of windows-1252 is read with a warning where it is a document; rows are in UTF-8', () => {
    const sample = samples[format].replaceAll('\uFFFD', '¶').replace('bridge', 'Br\u00FCcke');
    const { cables, rejects } = readText(Buffer.from(sample, 'latin1'), format);
    if (formats[format].scanner !== null || format === 'json') {
      expect(rejects[0]?.reason).toMatch(/not UTF-8, by 0xFC at byte \d+ of it/);
      return;
    }
    expect(cables[0]?.cable.paragraphs.map(({ text }) => text).join(' ')).toContain('Br\u00FCcke');
    const message = 'not UTF-8: read as windows-1252';
    expect(cables[0]?.cable.warnings).toContainEqual({ code: 'encoding', paragraph: null, message });
    const mixed = readText(Buffer.concat([Buffer.from(sample), Buffer.from([0xe4])]), format);
    expect(mixed.rejects[0]?.reason).toMatch(/neither UTF-8 nor windows-1252, but both, by 0xE4/);
  });

  test('that is something else is a reject, and nothing throws', () => {
    for (const text of ['', '\n', '"', '{', '[[[[', '<html>', '\\', '"1","2', '{"id": 3}', '<table class="cable">']) {
      const { cables, rejects } = readText(text, format);
      expect(cables).toEqual([]);
      expect(rejects.every(({ source, reason }) => source === 'it.txt' && reason !== '')).toBe(true);
    }
  });
});

describe('the dump', () => {
  test('has the number, and its unescaped text', () => {
    const read = readOne(dumpRow(), 'dump');
    expect(read.number).toBe(1234);
    expect(read.body).toBe(messageBody);
    expect(read.cable.header).toBe(messageHeader);
    expect(read.cable.paragraphs[0]?.text).toBe(
      'The market\'s keeper said "closed", but the path C:\\market was open.',
    );
  });

  test('loses the backslash that the viewer’s export put before each line break', () => {
    expect(readOne(dumpRow({ body: messageBody.replaceAll('\n', '\\\n') }), 'dump').body).toBe(messageBody);
  });

  test('adds the references of its list to those of the text', () => {
    expect(readOne(dumpRow(), 'dump').cable.references).toEqual([
      { id: '07ASTANA2221', letter: 'A', asWritten: 'ASTANA 2221' },
      { id: '06ASTANA17', letter: null, asWritten: '06ASTANA17' },
    ]);
    expect(readOne(dumpRow({ references: '|x|' }), 'dump').cable.references).toHaveLength(1);
  });

  test('is right about Created, also where its minutes look like an hour', () => {
    const read = readOne(dumpRow({ created: '8/21/2007 2:02', header: '' }), 'dump');
    expect(read.cable.created).toBe('2007-08-21T02:02Z');
    expect(read.cable.warnings.map(({ code }) => code)).not.toContain('time-mismatch');
    const other = readOne(dumpRow({ created: '8/21/2007 14:02' }), 'dump');
    expect(other.cable.created).toBe('2007-08-21T14:02Z');
    expect(other.cable.warnings.map(({ message }) => message)).toContain(
      'Created is 2007-08-21T14:02Z, the date-time group says 2007-08-21T14:32Z',
    );
  });

  test('rejects a row with its place, and goes on', () => {
    const text = dumpRow() + dumpRow({ id: '07QQ' }) + dumpRow({ number: 9, id: '07ASTANA2300' });
    const { cables, rejects } = readText(text, 'dump');
    expect(cables.map(({ number }) => number)).toEqual([1234, 9]);
    expect(rejects).toEqual([
      {
        source: 'it.txt',
        position: `row 2, byte ${Buffer.byteLength(dumpRow())}`,
        reason: '"07QQ" is no reference ID of a known station',
      },
    ]);
  });
});

describe('JSON', () => {
  test.each([
    ['leakfeed’s object', leakfeedRow],
    ['leakfeed’s tags in one string', { ...leakfeedRow, tags: 'PGOV;KZ' }],
    ['typecode’s row', typecodeRow],
    ['cablegate_semnet’s', { ...semnetRow, content: `${messageHeader}\n${messageBody}` }],
    ['leakfeed’s answer', { cables: [leakfeedRow] }],
  ])('of %s gives the cable', (_, value) => {
    for (const format of ['json', 'jsonl'] as const) {
      const { cables, rejects } = readText(JSON.stringify(value), format);
      expect(rejects).toEqual([]);
      expect(cables[0]?.cable).toMatchObject({
        referenceId: '07ASTANA2299',
        created: '2007-08-21T14:32Z',
        subject: 'A MARKET AND ITS BRIDGE',
        tags: ['PGOV', 'KZ'],
      });
    }
  });

  test('gives tags that the text has lost', () => {
    const body = messageBody.replace(/TAGS.*\n/, '');
    expect(readOne(JSON.stringify({ ...leakfeedRow, body }), 'json').cable.tags).toEqual(['PGOV', 'KZ']);
  });

  test('may keep the viewer’s markup', () => {
    const body = messageBody.replace('PGOV', "<a href='/tag/PGOV_0.html'>PGOV</a>").replaceAll('\n', '&#x000A;');
    expect(readOne(JSON.stringify({ ...leakfeedRow, body }), 'json').body).toBe(messageBody);
  });

  test('tells which element or row is no cable', () => {
    const values = [
      leakfeedRow,
      3,
      { ...leakfeedRow, body: '' },
      { body: messageBody },
      { ...leakfeedRow, subject: {} },
    ];
    const reasons = [
      'no cable object: not an object',
      '07ASTANA2299 has no "body" or "content"',
      'no cable object: it has no "identifier", "reference_id" or "id"',
      'no cable object: "subject" is of a wrong type',
    ];
    const whole = readText(JSON.stringify(values), 'json');
    expect(whole.cables).toHaveLength(1);
    expect(whole.rejects.map(({ position, reason }) => `${position}: ${reason}`)).toEqual(
      reasons.map((reason, index) => `element ${index + 2}: ${reason}`),
    );
    const lines = values.map((value) => JSON.stringify(value));
    const rows = readText(`${lines.join('\r\n\r\n')}\n{"identifier": "07AST`, 'jsonl');
    expect(rows.cables).toHaveLength(1);
    expect(rows.rejects.map(({ position, reason }) => `${position}: ${reason}`)).toEqual([
      ...reasons.map((reason, index) => {
        const before = lines.slice(0, index + 1).reduce((length, line) => length + line.length + 4, 0);
        return `row ${index + 2}, byte ${before}: ${reason}`;
      }),
      expect.stringMatching(/^row 6, byte \d+: no JSON: /),
    ]);
  });

  test('that would need much memory once parsed is refused before', () => {
    expect(readText('['.repeat(100_000), 'json').rejects[0]?.reason).toBe(
      'JSON nested more than 32 deep, at byte 32 of it',
    );
    expect(readText(`[${'{},'.repeat(1_000_000)}{}]`, 'json').rejects[0]?.reason).toBe(
      'JSON of more than 1000000 objects and arrays',
    );
    expect(readText(JSON.stringify({ ...leakfeedRow, subject: `"\\${'['.repeat(100)}` }), 'json').cables).toHaveLength(
      1,
    );
  });
});

describe('a text mirror', () => {
  const partialNote =
    'This record is a partial extract of the original cable. The full text of the original cable is not available.';

  test('is parted where header and body run together', () => {
    const read = readOne(mirrorText, 'mirror');
    expect(read.cable.header).toBe(messageHeader);
    expect(read.body.split('\n')[0]).toBe('UNCLAS ASTANA 002299 ');
    const partial = readOne(mirrorText.replace(messageHeader, partialNote), 'mirror');
    expect(partial.cable.header).toBe(partialNote);
    expect(partial.body.split('\n')[0]).toBe('UNCLAS ASTANA 002299 ');
  });

  test('knows the day alone: the hour is the message’s, else it is told', () => {
    const partial = readOne(mirrorText.replace(messageHeader, partialNote), 'mirror');
    expect(partial.cable.created).toBe('2007-08-21T00:00Z');
    expect(partial.cable.warnings.map(({ message }) => message)).toContain(
      'of Created only the day is known (2007-08-21)',
    );
    const timed = readOne(mirrorText.replace('00:00:00 +0200', '14:32:00 UTC'), 'mirror');
    expect(timed.cable.created).toBe('2007-08-21T14:32Z');
  });

  test('without a message is a reject', () => {
    expect(readText(mirrorText.split('\n').slice(0, 5).join('\n'), 'mirror').rejects[0]?.reason).toBe(
      'text of 07ASTANA2299: no message below its five lines',
    );
  });
});

describe('a text of one byte a letter', () => {
  const bytesOf = (text: string) => Buffer.from(`UNCLAS ASTANA 002299\n\nTAGS: KZ\nSUBJECT: X\n\n${text}`, 'latin1');

  test('has its paragraph signs, 0xB6 and 0xAC, before each paragraph', () => {
    const { cables } = readText(
      bytesOf('\xB61. (U) One.\n\n\xAC2. (U) Two.\n\n\xB63. (U) Three.'),
      'message',
      '07ASTANA2299.txt',
    );
    expect(cables[0]?.cable.paragraphs.map(({ text }) => text)).toEqual(['One.', 'Two.', 'Three.']);
  });

  test('may have a quotation mark behind an accent, which is no letter of UTF-8', () => {
    const { cables } = readText(bytesOf('\xB61. (U) The CAF\xC9\x92s \x93keeper\x94.'), 'message', '07ASTANA2299.txt');
    expect(cables[0]?.cable.paragraphs[0]?.text).toBe('The CAFÉ’s “keeper”.');
  });

  test.each([
    '\xC2\xB61. (U) One, \xE4.',
    '\xB61. (U) One, \xC3\xA4.',
    '\xB61. (U) One, \xE2\x80\x99s.',
    '\xB61. \xD0\x9C\xD0\xB8',
  ])('that is also UTF-8 is rejected: %j', (text) => {
    expect(readText(bytesOf(text), 'message', '07ASTANA2299.txt').rejects[0]?.reason).toMatch(
      /neither UTF-8 nor windows-1252, but both/,
    );
  });
});

describe('a page of PlusD', () => {
  const secret = {
    classification: 'SECRET//NOFORN',
    body: [
      'S E C R E T SECTION 01 OF 02 ASTANA 002299 ',
      ' ',
      'SIPDIS ',
      'NOFORN ',
      ' ',
      'E.O. 12958: DECL: 08/21/2017 ',
      'TAGS: PREL, KZ ',
      'SUBJECT: A MARKET AND ITS BRIDGE, ',
      'SEEN FROM BOTH SIDES ',
      ' ',
      'REF: A. ASTANA 2221 ',
      '     B. 06 STATE 17 ',
      ' ',
      'Classified By: Ambassador A. Keeper for reasons 1.4 (b) and (d). ',
      ' ',
      '1. (S/NF) The "market" stands east of the river & its ',
      'bridge west of it. ',
      ' ',
      '2. (C) The bridge was closed in <May>. ',
      'KEEPER ',
    ].join('\n'),
  };
  const pages: { id?: string; classification?: string; body?: string }[] = [
    {},
    secret,
    { ...secret, classification: 'SECRET' },
    { classification: 'UNCLASSIFIED//FOR OFFICIAL USE ONLY' },
    { ...secret, id: '07ASTANA2300' },
  ];

  test.each(pages)('says what the page of the viewer says: %#', (page) => {
    const header = { header: messageHeader.replace('2299', (page.id ?? '2299').slice(-4)) };
    const [ours, theirs] = [
      readOne(plusdHtml({ ...page, ...header }), 'plusd').cable,
      readOne(viewerHtml({ ...page, ...header }), 'viewer').cable,
    ];
    const elsewhere = { page: undefined, released: null, releasedAsPrinted: null, createdAsPrinted: null };
    const facts = (cable: Cable) => ({ ...cable, ...elsewhere });
    expect(facts(ours)).toEqual(facts(theirs));
  });

  test.each(pages)('saved from a browser it lacks its header alone: %#', (page) => {
    const [ours, theirs] = [
      readOne(plusdHtml(page, { panes: false }), 'plusd').cable,
      readOne(viewerHtml(page), 'viewer').cable,
    ];
    const facts = ({ subject, tags, references, reasons, decl, eo, origin, classification, paragraphs }: Cable) => ({
      fields: [subject, tags, references, reasons, decl, eo, origin, classification, paragraphs],
    });
    expect(facts(ours)).toEqual(facts(theirs));
  });

  test('gives subject and tags of its table', () => {
    const read = readOne(plusdPage.replace(/SUBJECT: [^<]*/, ''), 'plusd');
    expect(read.cable).toMatchObject({ subject: 'A MARKET & ITS BRIDGE', tags: ['KZ', 'PGOV'] });
  });

  test('without ID or text is a reject', () => {
    expect(readText(plusdPage.replace('Canonical ID', 'Film'), 'plusd').rejects[0]?.reason).toBe(
      'PlusD page: no "Canonical ID"',
    );
    expect(readText(plusdPage.replace('tagged-text', 'x'), 'plusd').rejects[0]?.reason).toBe(
      'PlusD page of 07ASTANA2299_a: no text',
    );
  });

  test('of hostile markup is read to its end in time', () => {
    for (const unit of ['<div>', '<p>', 'x<p>', '<br>', '<div class=s_val>', '<'])
      expect(readText(`<div id=tagged-text>${unit.repeat(100_000)}`, 'plusd').cables).toEqual([]);
  });
});

test('a bare message without ID is called as its file is', () => {
  const text = messageBody.replace('ASTANA 002299', 'POST');
  const names = ['07ASTANA2299.txt', 'folder/07ASTANA2299.txt', 'dump.tar.gz!07ASTANA2299.txt', '07ASTANA2299.txt.gz'];
  expect(names.map((name) => readText(text, 'message', name).cables[0]?.cable.referenceId)).toEqual(
    names.map(() => '07ASTANA2299'),
  );
});

test('a page of the first release has four columns', () => {
  const read = readOne(viewerHtml({ created: '2007-08-21 14:02', released: null }), 'viewer');
  expect(read.cable).toMatchObject({ created: '2007-08-21T14:32Z', released: null });
});

test('other HTML and other texts are of no format', () => {
  const others = ['<html><body>UNCLAS ASTANA 002299</body></html>', 'Dear reader,', '"a","b"\n', '', '1,2,3'];
  expect(others.map((text) => formatOf(text))).toEqual(others.map(() => undefined));
});

describe('pages of the viewer are told and read', () => {
  test('made ones', () => {
    const pages = madePages(1, 50);
    expectViewerPages(
      pages.map(({ html }) => html),
      pages.map(({ id }) => id),
    );
  });

  sampleTest('the samples', () => {
    expectViewerPages(samplePages.map(samplePage), samplePages);
  });
});

function expectViewerPages(pages: readonly string[], ids: readonly string[]): void {
  expect(pages.map(formatOf)).toEqual(pages.map(() => 'viewer'));
  const read = pages.map((page) => readText(page, 'viewer'));
  expect(read.flatMap(({ rejects }) => rejects)).toEqual([]);
  expect(read.flatMap(({ cables }) => cables.map(({ cable }) => cable.referenceId))).toEqual(ids);
}

sampleTest('a page as it was re-posted on a blog is told and read', () => {
  const blog = sampleBlog();
  expect(formatOf(blog)).toBe('blog');
  const cable = readOne(blog, 'blog');
  expect(cable.cable.referenceId).toBe('07ASTANA2244');
  expect(cable.body).not.toContain('Fill in your details');
});
