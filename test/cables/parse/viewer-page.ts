/** Builds a page as the old viewer printed it. All texts in these tests are invented. */
export function viewerHtml(page: Partial<Page> = {}): string {
  const { id, subject, created, released, classification, origin, header, body, articles } = { ...example, ...page };
  const cells = [
    `<a href='/cable/2007/08/${id}.html'>${id}</a>`,
    `<a href='/date/2007-08_0.html'>${created}</a>`,
    ...(released === null ? [] : [`<a href='/reldate/${released.slice(0, 10)}_0.html'>${released}</a>`]),
    `<a href='/classification/5_0.html' title='secret'>${classification}</a>`,
    `<a href='/origin/42_0.html'>${origin}</a>`,
  ];
  const names = [
    'Reference ID',
    ...(released === null ? ['Date'] : ['Created', 'Released']),
    'Classification',
    'Origin',
  ];
  return [
    "<?xml version='1.0' encoding='utf-8' ?>",
    "<html lang='en'>",
    '<body>',
    `<h3>Viewing cable ${id}, ${subject}</h3>`,
    "<table class='cable'>",
    `<tr>${names.map((name) => `<th>${name}</th>`).join('\n')}</tr>`,
    `<tr>${cells.map((cell) => `<td>\n${cell}\n</td>`).join('\n')}</tr>`,
    ...(articles === null
      ? []
      : [
          `<tr><td colspan='5'>\nAppears in these articles:<br />\n<a href='${articles}'>${articles}</a><br />\n</td></tr>`,
        ]),
    '</table>',
    header === null ? '' : `<code><pre>${header.replaceAll('\n', '&#x000A;')}</pre></code>`,
    `<code><pre>${withParagraphSigns(body).replaceAll('\n', '&#x000A;')}</pre></code>`,
    '</body>',
    '</html>',
  ].join('\n');
}

interface Page {
  readonly id: string;
  readonly subject: string;
  readonly created: string;
  readonly released: string | null;
  readonly classification: string;
  readonly origin: string;
  readonly header: string | null;
  readonly body: string;
  readonly articles: string | null;
}

const example: Page = {
  id: '07ASTANA2299',
  subject: 'A MARKET AND ITS BRIDGE',
  created: '2007-08-21 14:32',
  released: '2011-08-30 01:44',
  classification: 'UNCLASSIFIED',
  origin: 'Embassy Astana',
  header: [
    'VZCZCXRO1234',
    'RR RUEHXX',
    'DE RUEHTA #2299/01 2331432',
    'ZNR UUUUU ZZH',
    'R 211432Z AUG 07 ZDK',
    'FM AMEMBASSY ASTANA',
    'TO RUEHC/SECSTATE WASHDC 0001',
  ].join('\n'),
  body: [
    'UNCLAS SECTION 01 OF 02 ASTANA 002299 ',
    ' ',
    'SIPDIS ',
    ' ',
    'E.O. 12958: N/A ',
    "TAGS: <a href='/tag/PGOV_0.html'>PGOV</a> <a href='/tag/KZ_0.html'>KZ</a>",
    'SUBJECT: A MARKET AND ITS BRIDGE, SEEN ',
    'FROM BOTH SIDES ',
    ' ',
    'REF: A. ASTANA 2221 ',
    '     B. 06 ASTANA 17 ',
    ' ',
    '1. (U) Summary. The market stands east of the river, and its ',
    'bridge west of it. End summary. ',
    ' ',
    '2. (SBU) The bridge was closed in <May> & June, said <keeper@x>. ',
  ].join('\n'),
  articles: null,
};

function withParagraphSigns(body: string): string {
  return body.replaceAll(/^(\s*)(\d+|[A-Z])\.(?=\s)/gm, "$1<a id='par$2' href='#par$2'>¶</a>$2.");
}
