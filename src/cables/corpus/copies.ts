import type { DatabaseSync } from 'node:sqlite';
import type { Cable } from '../../core/cable.ts';
import type { CableDocument, Conflict } from './corpus.ts';
import type { StoredDocument } from './import/stored-document.ts';

/** Fields that may differ between two copies of a cable. */
export type Fields = Pick<Cable, 'subject' | 'created' | 'classification' | 'origin'>;

const names = ['subject', 'created', 'classification', 'origin'] as const satisfies (keyof Fields)[];

export function fieldsOf({ subject, created, classification, origin }: Fields): Fields {
  return { subject, created, classification, origin };
}

/** The value for the table `copies`: null if equal to the cable's own fields. */
export function storedFields(own: Fields, kept: Fields): string | null {
  return names.every((name) => own[name] === kept[name]) ? null : JSON.stringify(fieldsOf(own));
}

/** True if a copy of a cable is more complete than another: more paragraphs, else more letters that are not redacted, else less damage. */
export function isMoreComplete(one: Cable, other: Cable): boolean {
  const [ours, theirs] = [one, other].map(measuresOf);
  const at = ours?.findIndex((measure, index) => measure !== theirs?.[index]) ?? -1;
  return at !== -1 && (ours?.[at] ?? 0) > (theirs?.[at] ?? 0);
}

function measuresOf({ paragraphs, subject, warnings }: Cable): number[] {
  const letters = paragraphs.reduce((sum, { text }) => sum + text.replaceAll(noWordsPattern, '').length, 0);
  return [paragraphs.length, letters, subject === null ? 0 : 1, -warnings.length];
}

/** Blanks and redactions. */
const noWordsPattern = /\s+|[xX]{3,}|\[(?:NAMES?|DETAILS?)[^\]]{0,40}REMOVED\]/g;

/** A cable with its sources, and the fields in which they differ. */
export function documentOf(db: DatabaseSync, { cable, body }: StoredDocument): CableDocument {
  const copies = db
    .prepare(
      'select path, item, fields from copies join sources on number = source where id = ? order by path, item, published',
    )
    .all(cable.referenceId);
  const places = copies.map(({ path, item, fields }) => ({ source: placeName(String(path), String(item)), fields }));
  return {
    cable,
    body,
    sources: [...new Set(places.map(({ source }) => source))],
    conflicts: places.flatMap(({ source, fields }) =>
      typeof fields === 'string' ? conflictsWith(cable, fields, source) : [],
    ),
  };
}

function conflictsWith(kept: Fields, stored: string, source: string): Conflict[] {
  const own = JSON.parse(stored) as Fields;
  return names
    .filter((field) => own[field] !== kept[field] && own[field] !== null)
    .map((field) => ({ field, source, value: own[field] ?? '', kept: kept[field] }));
}

function placeName(path: string, item: string): string {
  return item === '' ? path : item;
}
