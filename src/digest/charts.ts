import type { Digest } from '../core/digest.ts';
import { addDays } from '../core/zone.ts';
import { dayInWords, periodInWords, wordsOf } from './words/index.ts';

/** References by hour, or by day of a week, as an SVG element with its own `title` and `desc`, without scripts and styles, in the colour of the text around it. Undefined: it would say nothing. */
export function chartOf(digest: Digest): string | undefined {
  const words = wordsOf(digest.language);
  const { days, hours, date } = digest;
  const bars =
    days === undefined
      ? hours.map((value, hour) => ({ name: String(hour).padStart(2, '0'), value }))
      : days.map((value, day) => ({ name: dayInWords(addDays(date, day), words).split(/[ ,]/)[0] ?? '', value }));
  const drawn = bars.filter(({ value }) => value > 0);
  if (drawn.length < 2) return undefined;
  const title = `${days === undefined ? words.hours : words.days}, ${periodInWords(digest, words)}`;
  const desc = drawn.map(({ name, value }) => `${name}: ${value}`).join(', ');
  return `<svg class="chart" width="${width}" height="${height}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="chart-title chart-desc"><title id="chart-title">${escaped(title)}</title><desc id="chart-desc">${escaped(desc)}</desc>
<g font-size="15" fill="currentColor">
${shapes(bars).join('\n')}
</g>
</svg>`;
}

const [width, height] = [480, 180];
const [left, top, right, bottom] = [36, 12, width - 4, height - 26];

type Bars = readonly { readonly name: string; readonly value: number }[];

function shapes(bars: Bars): string[] {
  const { end, grid } = scaleFor(Math.max(...bars.map(({ value }) => value)));
  const up = (value: number) => bottom - ((bottom - top) * value) / end;
  // More names would run into each other.
  const named = bars.length > 12 ? 3 : 1;
  const across = (bar: number) => left + ((right - left) * bar) / bars.length;
  return [
    ...grid.flatMap((value) => [
      rect([left, up(value), right - left, 1], 0.25),
      label(left - 8, up(value) + 5, 'end', String(value)),
    ]),
    ...bars.flatMap(({ name, value }, at) => [
      ...(value === 0 ? [] : [rect([across(at + 0.15), up(value), across(0.7) - left, bottom - up(value)], 1, 'bar')]),
      ...(at % named === 0 ? [label(across(at + 0.5), bottom + 20, 'middle', name)] : []),
    ]),
  ];
}

function rect(box: readonly [x: number, y: number, width: number, height: number], opacity: number, name = 'grid') {
  const [x, y, wide, high] = box.map((value) => Math.round(value * 10) / 10);
  return `<rect class="${name}" x="${x}" y="${y}" width="${wide}" height="${high}" fill-opacity="${opacity}"/>`;
}

function label(x: number, y: number, anchor: 'middle' | 'end', text: string): string {
  return `<text x="${Math.round(x)}" y="${Math.round(y)}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

/** Whole and round numbers beside the bars, from zero up to `end`: five steps at most. */
function scaleFor(most: number): { end: number; grid: number[] } {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(most / 5)));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => most <= 5 * size) ?? most;
  const steps = Math.ceil(most / step);
  return { end: steps * step, grid: Array.from({ length: steps + 1 }, (_, i) => i * step) };
}

export function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
