import { canonicalReferenceId, fullYear, referenceId } from '../ids/reference-id.ts';
import { malformedNear, resemblesStation } from '../repair/letters.ts';
import { readingsOf } from '../repair/readings.ts';
import { stationNamed } from '../ids/stations.ts';
import { type Found, noClues } from './found.ts';

/** The cited ID or clues, with their strength. */
export type Spelt = Pick<Found, 'id' | 'clues' | 'strength'>;

/** Reads a hashtag as an ID. An ID of an unknown station stays as written, in upper case, for repair. */
export function looseId(written: string): Spelt | undefined {
  const known = canonicalReferenceId(written);
  if (known !== undefined) return { id: known, clues: null, strength: 'strong' };
  const match = /^(\d{2}|\d{4})[A-Z]{3,20}(\d{1,6})$/i.exec(written);
  if (match === null || fullYear(match[1] ?? '') === undefined) return undefined;
  return { id: referenceId(written.toUpperCase()), clues: null, strength: 'weak' };
}

/** Reads year, name and serial that form no ID, if the name is similar to a station's. */
export function misspelt(written: string): Spelt | undefined {
  if (written.length > maxLength || !shapePattern.test(written) || numberedWordPattern.test(written)) return undefined;
  // Without a year it must have year and serial joined: ASTANA2244 is a description.
  const readings = readingsOf(written).filter(({ year, name }) => year !== null && name.length >= minLength);
  const isNear = readings.some(({ name, serial }) =>
    serial === '' ? stationNamed(name) !== undefined : resemblesStation(name),
  );
  if (!isNear && malformedNear(written).length === 0) return undefined;
  return looseId(written) ?? { id: null, clues: { ...noClues, spelling: written }, strength: 'weak' };
}

/** Maximum of misspelt IDs read from a text, and from the tags of a platform: each is compared with every station. */
export const maxMisspelt = 20;
const maxLength = 50;
const minLength = 4;
const shapePattern = /\d.*[A-Za-z]{2}|[A-Za-z]{2}.*\d/;
/** `books2010`: too short for both year and serial, and similar to no malformed ID. */
const numberedWordPattern = /^[A-Za-z]+\d{1,4}$/;
