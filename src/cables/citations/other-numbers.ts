import { stationByExonym, stationNamed } from '../ids/stations.ts';

/**
 * True if a number, a name and a number apart (`04 MADRID 001141`) are year, station and serial only by chance: the first is a count
 * (`SECTION 01 OF 04`) or the end of another number (`A320-88`), the second goes on or has a unit (`1551,50 €`), or both are a score (`ROME 10 PARIS 8`).
 */
export function isOtherNumber(text: string, start: number, end: number, serial: string): boolean {
  const before = text.slice(Math.max(0, start - 40), start);
  const behind = text.slice(end, end + 12);
  if (countPattern.test(before) && !paragraphsOfPattern.test(before)) return true;
  if (/\d[.-]$/.test(before) || (/^[.,]\d/.test(behind) && !nextIdPattern.test(behind))) return true;
  return unitPattern.test(behind) || (serial.length < 3 && isBehindStation(before));
}

/** `1115 €`, `30%` */
const unitPattern = /^ ?[\p{Sc}%‰°]/v;

/** `SECTION 01 OF 04 MADRID 001141`, `page 3 of 04 MADRID 000604` */
const countPattern = /\d\s{1,3}OF\s{1,3}$/i;
/** In `paragraphs 3 and 5 of 08 LISBON 169` the next number is a year. */
const paragraphsOfPattern = /(?:¶{1,2}|\bpar(?:a|as|s|agraphs?)?\b\.?)(?:[\s\d,;&-]|and|or|to){1,25}OF\s{1,3}$/i;
/** `08 LONDON 1115,08 PARIS 12` */
const nextIdPattern = /^[.,]\d\d(?:\d\d)?[ _-]?(?!EURO?)[A-Z]{4}/;

function isBehindStation(before: string): boolean {
  const name = /(?<![\p{L}\d])\p{L}[\p{L}'\-]{2,30}(?= $)/v.exec(before)?.[0];
  return name !== undefined && (stationNamed(name) ?? stationByExonym(name)) !== undefined;
}
