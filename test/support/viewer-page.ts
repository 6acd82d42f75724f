/** A page as the old viewer wrote it, of an invented cable with `count` paragraphs: raw text in `<pre>`, newlines as `&#x000A;`. */
export function viewerPage(count = 20): string {
  const header = [
    'VZCZCXRO1234',
    'RR RUEHXX',
    'DE RUEHTA #0012/01 2312355',
    'ZNR UUUUU ZZH',
    'R 192355Z AUG 07',
    'FM AMEMBASSY ASTANA',
    'TO RUEHC/SECSTATE WASHDC 0001',
    'INFO RUEHXX/ALL POSTS COLLECTIVE PRIORITY',
  ];
  const body = [
    'UNCLAS SECTION 01 OF 02 ASTANA 000012 ',
    ' ',
    'SIPDIS ',
    ' ',
    'E.O. 12958: N/A ',
    "TAGS: <a href='/tag/PREL_0.html'>PREL</a> <a href='/tag/KZ_0.html'>KZ</a> ",
    'SUBJECT: AN INVENTED CABLE ABOUT THE WEATHER ',
    ' ',
    'REF: A. ASTANA 11 ',
    '     B. 06 LONDON 10 ',
    ' ',
    ...Array.from({ length: count }, (_, i) => paragraph(i + 1)).flat(),
    'INVENTED ',
  ];
  return `<?xml version='1.0' encoding='utf-8' ?>
<html lang='en'><head><title>Cable Viewer</title></head><body>
<h3>Viewing cable 07ASTANA12, AN INVENTED CABLE ABOUT THE WEATHER</h3>
<table class='cable'>
<tr><th>Reference ID</th><th>Created</th><th>Released</th><th>Classification</th><th>Origin</th></tr>
<tr><td><a href='/cable/2007/08/07ASTANA12.html'>07ASTANA12</a></td>
<td><a href='/date/2007-08_0.html'>2007-08-19 23:55</a></td>
<td><a href='/reldate/2011-08-30_0.html'>2011-08-30 01:44</a></td>
<td><a href='/classification/1_0.html' title='confidential'>UNCLASSIFIED</a></td>
<td><a href='/origin/42_0.html'>Embassy Astana</a></td></tr>
</table>
<code><pre>${header.join('&#x000A;')}</pre></code>
<code><pre>${body.join('&#x000A;')}</pre></code>
</body></html>
`;
}

function paragraph(number: number): string[] {
  return [
    `${number}. (U) The sun rose over the steppe on day ${number} and the Embassy's `,
    'thermometer showed what thermometers show.  Contacts said that it & "the ',
    'wind" had been stronger in other years, and that nobody had measured it. ',
    ' ',
  ];
}
