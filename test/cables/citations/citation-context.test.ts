import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../../../src/cables/catalogue/catalogue.ts';
import { contextOf } from '../../../src/cables/citations/citation-context.ts';
import { openFolderCorpus } from '../../../src/cables/corpus/folder-corpus.ts';
import { referenceId } from '../../../src/cables/ids/reference-id.ts';
import { openResolver } from '../../../src/cables/resolve-citation.ts';
import { tempDir } from '../../support/temp.ts';
import { viewerHtml } from '../parse/viewer-page.ts';

const referenceLines = [
  'REF: A. ASTANA 2221',
  '     B. SMITH/JONES E-MAIL 08/15/07',
  '     C. 06 LONDON 17',
  '     D. STATE 999998',
];
const bodyLines = [
  'UNCLAS ASTANA 002299',
  ...referenceLines,
  '',
  '1. (U) First.',
  '2.(U) Second, without an anchor.',
].join('\n');

/** Lists these alone. */
function listOf(...ids: string[]): Catalogue {
  return {
    size: ids.length,
    has: (id) => ids.includes(id),
    month: () => 11,
    years: () => [],
    stations: () => [],
    share: () => 1,
  };
}

async function contextOf2299(catalogue?: Catalogue) {
  const folder = await tempDir();
  const pages = [
    viewerHtml({ body: bodyLines }),
    viewerHtml({ id: '07ASTANA2221', header: null, subject: 'EARLIER', body: 'UNCLAS ASTANA 002221\n1. (U) X.' }),
    viewerHtml({ id: '07ASTANA2301', header: null, created: '2007-08-23 10:10', body: 'REF: ASTANA 2299\n1. (U) X.' }),
  ];
  await Promise.all(pages.map((page, at) => writeFile(join(folder, `${at}.html`), page)));
  const corpus = await openFolderCorpus([folder], (file, reason) => {
    throw new Error(`${file}: ${reason}`);
  });
  const resolver = openResolver({ corpus, catalogue, targets: ['viewer', 'plusd'] });
  const cable = await corpus.cable(referenceId('07ASTANA2299'));
  return await contextOf(cable!, { corpus, resolver });
}

describe('the context of a cable', () => {
  test('has a link for each reference, or says why not', async () => {
    const { references } = await contextOf2299();
    expect(references.map(({ letter, id, status, links, why }) => [letter, id, status, links[0]?.url, why])).toEqual([
      ['A', '07ASTANA2221', 'resolved', 'https://wikileaks.org/cable/2007/08/07ASTANA2221.html', null],
      ['B', null, null, undefined, 'it names no cable'],
      ['C', '06LONDON17', 'unverified', expect.stringMatching(/\/2006\/\d\d\/06LONDON17\.html$/), null],
      ['D', '07STATE999998', 'unknown-cable', undefined, 'no such cable is known to be published'],
    ]);
    expect(references[0]?.cable?.subject).toBe('EARLIER');
    expect(references[2]?.links[0]?.why).toContain('unverified');
  });

  test('asks the list of cables, if there is one, which of them are published', async () => {
    const { references } = await contextOf2299(listOf('06LONDON17'));
    expect(references.map(({ status, why }) => [status, why])).toEqual([
      ['resolved', null],
      [null, 'it names no cable'],
      ['resolved', null],
      ['unknown-cable', 'no such cable is known to be published'],
    ]);
    expect(references[2]?.links[0]).toMatchObject({ exact: true, why: null });
  });

  test('has who cites it, its neighbours, and its own links', async () => {
    const { citedBy, before, after, links } = await contextOf2299();
    expect(citedBy.map((each) => each.referenceId)).toEqual(['07ASTANA2301']);
    expect([before, after].map((each) => each.map((brief) => brief.referenceId))).toEqual([
      ['07ASTANA2221'],
      ['07ASTANA2301'],
    ]);
    expect(links.map(({ target, paragraph, exact, by }) => [target, paragraph, exact, by])).toEqual([
      ['viewer', null, true, undefined],
      ['plusd', null, true, undefined],
      ['viewer', 1, true, undefined],
      ['viewer', 2, true, 'words'],
    ]);
  });
});
