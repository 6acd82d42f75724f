import { findCitations } from '../../src/cables/citations/find.ts';
import { readFileBytes } from '../../src/cables/corpus/formats/index.ts';
import { readQuotation } from '../../src/cables/corpus/search/find-quotation.ts';
import { termsOf } from '../../src/cables/corpus/search/terms.ts';
import { excerptOf } from '../../src/cables/excerpts/excerpts.ts';
import { referenceId } from '../../src/cables/ids/reference-id.ts';
import { textFragments } from '../../src/cables/links/text-fragments.ts';
import { controlWord } from '../../src/core/control.ts';
import { storable } from '../../src/core/storable.ts';
import { indented, shortened } from '../../src/core/text/strangers.ts';
import { splitLines } from '../../src/core/text/lines.ts';
import { permissionIn } from '../../src/net/link-probe.ts';
import { hideSecrets } from '../../src/observe/hide.ts';
import { hashtagsOf } from '../../src/platforms/bluesky/hashtags.ts';
import { PostRecord } from '../../src/platforms/bluesky/wire.ts';
import { htmlToText } from '../../src/platforms/shared/html.ts';
import { refusalIn } from '../../src/platforms/wordpress/api.ts';
import { foldedWords } from '../../src/rules/fold.ts';

const { hide } = hideSecrets(['aaaa-s3cret-aaaa']);

const record = PostRecord.parse({ $type: 'app.bsky.feed.post', text: '', createdAt: '2026-01-01T00:00:00Z' });

const cable = { referenceId: referenceId('07ASTANA2244'), classification: 'UNCLASSIFIED' };

const [printed] = readFileBytes(
  new TextEncoder().encode('UNCLAS ASTANA 002244\n\n1. (U) Text.'),
  '07ASTANA2244',
).cables;

/** All that is done on the event loop with a text of a stranger, and may not take more than linear work. */
export const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'citations of a text': (text) => findCitations({ text, hashtags: [], links: [] }, { weakCounts: true }),
  'citations beside #cablegate': (text) =>
    findCitations({ text: `#cablegate ${text}`, hashtags: [], links: [text] }, { weakCounts: false }),
  'citations of hashtags': (text) =>
    findCitations({ text, hashtags: text.match(/[^]{1,500}/g) ?? [], links: [] }, { weakCounts: true }),
  'control words': controlWord,
  'an excerpt of a paragraph': (text) =>
    excerptOf({ ...cable, paragraphs: [{ number: 1, marking: null, text, anchor: null }] }, 1, 'all'),
  'HTML to text': (text) => htmlToText(text, 'https://blog.example/'),
  'hashtags of Bluesky': (text) => hashtagsOf({ ...record, text, tags: text.match(/[^]{1,640}/g) ?? [] }),
  'secrets in a message': hide,
  'text for a page': (text) => [indented(text), shortened(text, 300), storable(text)],
  'lines of a file': (text) => splitLines(1_000_000).push(Buffer.from(text)),
  'a refusal of WordPress': (text) => refusalIn({ code: 'no', message: text }),
  'robots.txt': (text) =>
    permissionIn(`User-agent: *\nDisallow: /${text}`, 'https://site.example/cable/1', 'Pilcrow/1'),
  'words for rules': foldedWords,
  'words that links quote': (text) =>
    printed && textFragments({ ...printed, body: `1. (U) As in 2. (U) ${text}\n2. (U) ${text}` })(2),
  'words of a quotation': (text) => [readQuotation(text), termsOf(text)],
};

/** What a hostile text repeats. */
export const pieces: readonly string[] = [
  '-',
  '_-',
  '#',
  '#a-',
  '07',
  '07A',
  '07ASTANA2244 ',
  '#07ASTANA2244',
  '¶3,',
  '"',
  '“a',
  '`',
  '``` ',
  '~~~\n',
  '>',
  '\n> ',
  '<',
  '<a ',
  '<i>',
  '&',
  '&#07',
  'a://',
  'ab+c',
  'a@b ',
  'https://',
  '/cable/',
  'www.',
  '…',
  '...',
  ' ',
  '\n',
  'cable 2244 from ',
  'cable 1 from Astana ',
  'ASTANA 2244 ',
  'Embassy Astana cable no. ',
  'para 3-',
  'the ',
  'wuold ',
  '*',
  '/*',
  'Disallow: /*a\n',
  'ã',
  '３',
  '\u00AD',
  '\uD800',
  '漢',
  '\u202E',
  ' [x',
  '. . .',
  '\\',
  '%2F',
  'August 2007 ',
];
