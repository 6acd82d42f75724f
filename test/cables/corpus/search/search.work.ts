import { Budget } from '../../../../src/cables/corpus/search/budget.ts';
import { storeIn } from '../../../../src/cables/corpus/imported.ts';
import { prepareCables } from '../../../../src/cables/corpus/import/prepare.ts';
import { finishTables, noCounts, Writer } from '../../../../src/cables/corpus/import/writer.ts';
import { searchIn } from '../../../../src/cables/corpus/search/search-corpus.ts';
import { emptyTables } from '../../../../src/cables/corpus/tables.ts';
import { readDocument } from '../../../../src/cables/parse/parse-document.ts';
import { seeded } from '../../../support/make-posts.ts';
import type { Work } from '../../../support/growth.ts';

const common = 'of the to and in that for on is with as by he are be was at would this not'.split(' ');
const random = seeded(5);
const shuffled = () => common.map((word) => ({ word, at: random() })).toSorted((a, b) => a.at - b.at);
const paragraphs = Array.from({ length: 400 }, () =>
  Array.from({ length: 5 }, () =>
    shuffled()
      .map(({ word }) => word)
      .join(' '),
  ).join(' '),
);

/** A corpus of words that every paragraph has. */
function corpus() {
  const db = emptyTables();
  const writer = new Writer(db, noCounts);
  for (const [at, text] of paragraphs.entries()) {
    const serial = String(at + 1).padStart(6, '0');
    const page = `R 112355Z AUG 07\nFM AMEMBASSY ASTANA\n\nUNCLAS ASTANA ${serial}\n\nSUBJECT: OF WORDS\n\n1. (U) ${text}\n`;
    const { cables } = readDocument(page, undefined);
    writer.write(
      serial,
      { source: serial, format: 'document' },
      prepareCables(
        cables.map(({ cable, lines }) => ({ cable, body: lines.join('\n'), number: null })),
        [],
      ),
    );
  }
  writer.flush();
  finishTables(db);
  return storeIn(db);
}

const store = corpus();
const parts = Array.from({ length: 3 }, (_, at) => paragraphs[at * 7] ?? '');

/** What a stranger quotes to cause the most work. */
const quotations: Record<string, string> = {
  'common words in another order': parts.join(' ').split(' ').toReversed().join(' '),
  'common words, one misspelt': parts.join(' ').replaceAll('would', 'wuold'),
  'common words with omissions': parts.join(' ').replaceAll(' of ', ' … of '),
  'one word many times': 'the '.repeat(200),
  'half of the words are no words': parts.join(' ').replaceAll(/(?<= )\w+ (\w+ )/g, 'wordlike $1'),
};

export const work: Record<string, Work> = Object.fromEntries(
  Object.entries(quotations).map(([name, words]) => [name, (n: number) => searchIn(store, words, 10, new Budget(n))]),
);
