import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable, withBetween } from '../test/support/markdown.ts';
import type { Recorded, Results } from './record.ts';

const start = '<!-- figures: written by `npm run bench -- --record`, from bench/results/latest.json -->';

/** Writes the table and the chart of docs/performance.md, and the table of docs/distributed.md. */
export function publish(root: string, results: Results): void {
  for (const [file, written] of Object.entries(published)) {
    const page = join(root, file);
    writeFileSync(page, written(readFileSync(page, 'utf8'), results));
  }
  writeFileSync(join(root, chartFile), chartOf(results.figures));
}

export const chartFile = 'docs/pictures/performance.svg';

/** The text of docs/performance.md with its tables written anew. Errors: no place for one. */
function withFigures(text: string, { figures }: Results): string {
  const others = figures.filter(({ name }) => !isOfYears(name));
  const rows = others.map(({ name, runs, target, met, measured, commit, date }) => [
    name,
    runs.map(({ value, load }) => `${short(value)} (${load.toFixed(1)})`).join(', '),
    met ? target : `${target}: **missed**`,
    measured,
    `\`${commit}\`, ${date}`,
  ]);
  const head = ['figure', 'runs (load)', 'target', 'the middle run', 'measured at'];
  const written = withBetween(text, start, '<!-- end of figures -->', markdownTable([head, ...rows]));
  return [inSqlite, inPostgres].reduce((page, prefix) => withYears(page, prefix, figures), written);
}

/** What the figures of a ledger of years are named, before what is asked. */
export const [inSqlite, inPostgres] = ['years: ', 'years in PostgreSQL: '] as const;

function isOfYears(name: string): boolean {
  return [inSqlite, inPostgres].some((prefix) => name.startsWith(prefix));
}

/** A row for each command and page, with a column for each size of the ledger. */
function withYears(text: string, prefix: string, figures: readonly Recorded[]): string {
  const asked = figures.filter(({ name }) => name.startsWith(prefix));
  const sizes = (asked[0]?.measured.split('; ') ?? []).map((one) => one.split(': ', 1)[0] ?? '');
  const rows = asked.map(({ name, measured, value, target, met, commit, date }) => [
    `\`${name.slice(prefix.length)}\``,
    ...measured.split('; ').map((one) => one.slice(one.indexOf(': ') + 2)),
    met ? `${short(value)} (${target})` : `${short(value)} (${target}: **missed**)`,
    `\`${commit}\`, ${date}`,
  ]);
  const head = ['asked', ...sizes, 'the last against the first', 'measured at'];
  const begin = `<!-- ${prefix}written by \`npm run bench years -- --record\`, from bench/results/latest.json -->`;
  return withBetween(text, begin, `<!-- end of ${prefix.slice(0, -2)} -->`, markdownTable([head, ...rows]));
}

const costsStart = '<!-- costs: written by `npm run bench costs -- --record`, from bench/results/latest.json -->';

/** What the figures of the costs are named, before the number of processes. */
export const costOfReply = 'processor time of a reply, ';

/** The text of docs/distributed.md with its table written anew: a column for each part of what a reply costs. Errors: no place for it. */
function withCosts(text: string, { figures }: Results): string {
  const costs = figures.filter(({ name }) => name.startsWith(costOfReply));
  const rows = costs.map(({ name, value, measured, commit, date }) => [
    name.slice(costOfReply.length),
    `${value.toFixed(2)} ms`,
    ...measured.split('; '),
    `\`${commit}\`, ${date}`,
  ]);
  const head = [
    '',
    'processor time',
    'of it',
    'PostgreSQL does',
    'over its connections',
    'its log',
    'Redis',
    'measured at',
  ];
  return withBetween(text, costsStart, '<!-- end of costs -->', markdownTable([head, ...rows]));
}

/** The pages that show figures, and how each is written anew. */
export const published: Readonly<Record<string, (text: string, results: Results) => string>> = {
  'docs/performance.md': withFigures,
  'docs/distributed.md': withCosts,
};

function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en');
}

/** How far a figure is from its target: 2 is twice as good, 0.5 half as good. Undefined: it has no target. */
export function marginOf({ target, value }: Pick<Recorded, 'target' | 'value'>): number | undefined {
  const [, sign, limit] = /^([<>])=? ([0-9.]+)/.exec(target) ?? [];
  if (limit === undefined) return undefined;
  return sign === '<' ? Number(limit) / value : value / Number(limit);
}

const row = 22;
const [labelWidth, barWidth, valueWidth] = [330, 350, 240];
/** The chart ends there: what is better still has a bar to its edge. */
const [least, most] = [0.5, 20];

/** Bars from the target outwards, on a scale where each doubling has the same length: to the right is better. */
export function chartOf(figures: readonly Recorded[]): string {
  const shown = figures.flatMap((figure) => {
    const margin = isOfYears(figure.name) ? undefined : marginOf(figure);
    return margin === undefined ? [] : [{ ...figure, margin }];
  });
  const height = 40 + row * shown.length;
  const width = labelWidth + barWidth + valueWidth;
  const at = (margin: number) => labelWidth + (barWidth * Math.log(clamped(margin) / least)) / Math.log(most / least);
  const bars = shown.map(({ name, margin, value, target, met }, i) => {
    const [y, zero, end] = [34 + row * i, at(1), at(margin)];
    const bar = `<rect x="${Math.min(zero, end).toFixed(1)}" y="${y}" width="${Math.abs(end - zero).toFixed(1)}" height="12" fill="${met ? '#2f6f4f' : '#b3261e'}"/>`;
    const label = `<text x="${labelWidth - 10}" y="${y + 10}" text-anchor="end">${escaped(name)}</text>`;
    return `${label}${bar}<text x="${width - valueWidth + 10}" y="${y + 10}">${escaped(`${short(value)} (${target})`)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" role="img">
<title>How far each figure is from its target</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${at(1).toFixed(1)}" y="18" text-anchor="middle">target</text><text x="${labelWidth + barWidth}" y="18" text-anchor="end">${most} times better</text>
<line x1="${at(1).toFixed(1)}" x2="${at(1).toFixed(1)}" y1="24" y2="${height}" stroke="#8a8f98"/>
${bars.join('\n')}
</svg>
`;
}

function clamped(margin: number): number {
  return Math.min(most, Math.max(least, margin));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
