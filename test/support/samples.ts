import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/**
 * The samples: four sources that are not ours to publish, so they lie outside the checkout. `PILCROW_SAMPLES` names their folder, from the
 * checkout's root. Only this file knows it. Every property that they prove is also proven by what tests make or have in test/data.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
export const samplesFolder = resolve(root, process.env['PILCROW_SAMPLES'] || '../shared/data');

export const samplesAreHere = existsSync(samplesFolder);

/** For those who run a proof or a bench without samples. */
export const whereSamplesAre = `the samples' folder is ${samplesFolder}; PILCROW_SAMPLES names another`;

/** All published IDs with the month of Created, as `pilcrow import` takes them. */
export const sampleList = join(samplesFolder, 'cable_ids_month.csv.gz');

export interface ListedId {
  readonly id: string;
  readonly month: number;
}

export function listedIds(): ListedId[] {
  const lines = gunzipSync(readFileSync(sampleList)).toString().trim().split('\n');
  return lines.map((line) => {
    const [id = '', month = ''] = line.split(',');
    return { id, month: Number(month) };
  });
}

/** Pages of the old viewer, as of its first release. */
export const samplePages = [
  '06BRIDGETOWN2164',
  '07MADRID1952',
  '07PARIS1791',
  '08MADRID724',
  '08OSLO461',
  '08VLADIVOSTOK68',
  '09BERLIN1626',
  '09CAPETOWN204',
  '09LAPAZ1784',
  '09RIODEJANEIRO285',
  '09SAOPAULO487',
] as const;

export function samplePage(id: (typeof samplePages)[number]): string {
  return readFileSync(join(samplesFolder, 'cables', `${id}.html`), 'utf8');
}

/** A page of the viewer as it was re-posted on a blog. */
export function sampleBlog(): string {
  return readFileSync(join(samplesFolder, '07ASTANA2244.blog.txt'), 'utf8');
}

/** A case of the best known parser's tests; `pass` says whether that parser passes it. */
export interface ParserCase {
  readonly suite: string;
  readonly args: readonly unknown[];
  readonly test: string;
  readonly pass: boolean;
}

/** The cases of one suite, or all. */
export function parserCases(suite?: string): ParserCase[] {
  const lines = readFileSync(join(samplesFolder, 'parser_cases.sample.jsonl'), 'utf8').trim().split('\n');
  const cases = lines.map((line) => Line.parse(JSON.parse(line)));
  return cases
    .filter((each) => suite === undefined || each.suite === suite)
    .map(({ cablemap, ...rest }) => ({ ...rest, pass: cablemap === 'pass' }));
}

const Line = z.object({ suite: z.string(), args: z.array(z.unknown()), test: z.string(), cablemap: z.string() });
