/**
 * Control and format characters, which move the cursor, change colours, reverse a line or cannot be seen. Not those that scripts and
 * emoji need to join letters, line feeds and tabs.
 */
const control = /(?![\n\t\u200C\u200D])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Untrusted text for a terminal or a page, without control characters; it may have several lines. */
export function plain(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(control, '�');
}

/** For `onLine`: keys and addresses are shown whole, since people copy them. */
export const maxKey = 2000;

/** What joins letters joins nothing alone, and cannot be seen. */
const nothing = /^[\u200C\u200D]*$/;

/** Untrusted text where one line is promised: without control characters, at most `length` UTF-16 units. */
export function onLine(text: string, length = 300): string {
  // The spaces of a long text are not looked at to its end.
  const words = text
    .slice(0, 8 * length)
    .replaceAll(control, ' ')
    .split(/\s+/)
    .filter((word) => !nothing.test(word));
  return shortened(words.join(' '), length);
}

/** The same for a chat or mail: no markup that calls people (`<!channel>`, `@everyone`) or hides a link. */
export function withoutMarkup(text: string, length?: number): string {
  const words = text
    .replaceAll(/[@＠﹫]/g, '(at)')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('](', '] (');
  return onLine(words, length);
}

/** Untrusted text for people, as lines below a heading. */
export function indented(text: string): string[] {
  return plain(text)
    .split('\n')
    .map((line) => `  ${line}`);
}

/** What the bot may repeat of a stranger's words in public: letters, digits and spaces, which address nobody and link to nothing. */
export function lettersIn(text: string, length = 60): string {
  const words = text.slice(0, 8 * length).match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .join(' ')
    .slice(0, length)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim();
}

/** A text of at most `length` UTF-16 units, with an ellipsis where it is cut; a surrogate pair is kept whole or left out. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text
    .slice(0, length - 1)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()}…`;
}

/** The same, cut after a word. Empty where the first word alone is longer. */
export function shortenedAtWord(text: string, length: number): string {
  if (text.length <= length) return text;
  const whole = /^.*\S(?=\s)/su.exec(text.slice(0, length))?.[0] ?? '';
  const bare = whole.replace(/[\s,;:–—-]+$/u, '');
  return bare && `${bare}…`;
}

/** Words that the bot quotes in public. A space after each sign that would make a hashtag, a link or a cashtag of what follows, so that nothing does. */
export function inert(text: string): string {
  return withoutMarkup(text.normalize('NFC').replaceAll(active, '$& '), Infinity);
}

const active = new RegExp(
  [
    String.raw`[#＃﹟](?=\S)`,
    String.raw`\$(?=\p{L})`,
    // The colon of a scheme, the dots of a domain.
    String.raw`:(?=\/\/)|(?<=\p{L}):(?=\S)`,
    String.raw`[.．。｡](?=\p{L}{2})|(?<=www|ftp)\.(?=\S)`,
  ].join('|'),
  'giu',
);
