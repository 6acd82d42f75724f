import { Parser } from 'htmlparser2';
import { storable } from '../../core/storable.ts';

/** Plain text of a stranger's HTML, in the form of `Post.text`, and its links. */
export interface PlainText {
  readonly text: string;
  /** Absolute http(s) URLs in order, without those in quotations and code. */
  readonly links: readonly string[];
  /** Where the line “RE: link” leads that servers add to a quote, if the text has one. */
  readonly quotes?: string;
}

const maxHtmlLength = 262_144;
const maxTextLength = 65_536;
const maxLinks = 200;
/** No real page nests deeper, and the parser gets slow on pages that do. */
const maxDepth = 200;

const skippedElements = namesIn('script style head template noscript iframe object svg math select');
const blockElements = namesIn('p h1 h2 h3 h4 h5 h6 ul ol dl table figure hr');
const lineElements = namesIn(
  'div section article header footer main aside nav tr li dt dd br address figcaption form details summary',
);

/** Class of the line “RE: link” that servers add to a quote for readers that do not show quotes. */
const quoteLine = /(?<!\S)quote-inline(?!\S)/;

function namesIn(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** `base`: base URL of relative links. Takes linear time; length and depth are bounded. */
export function htmlToText(html: string, base: string | null = null): PlainText {
  const writer = new TextWriter();
  const links = new Set<string>();
  const quoted: (string | null)[] = [];
  const open = { skipped: 0, quote: 0, pre: 0, code: 0, depth: 0, hiddenAt: 0 };
  const parser = new Parser({
    onopentag(name, attributes) {
      if (++open.depth > maxDepth) return parser.reset();
      if (skippedElements.has(name)) open.skipped += 1;
      if (open.hiddenAt === 0 && quoteLine.test(attributes['class'] ?? '')) open.hiddenAt = open.depth;
      if (open.hiddenAt > 0 && name === 'a') quoted.push(webUrl(attributes['href'], base));
      if (open.skipped + open.hiddenAt > 0) return;
      if (blockElements.has(name)) writer.endParagraph();
      else if (lineElements.has(name)) writer.endLine();
      if (name === 'li') writer.write('- ');
      if (name === 'td' || name === 'th') writer.write(' ');
      if (name === 'blockquote') writer.quote(++open.quote);
      if (name === 'pre' && open.pre++ === 0) writer.codeBlock(true);
      if (name === 'code' && open.pre === 0 && open.code++ === 0) writer.write('`');
      const link = name === 'a' && open.quote + open.pre + open.code === 0 && webUrl(attributes['href'], base);
      if (link && links.size < maxLinks) links.add(link);
    },
    ontext(text) {
      if (open.skipped + open.hiddenAt > 0) return;
      if (open.pre > 0) writer.writeLines(text);
      else writer.write(text.replaceAll(/[ \t\n\f\r\u00a0]+/g, ' '));
    },
    onclosetag(name) {
      open.depth -= 1;
      if (skippedElements.has(name)) open.skipped -= 1;
      const isHidden = open.hiddenAt > 0;
      if (open.depth < open.hiddenAt) open.hiddenAt = 0;
      if (open.skipped > 0 || isHidden) return;
      if (name === 'code' && open.code > 0 && --open.code === 0) writer.write('`');
      if (name === 'pre' && open.pre > 0 && --open.pre === 0) writer.codeBlock(false);
      if (name === 'blockquote' && open.quote > 0) writer.quote(--open.quote);
      if (blockElements.has(name)) writer.endParagraph();
      else if (lineElements.has(name) && name !== 'br') writer.endLine();
    },
  });
  // Without any tag it is plain text: keep its line breaks.
  const written = html.slice(0, maxHtmlLength);
  parser.end(/<[a-z!/]/i.test(written) ? written : written.replaceAll('\n', '<br>'));
  const quotes = quoted.find((link) => link !== null);
  return { text: bounded(writer.text()), links: [...links], ...(quotes && { quotes }) };
}

export function plainText(text: string): PlainText {
  return { text: bounded(text.trim()), links: [] };
}

/** An absolute http(s) URL, or null. `base`: base URL of a relative one. */
export function webUrl(written: string | null | undefined, base: string | null = null): string | null {
  if (typeof written !== 'string' || written.length > 2000) return null;
  const url = URL.parse(written.trim(), base ?? undefined);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? storable(url.href) : null;
}

/** Collects lines; each gets one `>` per level of quotation. */
class TextWriter {
  readonly #done: string[] = [];
  #line: string[] = [];
  // Kept apart: reading the end of a growing string would flatten (copy) it each time.
  #endsInSpace = true;
  #depth = 0;
  #room = maxTextLength;

  write(text: string): void {
    this.#append(this.#endsInSpace ? text.trimStart() : text);
  }

  writeLines(text: string): void {
    for (const [index, next] of text.split('\n').entries()) {
      if (index > 0) this.endLine();
      this.#append(next);
    }
  }

  endLine(): void {
    const written = this.#line.join('');
    if (written.trim() !== '') this.#done.push('> '.repeat(this.#depth) + written.trimEnd());
    this.#line = [];
    this.#endsInSpace = true;
  }

  endParagraph(): void {
    this.endLine();
    if (this.#done.length > 0 && this.#done.at(-1) !== '') this.#done.push('');
  }

  codeBlock(opens: boolean): void {
    if (opens) this.endParagraph();
    else this.endLine();
    this.#done.push(`${'> '.repeat(this.#depth)}\`\`\``);
    if (!opens) this.endParagraph();
  }

  quote(newDepth: number): void {
    this.endParagraph();
    this.#depth = Math.min(newDepth, 8);
  }

  text(): string {
    this.endLine();
    return this.#done.join('\n').trim();
  }

  #append(text: string): void {
    if (text === '' || this.#room <= 0) return;
    this.#line.push(text);
    this.#room -= text.length;
    this.#endsInSpace = text.endsWith(' ');
  }
}

function bounded(text: string): string {
  return storable(text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text);
}
