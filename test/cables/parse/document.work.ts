import { parseDocument } from '../../../src/cables/parse/parse-document.ts';
import type { Work } from '../../support/growth.ts';
import { viewerHtml } from './viewer-page.ts';

export const messageText = [
  'VZCZCXRO1234',
  'RR RUEHXX',
  'DE RUEHTA #2299/01 2331432',
  'R 211432Z AUG 07',
  'FM AMEMBASSY ASTANA',
  'TO RUEHC/SECSTATE WASHDC 0001',
  '',
  'UNCLAS SECTION 01 OF 02 ASTANA 002299',
  '',
  'SENSITIVE',
  '',
  'E.O. 12958: N/A',
  'TAGS: PGOV, KZ',
  'SUBJECT: A MARKET',
  '',
  'REF: ASTANA 2221',
  '',
  '1. (U) One.',
  '',
  '2. (SBU) Two.',
].join('\n');

export const viewerPageText = viewerHtml();
export const unendedPage = viewerPageText.slice(0, viewerPageText.lastIndexOf('<pre>') + 5);

export const units = [
  '#',
  '7',
  '1. (U)',
  '1. (U)\n',
  '1. (U) a. ',
  '1.\n',
  '2. (',
  '\n',
  ' ',
  ' \n',
  '(',
  '-',
  'HEADING\n-----\n',
  '- a\n',
  '1. a\n2. b\n',
  'A',
  'A B C ',
  'a b\n',
  '<a ',
  "<a id='par",
  "<a href='/tag/",
  '<pre>',
  "<table class='cable'>",
  '&#x000A;',
  'x\\\n',
  '\u00b6',
  '\ud800',
  'Ab cd\nef gh ij kl mnop qrst\n',
  'ASTANA ',
  'ASTANA 00002244  ',
  'CONFIDENTIAL PAGE 02 ROME 01196 01 OF 02 ',
  ' OF ',
  '001.8 OF 004 ',
  'REF: A. ',
  '06 STATE 1, ',
  'A. (A) ',
  'TAGS: A,\n',
  'XAXAXA',
  'SUBJECT: ',
  'E.O. 12958: DECL: ',
  'Classified By ',
  '1.4 (b) ',
  'UNCLAS \n',
  'VZCZCXRO1234\n',
  'Reference ID Created Released Classification Origin\n',
  'DE RUEHTA #2244/01 2312355\n',
  `1. (U) ${'The market and its bridge '.repeat(4)}\n`,
  `1. (U) ${'The market and its bridge '.repeat(400)}\n2. (U) ${'The bridge '.repeat(400)}\n`,
];

/** What the text begins with. */
export const beginnings: Readonly<Record<string, string>> = {
  alone: '',
  'after a message': `${messageText}\n`,
  'after half a message': messageText.slice(0, messageText.indexOf('TAGS')),
  'in a page without end': unendedPage,
};

export const nameOf = (unit: string, where: string) => `${JSON.stringify(unit.slice(0, 40))} (${unit.length}) ${where}`;

export const work: Record<string, Work> = Object.fromEntries(
  units.flatMap((unit) =>
    Object.entries(beginnings).map(([where, before]) => [
      nameOf(unit, where),
      (n: number) => parseDocument(before + unit.repeat(Math.ceil(n / unit.length))),
    ]),
  ),
);
