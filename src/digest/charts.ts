import type { Digest } from '../core/digest.ts';
import { shortened } from '../core/text/strangers.ts';
import { dayInWords, wordsOf } from './words/index.ts';

/** A picture of numbers that stand in a table, too. */
export interface Chart {
  readonly id: 'hours' | 'platforms' | 'cables';
  /** The same in words. */
  readonly alternative: string;
  /** An SVG element with its own `title` and `desc`, without scripts and styles. */
  readonly svg: string;
}

interface Bars {
  readonly id: Chart['id'];
  readonly bars: readonly { readonly name: string; readonly value: number }[];
  /** Names are long: bars lie on their sides. */
  readonly lying: boolean;
}

const mostBars = 10;

/** Mentions by hour, by platform, and the cables cited most. None of what there is nothing to show. The same digest gives the same bytes. */
export function charts(digest: Digest): Chart[] {
  const words = wordsOf(digest.language);
  const all: Bars[] = [
    {
      id: 'hours',
      bars: digest.hours.map((value, hour) => ({ name: String(hour).padStart(2, '0'), value })),
      lying: false,
    },
    {
      id: 'platforms',
      bars: digest.platforms.slice(0, mostBars).map(({ platform: name, posts: value }) => ({ name, value })),
      lying: true,
    },
    {
      id: 'cables',
      bars: digest.cables.slice(0, mostBars).map(({ referenceId: name, references: value }) => ({ name, value })),
      lying: true,
    },
  ];
  const shown = all.filter(({ bars }) => bars.some(({ value }) => value > 0));
  return shown.map((bars) => chartOf(bars, `${words[bars.id]}, ${dayInWords(digest.date, words)}`));
}

function chartOf(all: Bars, title: string): Chart {
  const { id, bars, lying } = all;
  const alternative = bars
    .filter(({ value }) => value > 0)
    .map(({ name, value }) => `${name}: ${value}`)
    .join(', ');
  const height = lying ? 40 + 26 * bars.length : 200;
  const svg = `<svg width="${width}" height="${height}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${escaped(title)}</title><desc id="${id}-desc">${escaped(alternative)}</desc>
<g font-size="12" font-family="sans-serif" fill="${ink}">
${drawn(all, height).join('\n')}
</g>
</svg>`;
  return { id, alternative, svg };
}

const width = 640;
const [top, right] = [12, width - 24];
/** A grey that can be read on white and on black. */
const ink = '#7a7a85';
const fill = '#4c7fd6';
/** Of a name beside a lying bar. */
const mostLetters = 24;

function drawn({ bars, lying }: Bars, height: number): string[] {
  const [left, bottom] = [lying ? 170 : 44, height - 28];
  const [wide, high] = [right - left, bottom - top];
  const { end, grid } = scaleFor(Math.max(...bars.map(({ value }) => value)));
  const axis = grid.flatMap((value) => {
    const [x, y] = [left + (wide * value) / end, bottom - (high * value) / end];
    return lying
      ? [rect([x, top, 1, high], ink, 0.25), label(x, bottom + 18, 'middle', String(value))]
      : [rect([left, y, wide, 1], ink, 0.25), label(left - 8, y + 4, 'end', String(value))];
  });
  const across = (bar: number) => ((lying ? high : wide) * bar) / bars.length;
  const drawnBars = bars.flatMap(({ name, value }, i) => {
    const [from, middle, thick] = [across(i + 0.15), across(i + 0.5), across(0.7)];
    const long = ((lying ? wide : high) * value) / end;
    return lying
      ? [
          rect([left, top + from, long, thick], fill),
          label(left - 8, top + middle + 4, 'end', shortened(name, mostLetters)),
        ]
      : [rect([left + from, bottom - long, thick, long], fill), label(left + middle, bottom + 18, 'middle', name)];
  });
  return [...axis, ...drawnBars];
}

function rect(box: readonly [x: number, y: number, width: number, height: number], color: string, opacity = 1): string {
  const [x, y, wide, high] = box.map((value) => Math.round(value * 10) / 10);
  return `<rect x="${x}" y="${y}" width="${wide}" height="${high}" fill="${color}" fill-opacity="${opacity}"/>`;
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
