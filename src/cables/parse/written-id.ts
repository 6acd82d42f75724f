import type { ReferenceId } from '../../core/cable.ts';
import { canonicalReferenceId, formatReferenceId, fullYear } from '../ids/reference-id.ts';
import { stationNamed, stationOfRoute } from '../ids/stations.ts';
import type { CableCopy } from './raw-cable.ts';
import type { Transmission } from './header/transmission.ts';

/**
 * The ID of a copy: from its table, else from its classification line (`UNCLAS SECTION 01 OF 02 MADRID 001952`) or a page break, with
 * the year of the date-time group, else from the file name, else from the route and serial of the DE line.
 */
export function referenceIdOf(copy: CableCopy, sent: Transmission, name: string | undefined): ReferenceId | undefined {
  if (copy.writtenId !== null) return canonicalReferenceId(copy.writtenId) ?? unlistedId(copy.writtenId);
  const year = sent.dtg === null ? undefined : Number(sent.dtg.slice(0, 4));
  return (
    (year === undefined ? undefined : idInBody(copy.body, year)) ??
    idInName(name) ??
    (year === undefined ? undefined : idOfRoute(sent, year))
  );
}

/** The ID of a page whose station is in no list. */
function unlistedId(written: string): ReferenceId | undefined {
  const [, digits = '', station = '', serial] = /^(\d\d)([A-Z]{4,17})([1-9]\d{0,5})$/.exec(written) ?? [];
  const year = fullYear(digits);
  return year === undefined ? undefined : formatReferenceId({ year, station, serial: Number(serial) });
}

/** True if the DE line's serial, which has four digits, agrees with the ID. */
export function agreesWithSerial(id: ReferenceId, sent: NonNullable<Transmission['sent']>): boolean {
  return Number(/\d+$/.exec(id)?.[0]) % 10_000 === sent.serial;
}

const maxOpeningLines = 60;
const numberedPattern = /(?:^|OF \d\d |UNCLAS |L |T )([A-Z][A-Z'. -]{2,30}?) {1,3}(\d{6}|\d{8})(?=\s|$)/;

function idInBody(body: readonly string[], year: number): ReferenceId | undefined {
  for (const line of body.slice(0, maxOpeningLines)) {
    const match = numberedPattern.exec(line.slice(0, 120).toUpperCase());
    const words = match?.[1]?.replace(/^(?:UNCLAS|SECTION|EFTO|NOFORN| )+/, '').split(' ') ?? [];
    for (let from = 0; from < words.length; from += 1) {
      const station = stationNamed(words.slice(from).join(' '), year);
      const serial = Number(match?.[2]);
      if (station !== undefined && serial > 0) return formatReferenceId({ year, station: station.code, serial });
    }
  }
  return undefined;
}

function idInName(name: string | undefined): ReferenceId | undefined {
  const stem = name?.split(/[/\\]/).at(-1)?.split('.')[0];
  return stem === undefined ? undefined : canonicalReferenceId(stem);
}

function idOfRoute({ sent }: Transmission, year: number): ReferenceId | undefined {
  const station = sent === null ? undefined : stationOfRoute(sent.route);
  // From 10,000 on, the DE line does not have the whole serial.
  if (sent === null || station === undefined || sent.serial === 0 || (station.maxSerial ?? 0) >= 10_000)
    return undefined;
  return formatReferenceId({ year, station: station.code, serial: sent.serial });
}
