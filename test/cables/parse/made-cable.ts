import * as fc from 'fast-check';

/** An invented cable as a page prints it, and what is true of it. */
export interface MadeCable {
  readonly page: {
    readonly id: string;
    readonly subject: string;
    readonly classification: string;
    readonly created: string;
    readonly header: string;
    readonly body: string;
  };
  readonly facts: {
    readonly referenceId: string;
    readonly subject: string;
    readonly classification: string;
    readonly origin: string;
    readonly dtg: string;
    readonly decl: string | null;
    readonly tags: readonly string[];
    readonly reasons: readonly string[];
    readonly references: readonly string[];
    readonly paragraphs: readonly { readonly number: number; readonly marking: string | null; readonly text: string }[];
    readonly sections: readonly { readonly heading: string; readonly paragraph: number }[];
    readonly signature: string | null;
    readonly residue: readonly string[];
  };
}

const words = 'market bridge river keeper harbour window weather council garden letter school winter'.split(' ');
const word = fc.constantFrom(...words);
const sentence = fc.array(word, { minLength: 5, maxLength: 30 }).map((each) => `The ${each.join(' ')} & "it" stood.`);

const levels = [
  { line: 'UNCLAS', captions: [], classification: 'UNCLASSIFIED', markings: ['U'] },
  {
    line: 'UNCLAS',
    captions: ['SENSITIVE'],
    classification: 'UNCLASSIFIED//FOR OFFICIAL USE ONLY',
    markings: ['U', 'SBU'],
  },
  {
    line: 'C O N F I D E N T I A L',
    captions: [],
    classification: 'CONFIDENTIAL',
    markings: ['C', 'SBU', 'C/REL NATO'],
  },
  {
    line: 'C O N F I D E N T I A L',
    captions: ['NOFORN'],
    classification: 'CONFIDENTIAL//NOFORN',
    markings: ['C/NF', 'U'],
  },
  { line: 'S E C R E T', captions: [], classification: 'SECRET', markings: ['S', 'C'] },
  { line: 'S E C R E T', captions: ['NOFORN'], classification: 'SECRET//NOFORN', markings: ['S//NF', 'S', 'U'] },
];

const footer = 'Visit Astana’s Classified Website: http://www.state.sgov.gov/p/sca/astana';
const paragraph = fc.record({
  texts: fc.array(sentence, { minLength: 1, maxLength: 3 }),
  heading: fc.option(fc.constantFrom('WHAT HAPPENED NEXT', 'TWO BRIDGES, ONE RIVER', 'COMMENT')),
  hasPageBreak: fc.boolean(),
  pick: fc.nat(),
});

/** Cables of Astana in 2007 with every level, with what stands among and below their paragraphs. */
export const madeCable: fc.Arbitrary<MadeCable> = fc
  .record({
    level: fc.constantFrom(...levels),
    serial: fc.integer({ min: 1, max: 2300 }),
    subject: fc.array(word, { minLength: 2, maxLength: 14 }).map((each) => each.join(' ').toUpperCase()),
    tags: fc.uniqueArray(fc.constantFrom('PREL', 'PGOV', 'ECON', 'KZ', 'RS', 'PHUM'), { minLength: 1 }),
    references: fc.uniqueArray(fc.integer({ min: 1, max: 2000 }), { maxLength: 4 }),
    reasons: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }),
    paragraphs: fc.array(paragraph, { minLength: 1, maxLength: 5 }),
    signature: fc.option(fc.constantFrom('KEEPER', "O'DELL", 'VAN HARBOUR', 'Keeper')),
    hasFooter: fc.boolean(),
    minute: fc.integer({ min: 10, max: 59 }),
  })
  .map(cableOf);

interface Made {
  readonly level: (typeof levels)[number];
  readonly serial: number;
  readonly subject: string;
  readonly tags: readonly string[];
  readonly references: readonly number[];
  readonly reasons: readonly string[];
  readonly paragraphs: readonly {
    readonly texts: readonly string[];
    readonly heading: string | null;
    readonly hasPageBreak: boolean;
    readonly pick: number;
  }[];
  readonly signature: string | null;
  readonly hasFooter: boolean;
  readonly minute: number;
}

function cableOf(made: Made): MadeCable {
  const { level, serial, subject, tags, reasons, paragraphs, signature, hasFooter, minute } = made;
  const isClassified = !level.line.startsWith('UNCLAS');
  const pageBreak = `ASTANA ${String(serial).padStart(8, '0')}  002 OF 003`;
  const read = paragraphs.map(({ texts, pick, heading, hasPageBreak }, index) => ({
    number: index + 1,
    marking: level.markings[pick % level.markings.length] ?? null,
    texts,
    heading: index === 0 ? null : heading,
    hasPageBreak,
  }));
  const body = [
    ...openingOf(made, isClassified),
    ...read.flatMap(({ number, marking, texts, heading, hasPageBreak }) => [
      ...(heading === null ? [] : [heading, '-'.repeat(heading.length), '']),
      ...wrapped(`${number}. (${marking}) ${texts.join(' ')}`, hasPageBreak ? pageBreak : null),
      '',
    ]),
    ...(hasFooter ? [footer, ''] : []),
    ...(signature === null ? [] : [signature]),
  ];
  return {
    page: {
      id: `07ASTANA${serial}`,
      subject,
      classification: level.classification,
      created: `2007-08-21 14:${minute}`,
      header: headerOf(serial, minute),
      body: body.map((line) => `${line} `).join('\n'),
    },
    facts: {
      referenceId: `07ASTANA${serial}`,
      subject,
      classification: level.classification,
      origin: 'Embassy Astana',
      dtg: `2007-08-21T14:${minute}Z`,
      decl: isClassified ? '2017-08-21' : null,
      tags,
      reasons: isClassified ? reasons.map((reason) => `1.4(${reason})`) : [],
      references: made.references.map((number) => `07ASTANA${number}`),
      paragraphs: read.map(({ number, marking, texts }) => ({ number, marking, text: texts.join(' ') })),
      sections: read.flatMap(({ heading, number }) => (heading === null ? [] : [{ heading, paragraph: number }])),
      signature,
      residue: [
        ...read.flatMap(({ hasPageBreak }) => (hasPageBreak ? [pageBreak] : [])),
        ...(hasFooter ? [footer] : []),
      ],
    },
  };
}

function openingOf({ level, serial, subject, tags, references, reasons }: Made, isClassified: boolean): string[] {
  const listed = references.map((number, index) => `${String.fromCharCode(65 + index)}. ASTANA ${number}`);
  return [
    `${level.line} SECTION 01 OF 03 ASTANA ${String(serial).padStart(6, '0')}`,
    '',
    'SIPDIS',
    ...level.captions,
    '',
    `E.O. 12958: ${isClassified ? 'DECL: 08/21/2017' : 'N/A'}`,
    `TAGS: ${tags.join(', ')}`,
    ...wrapped(`SUBJECT: ${subject}`, null),
    '',
    ...(listed.length === 0 ? [] : [`REF: ${listed.join(' ')}`, '']),
    ...(isClassified ? [`Classified By: A. Keeper for reasons 1.4 (${reasons.join(') and (')}).`, ''] : []),
  ];
}

function headerOf(serial: number, minute: number): string {
  return [
    'VZCZCXRO1234',
    'OO RUEHXX',
    `DE RUEHTA #${String(serial).padStart(4, '0')}/01 2331432`,
    'ZNY CCCCC ZZH',
    `O 2114${minute}Z AUG 07 ZDK`,
    'FM AMEMBASSY ASTANA',
    'TO RUEHC/SECSTATE WASHDC PRIORITY 0001',
    'INFO RUCNCIS/CIS COLLECTIVE',
  ].join('\n');
}

/** Lines of 60 letters; after the first of them a page ends. */
function wrapped(text: string, pageBreak: string | null): string[] {
  const lines = text.match(/.{1,60}(?:\s|$)/g)?.map((line) => line.trimEnd()) ?? [];
  return pageBreak === null ? lines : [lines[0] ?? '', '', pageBreak, '', ...lines.slice(1)];
}
