import type { CableCopy, Cut } from '../raw-cable.ts';
import { splitMessage, untilChrome } from '../header/message-text.ts';

/**
 * A viewer's page as text on a blog: its table is a line of headings and a line of values (or a cell a line), header and body follow
 * without a separator, and the blog's comment form is at the end. Each table begins a cable.
 */
export function repostedPage(text: string): Cut | undefined {
  const tables = [...text.matchAll(headingsPattern)];
  if (tables.length === 0) return undefined;
  const copies: CableCopy[] = [];
  const rejects: { reason: string }[] = [];
  for (const [index, table] of tables.entries()) {
    const after = text.slice(table.index + table[0].length, tables[index + 1]?.index);
    const row = rowPattern.exec(after.slice(0, maxRowLength));
    if (row === null) rejects.push({ reason: 'reposted page: no values below the headings of its table' });
    else
      copies.push(
        copyOf(
          row,
          titleOf(text.slice(Math.max(0, table.index - maxIntroductionLength), table.index)),
          after.slice(row[0].length),
        ),
      );
  }
  return { copies, rejects };
}

const gapSource = String.raw`[ \t\n|]{1,20}`;
const headingsPattern = new RegExp(
  ['Reference ID', '(?:Created|Date)', `(?:Released${gapSource})?Classification`, 'Origin'].join(gapSource),
  'g',
);
const timeSource = String.raw`(\d{4}-\d\d-\d\d \d\d:\d\d)`;
const levelSource = String.raw`((?:UNCLASSIFIED|CONFIDENTIAL|SECRET)(?:\/\/(?:NOFORN|FOR OFFICIAL USE ONLY))?)`;
const rowPattern = new RegExp(
  String.raw`^[\s|]{0,20}(\d{2,4}[A-Z0-9'-]{2,60})${gapSource}${timeSource}${gapSource}(?:${timeSource}${gapSource})?${levelSource}${gapSource}([^\n|]{2,60})[ \t|]{0,9}`,
);
const maxRowLength = 500;

function copyOf(row: RegExpExecArray, title: string | null, rest: string): CableCopy {
  const [, id, created, released, classification, origin] = row;
  const message = splitMessage(untilChrome(withoutArticles(rest)));
  return {
    writtenId: id ?? null,
    title,
    created: created ?? null,
    released: released ?? null,
    classification: classification ?? null,
    origin: origin?.trim() ?? null,
    header: message.header,
    body: message.body,
    page: 'viewer',
    cutShort: false,
  };
}

const maxIntroductionLength = 4000;

/** `Viewing cable 07EXAMPLE12, FIRST LINE OF SUBJECT` above the table. */
function titleOf(introduction: string): string | null {
  const heading = introduction.lastIndexOf('Viewing cable ');
  const title =
    heading === -1 ? undefined : /^Viewing cable \w{4,60}, ([^\n]{1,200})/.exec(introduction.slice(heading))?.[1];
  return title?.trim() || null;
}

/** The table's last row may be `Appears in these articles:` with links. */
function withoutArticles(rest: string): string {
  const articles = /^[\s|]{0,20}Appears in these articles:[^\n]*(?:\n[ \t]{0,20}https?:[^\n]*)*/.exec(rest);
  return articles === null ? rest : rest.slice(articles[0].length);
}
