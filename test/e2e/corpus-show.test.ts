import { describe, expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';

async function show(...args: string[]) {
  return await command(['corpus', 'show', ...args], { env: { PILCROW_DATA: await tempDir() } });
}

interface Shown {
  readonly paragraphs: readonly { number: number; words: string; link: { url: string; exact: boolean; why: string } }[];
  readonly explained: { order: { inForce: { number: string; amendedBy: string } } };
}

describe('corpus show', () => {
  test('lays out a cable: table, what it means, references, paragraphs, warnings, links', async () => {
    const { code, out, err } = await show('07ASTANA2244');
    expect([code, err]).toEqual([0, '']);
    const parts = [
      /Reference ID +07ASTANA2244/,
      /Created +2007-08-19 23:55 UTC/,
      /Classification +UNCLASSIFIED\/\/FOR OFFICIAL USE ONLY/,
      /Origin +Embassy Astana/,
      /precedence R: routine/,
      /unclassified, for official use only/,
      /Executive_Order_12958/,
      /\(SBU\) sensitive but unclassified/,
      /A {2}07ASTANA2221 {2}https:/,
      /¶1 \(SBU\) Summary: On August/,
      /#par24\nexact: by rule; copy damaged at ¶13, ¶18/,
      /no TAGS line/,
      /plusd +https:/,
    ];
    const places = parts.map((part) => out.search(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(out.split('\n').filter((line) => line.length > 100 && !line.includes('https:'))).toEqual([]);
  });

  test('one paragraph, and why its link has no anchor; also as a pin cite', async () => {
    const { out } = await show('07ASTANA2244', '--paragraph', '3');
    expect(out).toContain('¶3 (U) Conoff met');
    expect(out).toContain('paragraph 3 has no anchor of its own');
    expect(out).not.toContain('¶4 (');
    expect((await show('07 Astana 2244 ¶3')).out).toBe(out);
  });

  test('as one JSON object', async () => {
    const { out } = await show('--json', '07ASTANA2244', '--paragraph', '5');
    const { paragraphs, explained } = JSON.parse(out) as Shown;
    expect(paragraphs).toHaveLength(1);
    expect(paragraphs[0]).toMatchObject({
      number: 5,
      words: 'unclassified',
      link: { url: 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5', exact: true },
    });
    expect(explained.order.inForce).toMatchObject({ number: '12958', amendedBy: '13292' });
  });

  test.each([
    [['07ASTANA2245'], 1, 'the corpus has no text of 07ASTANA2245'],
    [['07ASTANA99999'], 1, '07ASTANA99999: no such cable is known'],
    [['astana', '12'], 1, 'perhaps 07ASTANA12'],
    [['nothing'], 1, 'nothing: no reference ID'],
    [['07ASTANA2244', '--paragraph', '25'], 1, 'has no paragraph 25: its text ends at ¶24'],
    [['07ASTANA2244', '--paragraph', 'x'], 2, '--paragraph x: expected the number of a paragraph'],
  ])('%j: exit %i and why', async (args, expected, words) => {
    const { code, out, err } = await show(...args);
    expect([code, out]).toEqual([expected, '']);
    expect(err).toContain(words);
  });
});
