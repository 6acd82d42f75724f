/** `app.bsky.richtext.facet`: what a stretch of the text, in UTF-8 bytes, leads to. */
export interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly ({ readonly $type: string } & Readonly<Record<string, string>>)[];
}

const bytesAGrapheme = 10;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** In graphemes, of which 300 are allowed; a text of more than 3000 bytes is longer than that however few it has. */
export function lengthOf(text: string): number {
  let graphemes = 0;
  for (const _ of segmenter.segment(text)) graphemes += 1;
  return Math.max(graphemes, Math.ceil(Buffer.byteLength(text) / bytesAGrapheme));
}

const link = /(?<![\p{L}\p{N}@/])https?:\/\/[^\s<>"'“”„«»`]+/giu;
/** Ends of sentences are none of URLs. */
const trailing = /[.,;:!?…]+$/;

/** Links as the text has them, and the mention of the one who is answered; nobody else is notified. */
export function facetsOf(
  text: string,
  answered: { readonly handle: string; readonly did: string } | undefined,
): Facet[] {
  const links = Array.from(text.matchAll(link), ({ 0: written, index }) => {
    const uri = withoutTail(written);
    return facet(text, index, uri.length, { $type: 'app.bsky.richtext.facet#link', uri });
  });
  if (answered === undefined || !answered.did.startsWith('did:')) return links;
  return [...links, ...mentionsOf(text, answered.handle, answered.did)].toSorted(
    (a, b) => a.index.byteStart - b.index.byteStart,
  );
}

function mentionsOf(text: string, handle: string, did: string): Facet[] {
  const name = `@${handle.replace(/^@/, '')}`;
  if (name === '@') return [];
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}@/.])${RegExp.escape(name)}(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])`,
    'giu',
  );
  return Array.from(text.matchAll(pattern), ({ index }) =>
    facet(text, index, name.length, { $type: 'app.bsky.richtext.facet#mention', did }),
  );
}

function facet(text: string, at: number, length: number, feature: Facet['features'][number]): Facet {
  const byteStart = Buffer.byteLength(text.slice(0, at));
  const byteEnd = byteStart + Buffer.byteLength(text.slice(at, at + length));
  return { index: { byteStart, byteEnd }, features: [feature] };
}

/** A closing bracket belongs to the URL only where it was opened there. */
function withoutTail(url: string): string {
  const bare = url.replace(trailing, '');
  const last = bare.at(-1);
  const opening = last === ')' ? '(' : last === ']' ? '[' : undefined;
  if (opening === undefined || count(bare, opening) >= count(bare, last ?? '')) return bare;
  return withoutTail(bare.slice(0, -1));
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}
