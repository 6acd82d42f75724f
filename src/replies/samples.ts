import type { CableModel, Model, ParagraphModel } from './model.ts';

const paragraph: ParagraphModel = {
  number: 5,
  link: 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5',
  known: true,
  exact: true,
  near: null,
  below: false,
  why: null,
  text: 'The deputy met the Consular Officer.',
};

const withoutAnchor: ParagraphModel = {
  number: 3,
  link: 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html',
  known: true,
  exact: false,
  near: '2',
  below: true,
  why: 'the page has no anchor of its own for it',
  text: null,
};

const full: CableModel = {
  id: '07ASTANA2244',
  publishedId: '07ASTANA2244',
  subject: 'KAZAKHSTAN: A SAMPLE',
  date: '2007-08-19',
  classification: 'UNCLASSIFIED//FOR OFFICIAL USE ONLY',
  origin: 'Embassy Astana',
  status: 'resolved',
  link: 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html',
  paragraphs: [],
  more: 0,
  notes: [],
  candidates: [],
};

const bare: CableModel = { ...full, subject: null, date: null, classification: null, origin: null };
const unlinked: CableModel = { ...bare, id: 'Astana 2244', link: null };

const cables: readonly CableModel[] = [
  full,
  { ...full, link: paragraph.link, paragraphs: [paragraph] },
  { ...full, paragraphs: [withoutAnchor] },
  { ...full, paragraphs: [{ ...withoutAnchor, near: '4', below: false }] },
  { ...full, paragraphs: [{ ...withoutAnchor, near: null }] },
  { ...full, paragraphs: [withoutAnchor, paragraph], more: 2, notes: ['month inferred from the serial'] },
  {
    ...full,
    status: 'unknown-paragraph',
    paragraphs: [{ ...withoutAnchor, number: 25, known: false, near: null, why: null }],
  },
  bare,
  { ...bare, status: 'unverified' },
  { ...bare, status: 'unverified', paragraphs: [{ ...withoutAnchor, near: null }] },
  { ...unlinked, status: 'ambiguous' },
  { ...unlinked, id: null, publishedId: null, status: 'ambiguous' },
  { ...unlinked, id: null, publishedId: null, status: 'unknown-cable' },
  { ...unlinked, status: 'ambiguous', candidates: ['06ASTANA2244', '07ASTANA2244'] },
  { ...unlinked, status: 'ambiguous', candidates: ['07ASTANA2244'], notes: ['the catalogue has no other'] },
  { ...unlinked, status: 'unknown-cable' },
  { ...unlinked, status: 'unknown-cable', candidates: ['07ASTANA2244'] },
];

/** The smallest answer: one cable, all of it known. */
export const minimal: Model = {
  cables: [full],
  more: 0,
  author: 'reader.example',
  bot: 'Pilcrow',
  language: 'en',
  rule: null,
  clause: null,
};

/** Answers of every kind, invented: a template that can write them all asks for nothing that is not there. */
export const samples: readonly Model[] = [
  ...cables.map((cable) => ({ ...minimal, cables: [cable] })),
  { ...minimal, cables, more: 3 },
];
