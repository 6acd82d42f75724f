/**
 * Derives src/cables/tables/months.tsv from a list of published IDs with the month of Created (`07ASTANA2244,8`; csv or csv.gz):
 *
 *   node prove/derive-months.ts cable_ids_month.csv.gz > src/cables/tables/months.tsv
 *
 * Serials of a station grow within a year, so a month is a stretch of serials. Where cables of two months lie mixed, the stretches that put the
 * fewest cables into a wrong month are found by dynamic programming. What is kept are their borders, not the list.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ReferenceParts } from '../src/cables/ids/reference-id.ts';
import { canonicalReferenceId, partsOf } from '../src/cables/ids/reference-id.ts';

interface Cable {
  readonly serial: number;
  readonly month: number;
}

/** Month and the first serial that counts to it. */
type Start = readonly [number, number];

const HEAD = `# Months by serial: stretches that put the fewest published cables into a wrong month. Derived by prove/derive-months.ts from cablemap's list (BSD licence).
# station\tyear\thighest serial\tmonth:first serial
`;

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('expected the file of a list: ID,month');
const groups = groupsOf(readList(file));
let wrong = 0;
let breakpoints = 0;
const rows = [...groups].map(([key, cables]) => {
  const fitted = fit(cables.toSorted((a, b) => a.serial - b.serial || a.month - b.month));
  wrong += fitted.wrong;
  breakpoints += fitted.starts.length;
  const highest = Math.max(...cables.map((cable) => cable.serial));
  return `${key}\t${highest}\t${fitted.starts.map(([month, serial]) => `${month}:${serial}`).join(' ')}\n`;
});
process.stdout.write(HEAD + rows.toSorted().join(''));
process.stderr.write(`${groups.size} station years, ${breakpoints} breakpoints, ${wrong} cables in a wrong month\n`);

function readList(path: string): string[] {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trim().split('\n');
}

function groupsOf(lines: readonly string[]): Map<string, Cable[]> {
  const found = new Map<string, Cable[]>();
  for (const line of lines) {
    const [written = '', month = ''] = line.split(',');
    const parts = partsOfWritten(written);
    if (parts === undefined || month === '') throw new Error(`unexpected line: ${line}`);
    const key = `${parts.station}\t${parts.year}`;
    const group = found.get(key) ?? [];
    group.push({ serial: parts.serial, month: Number(month) });
    found.set(key, group);
  }
  return found;
}

function partsOfWritten(written: string): ReferenceParts | undefined {
  const id = canonicalReferenceId(written);
  return id === undefined ? undefined : partsOf(id);
}

/** `cost[m]`: fewest errors so far when the last cable is put into month m; months never go back. */
function fit(cables: readonly Cable[]): { wrong: number; starts: Start[] } {
  const ways: number[][] = [];
  let cost = Array.from({ length: 13 }, () => 0);
  for (const cable of cables) {
    const way = bestMonths(cost);
    cost = way.map((before, month) => at(cost, before) + (cable.month === month ? 0 : 1));
    ways.push(way);
  }
  const last = at(bestMonths(cost), 12);
  return { wrong: at(cost, last), starts: startsOf(cables, ways, last) };
}

/** For each month the cheapest that may stand before it; on a tie itself, for fewer borders. */
function bestMonths(cost: readonly number[]): number[] {
  const best = [0, 1];
  for (let month = 2; month <= 12; month += 1) {
    const before = at(best, month - 1);
    best.push(at(cost, month) <= at(cost, before) ? month : before);
  }
  return best;
}

function startsOf(cables: readonly Cable[], ways: readonly number[][], last: number): Start[] {
  const starts: Start[] = [];
  let month = last;
  for (let index = cables.length - 1; index > 0; index -= 1) {
    const before = at(ways[index] ?? [], month);
    if (before === month) continue;
    starts.unshift([month, borderBetween(cables[index - 1]?.serial ?? 0, cables[index]?.serial ?? 0)]);
    month = before;
  }
  return [[month, 1], ...starts];
}

/** Half way between the last cable of one month and the first of the next. */
function borderBetween(last: number, first: number): number {
  return Math.min(first, Math.floor((last + first) / 2) + 1);
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Infinity;
}
