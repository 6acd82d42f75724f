import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explainCable } from '../../../src/cables/explain/explain-cable.ts';
import { parseDocument } from '../../../src/cables/parse/parse-document.ts';
import type { Cable } from '../../../src/core/cable.ts';
import { viewerHtml } from '../parse/viewer-page.ts';

const seed = readFileSync(new URL('../../../config/sample/07ASTANA2244.txt', import.meta.url), 'utf8');

/** A cable of a viewer page whose opening has these lines. */
function cableWith(lines: readonly string[], id = '07ASTANA2299', created = '2007-08-21 14:32'): Cable {
  const body = ['C O N F I D E N T I A L ASTANA 002299', '', ...lines, '', '1. (C) Summary. X.', '2. (N/SF) Y.'];
  const page = { id, created, header: null, classification: 'CONFIDENTIAL//NOFORN', body: body.join('\n') };
  const [cable] = parseDocument(viewerHtml(page)).cables;
  if (cable === undefined) throw new Error('no cable');
  return cable;
}

describe('a cable explained', () => {
  test.each([
    [['SUMMARY', '', '1. (C) It rains.', '', 'THE MARKET', '', '2. (C) It is open.'], 'It rains.'],
    [['SUMMARY', '-------', '', '1. (C) It rains.', '', '2. (C) It is open.'], 'It rains.'],
    [['1. (C) Summary: It rains. End summary.', '', '2. (C) It is open.'], 'It rains.'],
    [['THE MARKET', '', '1. (C) It is open.', '', '2. (C) It rains.'], null],
  ])('has the summary of %j', (rows, summary) => {
    const body = ['C O N F I D E N T I A L ASTANA 002299', '', 'SUBJECT: A MARKET', '', ...rows].join('\n');
    const [cable] = parseDocument(viewerHtml({ body })).cables;
    expect(explainCable(cable!).summary).toBe(summary);
  });

  test('says what the seed prints, and nothing of what its copy lost', () => {
    const [cable] = parseDocument(seed).cables;
    const explained = explainCable(cable!);
    expect(explained).toMatchObject({
      classification: { words: 'unclassified, for official use only' },
      declassification: 'nothing to declassify: it is not classified',
      reasons: [],
      tags: [],
      precedence: 'routine',
      sent: 'Sunday 19 August 2007, 23:55 UTC',
      order: { printed: '12958', note: null },
    });
    expect(explained.order.inForce).toMatchObject({ number: '12958', amendedBy: '13292', section: '1.4' });
    expect(explained.markings.map(({ words }) => words)).toEqual(['sensitive but unclassified', 'unclassified']);
  });

  test('spells out level, reasons, tags and portion markings of a classified one', () => {
    const explained = explainCable(
      cableWith([
        'E.O. 12958: DECL: 08/21/2017',
        'TAGS: PREL, KDEM, RS, OVIP (RICE, CONDOLEEZZA), XQZW',
        'SUBJECT: A MARKET',
        '',
        'Classified By: DCM A. B., Reasons: 1.4 (b) and (d).',
      ]),
    );
    expect(explained.classification).toMatchObject({
      level: { code: 'C', meaning: 'its disclosure could be expected to cause damage to the national security' },
      controls: [{ code: 'NF' }],
      words: 'confidential, not for release to foreign nationals',
    });
    expect(explained.reasons.map(({ inForce, words, mismatch }) => [inForce, words, mismatch])).toEqual([
      ['1.4(b)', 'foreign government information', null],
      ['1.4(d)', 'foreign relations or foreign activities of the United States, including confidential sources', null],
    ]);
    expect(explained.declassification).toBe('on 21 August 2017, 10 years after it was sent');
    expect(explained.tags.map(({ kind, meaning }) => [kind, meaning])).toEqual([
      ['subject', 'External Political Relations'],
      ['program', 'Democratization'],
      ['country', 'Russia'],
      ['subject', expect.any(String)],
      ['person', 'Condoleezza Rice'],
      ['unknown', null],
    ]);
    expect(explained.markings.map(({ words, misprint }) => [words, misprint])).toEqual([
      ['confidential', null],
      ['secret, not for release to foreign nationals', 'N/SF is read as S/NF'],
    ]);
  });

  test('tells that another order was in force than the one it names', () => {
    const early = explainCable(cableWith(['E.O. 12958: N/A', 'TAGS: PREL'], '94ASTANA2299', '1994-08-21 14:32'));
    expect(early.order.inForce).toMatchObject({ number: '12356', amendedBy: null });
    expect(early.order.note).toBe('the cable says E.O. 12958; in force on 1994-08-21 was E.O. 12356');
    const late = explainCable(cableWith(['E.O. 12958: N/A', 'TAGS: PREL'], '10ASTANA29', '2010-01-21 14:32'));
    expect(late.order.inForce).toMatchObject({ number: '12958', amendedBy: '13292' });
    expect(late.order.note).toBe('E.O. 13526 was signed on 2009-12-29 and came into force on 2010-06-27');
  });

  test('of a cable without a date has no order in force, and takes reasons by their section', () => {
    const cable = { ...cableWith([]), created: null, dtg: null, reasons: ['1.5(c)', '1.4(h)'] };
    const { order, reasons, sent } = explainCable(cable);
    expect(order.inForce).toBeNull();
    expect(sent).toBeNull();
    expect(reasons.map(({ words }) => words)).toEqual([
      'intelligence activities (including special activities), intelligence sources or methods, or cryptology',
      'weapons of mass destruction',
    ]);
  });
});
