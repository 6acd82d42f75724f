import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importCatalogue, openCatalogue } from '../../src/cables/catalogue/catalogue.ts';
import type { Corpus } from '../../src/cables/corpus/corpus.ts';
import { findCitations } from '../../src/cables/citations/find.ts';
import { openFolderCorpus } from '../../src/cables/corpus/folder-corpus.ts';
import { referenceId } from '../../src/cables/ids/reference-id.ts';
import type { Sites } from '../../src/cables/links/cable-links.ts';
import { openResolver } from '../../src/cables/resolve-citation.ts';
import type { LinkTarget, Resolution } from '../../src/core/citation.ts';
import { noTexts } from '../support/no-texts.ts';
import { tempDir } from '../support/temp.ts';

const seed = new URL('../../config/sample/07ASTANA2244.txt', import.meta.url).pathname;
const corpus = await openFolderCorpus([seed], (file, reason) => {
  throw new Error(`${file}: ${reason}`);
});
const page = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html';

interface Known {
  texts?: Corpus;
  listed?: string;
  targets?: LinkTarget[];
  fragments?: Sites['fragments'];
}

async function resolve(
  text: string,
  { texts = corpus, listed, targets = ['viewer'], fragments }: Known = {},
): Promise<Resolution> {
  const catalogue = listed === undefined ? undefined : await catalogueOf(listed);
  const [citation] = findCitations({ text, hashtags: [], links: [] }, { weakCounts: true }).citations;
  if (citation === undefined) throw new Error(`no citation in ${text}`);
  return openResolver({ corpus: texts, catalogue, targets, fragments }).resolve(citation);
}

async function catalogueOf(list: string) {
  const folder = await tempDir();
  await writeFile(join(folder, 'list.csv'), list);
  await importCatalogue(join(folder, 'list.csv'), join(folder, 'catalogue'));
  return openCatalogue(join(folder, 'catalogue'));
}

describe('a telegram of 1973 to 1979', () => {
  test.each([
    ['1973BRUSSE01930_b', '1973BRUSSE01930_b'],
    ['#1974STATE012345', '1974STATE012345_b'],
    ['1975NEWDE14031_b', '1975NEWDE14031_b'],
    ['1977STATE235935_c', '1977STATE235935_c'],
    ['1978ABIDJA000073', '1978ABIDJA00073_d'],
    ['https://wikileaks.org/plusd/cables/1979STATE312922_e.html', '1979STATE312922_e'],
  ])('%s has its link to PlusD and no other, with a catalogue and without', async (text, id) => {
    for (const listed of [{}, { listed: '07ASTANA2244,8\n' }]) {
      const { status, links } = await resolve(text, { ...listed, targets: ['viewer', 'plusd', 'cabledrum'] });
      expect({ status, links }).toEqual({
        status: 'unverified',
        links: [
          {
            target: 'plusd',
            url: `https://wikileaks.org/plusd/cables/${id}.html`,
            paragraph: null,
            exact: false,
            near: null,
            why: 'unverified: no list has the telegrams of 1973 to 1979',
          },
        ],
      });
    }
  });

  test.each(['75NEWDELHI14031', '077BUENOSAIRES1974', '75 NEW DELHI 1974'])(
    '%s, in the form of Cablegate, is a cable that is not listed, whatever its serial looks like',
    async (text) => {
      const { status, links } = await resolve(text, { listed: '07ASTANA2244,8\n' });
      expect({ status, links }).toEqual({ status: 'unknown-cable', links: [] });
    },
  );
});

describe('a cable whose text is at hand', () => {
  test('is resolved, with what the text says of it and the exact link to its page', async () => {
    expect(await resolve('#07ASTANA2244')).toEqual({
      written: '#07ASTANA2244',
      span: [0, 13],
      referenceId: '07ASTANA2244',
      publishedId: '07ASTANA2244',
      paragraphs: [],
      status: 'resolved',
      cable: {
        subject: null,
        created: '2007-08-19T23:55Z',
        classification: 'UNCLASSIFIED//FOR OFFICIAL USE ONLY',
        origin: 'Embassy Astana',
      },
      links: [{ target: 'viewer', url: page, paragraph: null, exact: true, near: null, why: null }],
      candidates: [],
      traits: {
        kind: 'hashtag',
        year: 2007,
        station: 'ASTANA',
        country: 'Kazakhstan',
        tags: [],
        markings: [],
      },
    });
  });

  test('has an exact link to a paragraph that the anchor lands on; the copy’s damage is told', async () => {
    const { status, links } = await resolve('#cablegate #07ASTANA2244 ¶5');
    expect(status).toBe('resolved');
    expect(links).toEqual([
      {
        target: 'viewer',
        url: `${page}#par5`,
        paragraph: 5,
        exact: true,
        near: null,
        why: 'by rule; copy damaged at ¶13, ¶18',
      },
    ]);
  });

  test('has a link by words where the anchor leads elsewhere, and says where', async () => {
    const why = 'paragraph 3 has no anchor of its own on the page; #par3 leads into ¶20';
    const { status, links } = await resolve('07ASTANA2244 ¶3');
    expect(status).toBe('resolved');
    expect(links).toEqual([
      {
        target: 'viewer',
        url: `${page}#:~:text=3.%28U%29%20Conoff`,
        paragraph: 3,
        exact: true,
        by: 'words',
        near: null,
        why: `by words of the page, whose top an old browser opens; ${why}`,
      },
    ]);
    const { links: without } = await resolve('07ASTANA2244 ¶3', { fragments: 'never' });
    expect(without).toEqual([{ target: 'viewer', url: page, paragraph: 3, exact: false, near: 'par2', why }]);
  });

  test('has words behind the anchor too, if all links get them', async () => {
    const { links } = await resolve('07ASTANA2244 ¶5', { fragments: 'always' });
    expect(links).toMatchObject([
      { url: `${page}#par5:~:text=5.%20%28U`, exact: true, why: 'by rule; copy damaged at ¶13, ¶18' },
    ]);
    expect(links[0]).not.toHaveProperty('by');
  });

  test('has a link but not the paragraph that it lacks', async () => {
    const { status, links, paragraphs } = await resolve('07ASTANA2244 ¶25');
    expect(status).toBe('unknown-paragraph');
    expect(paragraphs).toEqual([25]);
    const why = 'this cable ends at ¶24';
    expect(links).toEqual([{ target: 'viewer', url: page, paragraph: null, exact: false, near: null, why }]);
  });

  test('has links for those of several paragraphs that it has', async () => {
    const { status, links } = await resolve('07ASTANA2244 ¶¶23-26');
    expect(status).toBe('unknown-paragraph');
    expect(links.map(({ paragraph }) => paragraph)).toEqual([null, 23, 24]);
  });

  test('is never exact for a paragraph that is absent, whatever is asked of it and wherever links lead', async () => {
    const targets: LinkTarget[] = ['viewer', 'plusd', 'cablegatesearch', 'cabledrum', 'own'];
    const asked = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(asked, fc.shuffledSubarray(targets, { minLength: 1 }), async (numbers, sites) => {
        const post = { text: '07ASTANA2244 ¶1', hashtags: [], links: [] };
        const [citation] = findCitations(post, { weakCounts: true }).citations;
        const resolver = openResolver({ corpus, catalogue: undefined, targets: sites, ownUrl: 'https://p.example' });
        const { links, status } = await resolver.resolve({ ...citation!, paragraphs: numbers });
        const isAbsent = numbers.some((number) => number > 24);
        expect(status).toBe(isAbsent ? 'unknown-paragraph' : 'resolved');
        for (const { paragraph, exact, why } of links) {
          const isRight = paragraph === null ? !isAbsent : numbers.includes(paragraph) && paragraph <= 24;
          expect([exact && !isRight, exact || why !== null]).toEqual([false, true]);
        }
      }),
    );
  });

  test('has links to the operator’s targets in order; those that quote another copy are not exact', async () => {
    const { links } = await resolve('07ASTANA2244 ¶5', {
      targets: ['cabledrum', 'plusd', 'cablegatesearch', 'viewer'],
    });
    expect(links.map(({ target, url, exact }) => [target, url, exact])).toEqual([
      ['cabledrum', 'https://www.cabledrum.net/cables/07ASTANA2244#:~:text=5.%20%28U', false],
      ['plusd', 'https://wikileaks.org/plusd/cables/07ASTANA2244_a.html#:~:text=5.%20%28U', false],
      ['cablegatesearch', 'https://cablegatesearch.wikileaks.org/cable.php?id=07ASTANA2244#:~:text=5.%20%28U', false],
      ['viewer', `${page}#par5`, true],
    ]);
    expect(links[0]?.why).toBe('this site has no paragraph anchors; it quotes the words of another copy');
  });
});

describe('a cable whose text is not at hand', () => {
  test('is resolved when it is listed, with the month of the list', async () => {
    const { status, cable, links } = await resolve('08ASTANA2244 ¶5', { listed: '08ASTANA2244,11\n' });
    expect(status).toBe('resolved');
    expect(cable).toBeNull();
    expect(links).toEqual([
      {
        target: 'viewer',
        url: 'https://wikileaks.org/cable/2008/11/08ASTANA2244.html',
        paragraph: 5,
        exact: false,
        near: null,
        why: 'the cable’s text is not available to check where #par5 lands',
      },
    ]);
  });

  test('is unknown when the list lacks it', async () => {
    expect(await resolve('08ASTANA2244', { listed: '08ASTANA2243,11\n' })).toMatchObject({
      status: 'unknown-cable',
      referenceId: '08ASTANA2244',
      publishedId: null,
      links: [],
    });
  });

  test('is unverified without a list, if the station may have sent it; the month is inferred', async () => {
    const { status, links } = await resolve('10SHANGHAI60', { targets: ['viewer', 'plusd'] });
    expect(status).toBe('unverified');
    expect(links).toMatchObject([
      {
        url: 'https://wikileaks.org/cable/2010/02/10SHANGHAI60.html',
        exact: false,
        why: 'month inferred from the serial; unverified: no catalogue is imported',
      },
      { exact: false, why: 'unverified: no catalogue is imported' },
    ]);
  });

  test.each(['07ASTANA99999', '95ASTANA5', '#07FOOBAR12 #cablegate', '73BRUSSELS1930'])(
    'is unknown without a list, if it cannot be: %s',
    async (text) => {
      expect((await resolve(text)).status).toBe('unknown-cable');
    },
  );

  test.each(['', '00RABAT1760,9\n', '06RIGA17,9\n07RIGA6000,9\n'])(
    'is not resolved if it is the number of a satire: RAJA176000 (listed: %s)',
    async (listed) => {
      const found = await resolve('cable no RAJA176000 #cablegate', listed === '' ? {} : { listed });
      expect(found.status).not.toBe('resolved');
      expect({ referenceId: found.referenceId, links: found.links }).toEqual({ referenceId: null, links: [] });
    },
  );

  test.each([
    ['without a list it would take a name with two letters added and its digits in another order', 'RAJA176000', {}],
    ['no cable has the year 17', 'RIGA176000', { listed: '07RIGA6000,9\n' }],
    ['no cable has the year 6002', 'RIGA176002', { listed: '02RIGA17,9\n' }],
  ])('is unknown where %s: %s', async (_, written, known) => {
    const { status, candidates } = await resolve(`#cablegate ${written}`, known);
    expect({ status, candidates }).toEqual({ status: 'unknown-cable', candidates: [] });
  });

  test('is linked under the malformed ID when only that is published', async () => {
    const { referenceId: id, publishedId, links } = await resolve('08THEHAGUE799', { listed: '08THEHAGU799,9\n' });
    expect([id, publishedId]).toEqual(['08THEHAGUE799', '08THEHAGU799']);
    expect(links[0]?.url).toBe('https://wikileaks.org/cable/2008/09/08THEHAGU799.html');
  });

  test('has no viewer link where not even the month can be inferred', async () => {
    const { status, links } = await resolve('05ASTANA5', { targets: ['viewer', 'plusd'] });
    expect(status).toBe('unverified');
    expect(links.map(({ target }) => target)).toEqual(['plusd']);
  });
});

describe('station and serial without a year', () => {
  test('is ambiguous though the list has one alone, with it and the share of the station that is listed', async () => {
    const listed = '08ASTANA2244,11\n07ASTANA2243,8\n08ASTANA1122,5\n';
    const { status, referenceId: id, links, candidates } = await resolve('ASTANA 2244', { listed, texts: noTexts });
    expect({ status, id, links }).toEqual({ status: 'ambiguous', id: null, links: [] });
    const share = Math.round((100 * 3) / (2244 + 2243));
    expect(candidates).toEqual([
      {
        referenceId: '08ASTANA2244',
        distance: 0,
        reason: `the year may be 2008: it is in the catalogue; the catalogue has no other, but only about ${share} % of the serials of ASTANA`,
      },
    ]);
  });

  test('is ambiguous when there are several, never a guess', async () => {
    const {
      status,
      links,
      candidates,
      referenceId: id,
    } = await resolve('ASTANA 2244', { listed: '08ASTANA2244,11\n' });
    expect([status, id, links]).toEqual(['ambiguous', null, []]);
    expect(candidates).toEqual([
      { referenceId: '07ASTANA2244', distance: 0, reason: 'the year may be 2007: its text is available' },
      { referenceId: '08ASTANA2244', distance: 0, reason: 'the year may be 2008: it is in the catalogue' },
    ]);
  });

  test('is ambiguous without a list where the station sent that many cables in several years', async () => {
    const { status, candidates } = await resolve('ASTANA 2244');
    expect(status).toBe('ambiguous');
    expect(candidates.map((candidate) => candidate.referenceId)).toEqual([
      '07ASTANA2244',
      '08ASTANA2244',
      '09ASTANA2244',
    ]);
  });

  test.each([
    'Embassy Astana cable 2244 of August 2007',
    'Astana cable 2244 of 2007',
    'ASTANA 2244 dated 19 August 2007',
    'ASTANA 2244, 19 AUG 07',
    'ASTANA 2244 (DTG 192355Z AUG 07)',
    'a cable dated 19 August 2007 (ASTANA 2244)',
    'ASTANA 2244 ¶5, dated August 19, 2007',
    'ASTANA 2244 vom 19. August 2007',
    'ASTANA 2244 от 19 августа 2007',
    'O 192355Z AUG 07\nFM AMEMBASSY ASTANA\nUNCLAS SECTION 01 OF 02 ASTANA 002244',
  ])('is resolved by the cable’s date, and says so: %s', async (text) => {
    const {
      status,
      referenceId: id,
      candidates,
    } = await resolve(text, { listed: '07ASTANA2244,8\n08ASTANA2244,11\n' });
    expect([status, id]).toEqual(['resolved', '07ASTANA2244']);
    expect(candidates).toMatchObject([{ referenceId: '07ASTANA2244', reason: /^the post dates it 2007(?:-08)?$/ }]);
  });

  test.each([
    'ASTANA 2244 (2007)',
    'ASTANA 2244, 2007',
    'In 2007 Astana cable 2244 was written',
    'ASTANA 2244 and a cable dated 19 August 2007',
    'ASTANA 2244 of December 2010',
    'PARIS 1791 of August 2007, ASTANA 2244',
  ])('is not by a year that may be that of a publication, or of another cable: %s', async (text) => {
    const { citations } = findCitations({ text, hashtags: [], links: [] }, { weakCounts: true });
    expect(citations.at(-1)?.clues).toMatchObject({ station: 'ASTANA', year: null, month: null });
  });

  test('is unknown where no such cable of that date is listed', async () => {
    const listed = '07ASTANA2244,8\n08ASTANA2244,11\n';
    expect(await resolve('Astana cable 2244 of 1999', { listed })).toMatchObject({ status: 'unknown-cable' });
    expect(await resolve('Astana cable 2244 of May 2007', { listed })).toMatchObject({ status: 'ambiguous' });
  });
});

const astana = referenceId('07ASTANA2244');
const words = ((await corpus.cable(astana))?.paragraphs[4]?.text ?? '').split(/\s+/).slice(0, 12).join(' ');

describe('a quotation', () => {
  test('is resolved to the one paragraph that holds its words, case and punctuation aside', async () => {
    const { status, referenceId: id, paragraphs, links } = await resolve(`“${words.toUpperCase()}…”`);
    expect([status, id, paragraphs]).toEqual(['resolved', astana, [5]]);
    expect(links).toMatchObject([{ url: `${page}#par5`, exact: true }]);
  });

  test('is unknown when no text has it', async () => {
    expect((await resolve('"one two three four five six seven eight nine"')).status).toBe('unknown-cable');
  });

  test('is ambiguous when several paragraphs have it', async () => {
    const twice: Corpus = {
      ...noTexts,
      search: () =>
        Promise.resolve(
          [3, 9].map((paragraph) => ({ referenceId: astana, paragraph, score: 1, exact: true, text: '' })),
        ),
    };
    const { status, candidates } = await resolve(`"${words}"`, { texts: twice });
    expect(status).toBe('ambiguous');
    expect(candidates.map(({ reason }) => reason)).toEqual(['¶3 has these words', '¶9 has these words']);
  });

  test.each([
    ['is resolved where another place has it clearly worse', [0.95, 0.7], 'resolved'],
    ['is ambiguous where another has it nearly as well', [0.95, 0.9], 'ambiguous'],
    ['is unknown where even the best has too little of it', [0.7], 'unknown-cable'],
  ])('%s', async (_, scores, expected) => {
    const passages = scores.map((score, at) => ({
      referenceId: at === 0 ? astana : referenceId('08ASTANA2'),
      paragraph: 5,
      score,
      exact: false,
      text: '',
    }));
    const texts: Corpus = { ...corpus, search: () => Promise.resolve(passages) };
    const { status, candidates } = await resolve(`"${words}"`, { texts });
    expect(status).toBe(expected);
    if (expected === 'ambiguous') expect(candidates[1]?.reason).toBe('¶5 has 90 % of these words');
  });

  test('is resolved to the place that has it letter by letter, however near another comes', async () => {
    const passages = [true, false].map((exact) => ({
      referenceId: exact ? astana : referenceId('08ASTANA2'),
      paragraph: 5,
      score: exact ? 1 : 0.98,
      exact,
      text: '',
    }));
    const texts: Corpus = { ...corpus, search: () => Promise.resolve(passages) };
    expect(await resolve(`"${words}"`, { texts })).toMatchObject({ status: 'resolved', referenceId: astana });
  });
});
