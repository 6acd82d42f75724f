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

/**
 * The same cable as PlusD prints it: metadata, content and raw content in panes. `panes: false`: saved from a browser, whose script has moved
 * the panes away. `first` lines of the body are in the hidden head of the content.
 */
export function plusdHtml(page: Partial<Page> = {}, { panes = true, first = 12 } = {}): string {
  const { id, subject, created, classification, header, body } = { ...example, ...page };
  const lines = body.replaceAll(/<[^>]*>([A-Z]+)<[/]a>/g, '$1').split('\n');
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const field = (name: string, value: string) =>
    `<td><div class="s_key"><a class="i" title="${name}">${name}:</a></div>\n<div class="s_val" title=" ${value} (12 documents)">${value}</div></td>`;
  const [year = '', month = '', day = '', time = ''] = created.split(/[- ]/);
  const monthName = new Date(Date.UTC(2000, Number(month) - 1)).toLocaleString('en', {
    month: 'long',
    timeZone: 'UTC',
  });
  const pane = (title: string, content: string) =>
    `<div class="pane-tab"><div class="pane-header">${title}</div><div class="pane-content">${content}</div></div>`;
  const content = `<div class="text-header hidden">${escaped(lines.slice(0, first).join('\n'))}</div>
<div class="text-button" id="showhide">Show Headers</div>
<div class="text-content"><div id="tagged-text">${escaped(lines.slice(first).join('\n'))}</div></div>`;
  return `<!DOCTYPE html><html><body><div class="pgp"><pre>-----BEGIN PGP PUBLIC KEY BLOCK-----
mQINBFUoCGgBEADFLp+QonWyK8L6SPsNrnhwgfCxCk6OUHRIHReAsgAUXegpfg0b
-----END PGP PUBLIC KEY BLOCK-----</pre></div>
<table id="synopsis"><tr><td colspan="2">${escaped(subject)}</td></tr>
<tr>${field('Date', `${year} ${monthName} ${Number(day)}, ${time} (Tuesday)`)}${field('Canonical ID', `${id}_a`)}</tr>
<tr>${field('Original Classification', classification.replaceAll('//', ','))}${field('Current Classification', '-- Not Assigned --')}</tr>
<tr><td><div class="s_key">Handling Restrictions</div><div class="s_val">-- Not Assigned --</div></td>${field('From', 'Kazakhstan Astana')}</tr>
<tr>${field('TAGS', '<a href="/plusd/?qtags=KZ">KZ - Kazakhstan</a> | <a href="/plusd/?qtags=PGOV">PGOV - Political Affairs</a>')}</tr></table>
${panes ? pane('Content', content) : content}
${panes ? pane('Raw content', `<div class="text-content">${escaped(lines.join('\n'))}</div>`) : ''}
${panes ? pane('Metadata', `<div class="text-content">${escaped(header ?? '')}</div>`) : ''}
<table class="references"><tr><td>Cites</td><td><a class="j" href="/plusd/cables/08ASTANA261.html">08ASTANA261</a></td></tr></table>
</body></html>`;
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
