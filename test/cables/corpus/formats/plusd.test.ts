import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openImportedCorpus } from '../../../../src/cables/corpus/imported.ts';
import { referenceId } from '../../../../src/cables/ids/reference-id.ts';
import type { Cable } from '../../../../src/core/cable.ts';
import { tempDir } from '../../../support/temp.ts';
import { madeCable, type MadeCable } from '../../parse/made-cable.ts';
import { plusdHtml, viewerHtml } from '../../parse/viewer-page.ts';
import { importInto } from '../made.ts';
import { readOne } from '../reading.ts';

function factsOf(cable: Cable): MadeCable['facts'] {
  const { referenceId: id, decl, tags, reasons, sections, signature } = cable;
  return {
    referenceId: id,
    subject: cable.subject ?? '',
    classification: cable.classification ?? '',
    origin: cable.origin ?? '',
    dtg: cable.dtg ?? '',
    decl,
    tags,
    reasons,
    sections,
    signature,
    references: cable.references.map((reference) => reference.id ?? reference.asWritten),
    paragraphs: cable.paragraphs.map(({ number, marking, text }) => ({ number, marking, text })),
    residue: cable.residue.map(({ text }) => text),
  };
}

describe('any cable', () => {
  test('is the same on a page of the viewer and of PlusD, without a warning', () => {
    fc.assert(
      fc.property(madeCable, ({ page, facts }) => {
        const viewer = readOne(viewerHtml(page), 'viewer').cable;
        const plusd = readOne(plusdHtml(page), 'plusd').cable;
        expect(factsOf(viewer)).toEqual(facts);
        expect(factsOf(plusd)).toEqual(facts);
        expect([...viewer.warnings, ...plusd.warnings]).toEqual([]);
      }),
    );
  });

  test('saved from a browser by a script that moved the panes has its text, and but for the header all facts', () => {
    fc.assert(
      fc.property(madeCable, fc.integer({ min: 0, max: 14 }), ({ page, facts }, first) => {
        const { cable } = readOne(plusdHtml(page, { panes: false, first }), 'plusd');
        expect(factsOf(cable)).toEqual({ ...facts, dtg: '' });
        expect(cable.warnings.map(({ message }) => message)).toEqual(['the header is missing']);
      }),
    );
  });

  test('whose panes have lost their titles has its header too', () => {
    fc.assert(
      fc.property(madeCable, ({ page, facts }) => {
        const untitled = plusdHtml(page).replaceAll(/<div class="pane-header">[^<]*<\/div>/g, '');
        const { cable } = readOne(untitled, 'plusd');
        expect(factsOf(cable)).toEqual(facts);
        expect(cable.warnings).toEqual([]);
      }),
    );
  });
});

test('copies of five cables from both sites are imported without a conflict or a warning', async () => {
  const folder = await tempDir();
  const cables = fc.sample(fc.tuple(...Array.from({ length: 5 }, () => madeCable)), { numRuns: 1, seed: 19 })[0] ?? [];
  for (const [index, { page }] of cables.entries()) {
    const own = { ...page, id: `07ASTANA${index + 1}`, header: page.header.replace(/#\d+/, `#000${index + 1}`) };
    await writeFile(join(folder, `${own.id}.viewer.html`), viewerHtml(own));
    await writeFile(join(folder, `${own.id}.plusd.html`), plusdHtml(own));
  }
  const target = join(folder, 'corpus.db');
  await importInto(target, [folder]);
  using corpus = openImportedCorpus(target, { warn: (message) => expect.fail(message) });
  for (let serial = 1; serial <= 5; serial += 1) {
    const document = await corpus.document(referenceId(`07ASTANA${serial}`));
    expect(document?.sources).toHaveLength(2);
    expect([document?.conflicts, document?.cable.warnings]).toEqual([[], []]);
  }
});
