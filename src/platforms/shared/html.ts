import { Parser } from 'htmlparser2';
import { storable } from '../../core/storable.ts';

/** Words of a stranger's HTML, as `Post.text` wants them, and where its links lead. */
export interface Words {
  readonly text: string;
  /** Absolute http(s) URLs in order; none from quoted passages or code. */
  readonly links: readonly string[];
}

const maxHtmlLength = 262_144;
const maxTextLength = 65_536;
const maxLinks = 200;
/** Nobody nests so deep; the parser gets slow where somebody does. */
const maxDepth = 200;

const unread = new Set([
  'script',
  'style',
  'head',
  'template',
  'noscript',
  'iframe',
  'object',
  'svg',
  'math',
  'select',
]);
const paragraphs = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'dl', 'table', 'figure', 'hr']);
const lines = new Set([
  'div',
  'section',
  'article',
  'header',
  'footer',
  'main',
  'aside',
  'nav',
  'tr',
  'li',
  'dt',
  'dd',
  'br',
  'address',
  'figcaption',
  'form',
  'details',
  'summary',
]);

/** `base`: what relative links start from. Time grows with length; length and depth are bounded. */
export function wordsOfHtml(html: string, base: string | null): Words {
  const paper = newPaper();
  const links = new Set<string>();
  const open = { unread: 0, quote: 0, pre: 0, code: 0, depth: 0 };
  const parser = new Parser({
    onopentag(name, attributes) {
      if (++open.depth > maxDepth) return parser.reset();
      if (unread.has(name)) open.unread += 1;
      if (open.unread > 0) return;
      if (paragraphs.has(name)) paper.endParagraph();
      else if (lines.has(name)) paper.endLine();
      if (name === 'li') paper.write('- ');
      if (name === 'td' || name === 'th') paper.write(' ');
      if (name === 'blockquote') paper.quote(++open.quote);
      if (name === 'pre' && open.pre++ === 0) paper.fence(true);
      if (name === 'code' && open.pre === 0 && open.code++ === 0) paper.write('`');
      const link = name === 'a' && open.quote + open.pre + open.code === 0 && webUrl(attributes['href'], base);
      if (link && links.size < maxLinks) links.add(link);
    },
    ontext(text) {
      if (open.unread > 0) return;
      if (open.pre > 0) paper.writeLines(text);
      else paper.write(text.replaceAll(/[ \t\n\f\r\u00a0]+/g, ' '));
    },
    onclosetag(name) {
      open.depth -= 1;
      if (unread.has(name)) open.unread -= 1;
      if (open.unread > 0) return;
      if (name === 'code' && open.code > 0 && --open.code === 0) paper.write('`');
      if (name === 'pre' && open.pre > 0 && --open.pre === 0) paper.fence(false);
      if (name === 'blockquote' && open.quote > 0) paper.quote(--open.quote);
      if (paragraphs.has(name)) paper.endParagraph();
      else if (lines.has(name) && name !== 'br') paper.endLine();
    },
  });
  // Without any tag it is plain text, whose lines are its own.
  const written = html.slice(0, maxHtmlLength);
  parser.end(/<[a-z!/]/i.test(written) ? written : written.replaceAll('\n', '<br>'));
  return { text: bounded(paper.text()), links: [...links] };
}

export function wordsOfText(text: string): Words {
  return { text: bounded(text.trim()), links: [] };
}

/** An absolute http(s) URL, or null. */
export function webUrl(written: string | undefined, base: string | null): string | null {
  if (written === undefined || written.length > 2000) return null;
  const url = URL.parse(written.trim(), base ?? undefined);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? storable(url.href) : null;
}

/** Lines as they are written, each marked with how deep it is quoted. */
function newPaper() {
  const done: string[] = [];
  let line: string[] = [];
  // Kept beside the pieces: asking a growing string for its end copies all of it, each time.
  let endsInSpace = true;
  let depth = 0;
  let room = maxTextLength;
  const append = (text: string) => {
    if (text === '' || room <= 0) return;
    line.push(text);
    room -= text.length;
    endsInSpace = text.endsWith(' ');
  };
  const endLine = () => {
    const written = line.join('');
    if (written.trim() !== '') done.push('> '.repeat(depth) + written.trimEnd());
    line = [];
    endsInSpace = true;
  };
  const endParagraph = () => {
    endLine();
    if (done.length > 0 && done.at(-1) !== '') done.push('');
  };
  return {
    endLine,
    endParagraph,
    write: (text: string) => append(endsInSpace ? text.trimStart() : text),
    writeLines(text: string) {
      for (const [index, next] of text.split('\n').entries()) {
        if (index > 0) endLine();
        append(next);
      }
    },
    fence(opens: boolean) {
      if (opens) endParagraph();
      else endLine();
      done.push(`${'> '.repeat(depth)}\`\`\``);
      if (!opens) endParagraph();
    },
    quote(newDepth: number) {
      endParagraph();
      depth = Math.min(newDepth, 8);
    },
    text() {
      endLine();
      return done.join('\n').trim();
    },
  };
}

function bounded(text: string): string {
  return storable(text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text);
}
