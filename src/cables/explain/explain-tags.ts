import { meaningsOfTag } from '../parse/header/tags.ts';

/** A tag and what it stands for. */
export interface TagExplained {
  readonly tag: string;
  readonly kind: 'subject' | 'program' | 'country' | 'region' | 'organization' | 'topic' | 'person' | 'unknown';
  /** `External Political Relations`; of a person the name; null where no list has the tag. A tag of two meanings has both. */
  readonly meaning: string | null;
  /** Of a subject, known or not: `political affairs`. */
  readonly group: string | null;
}

/** `tag`: as in `Cable`, in upper case. */
export function explainTag(tag: string): TagExplained {
  const meanings = meaningsOfTag(tag);
  const [first] = meanings;
  if (first !== undefined) {
    const words = meanings.flatMap(({ meaning }) => meaning ?? []).join(', or ');
    return { tag, kind: first.kind, meaning: words || null, group: first.kind === 'subject' ? groupOf(tag) : null };
  }
  if (tag.includes(', ')) return { tag, kind: 'person', meaning: nameOf(tag), group: null };
  return { tag, kind: 'unknown', meaning: null, group: /^[A-Z]{4}$/.test(tag) ? groupOf(tag) : null };
}

/** The first of a subject's four letters. */
function groupOf(tag: string): string | null {
  return tagGroups.get(tag[0] ?? '') ?? null;
}

const tagGroups = new Map([
  ['A', 'administration'],
  ['B', 'business'],
  ['C', 'consular affairs'],
  ['E', 'economic affairs'],
  ['K', 'programs'],
  ['M', 'military affairs'],
  ['O', 'operations'],
  ['P', 'political affairs'],
  ['S', 'social affairs'],
  ['T', 'technology'],
]);

/** `RICE, CONDOLEEZZA` is Condoleezza Rice. */
function nameOf(tag: string): string {
  const [last = '', ...given] = tag.split(', ');
  return [...given, last]
    .join(' ')
    .toLowerCase()
    .replaceAll(/(?<![\p{L}'’])\p{L}|(?<=\bMc|['’-])\p{L}/gu, (letter) => letter.toUpperCase());
}
