import type * as Library from 'echarts';
import type { Digest } from '../core/digest.ts';
import { dayInWords, wordsOf } from './words/index.ts';

/** A picture of numbers that stand in a table, too. */
export interface Chart {
  readonly id: 'hours' | 'platforms' | 'cables';
  readonly title: string;
  /** The same in words. */
  readonly alternative: string;
  /** An SVG element with its own `title` and `desc`, without scripts and styles. */
  readonly svg: string;
}

interface Bars {
  readonly id: Chart['id'];
  readonly title: string;
  readonly bars: readonly { readonly name: string; readonly value: number }[];
  /** Names are long: bars lie on their sides. */
  readonly lying: boolean;
}

const mostBars = 10;

/** Mentions by hour, by platform, and the cables cited most. None of what there is nothing to show. The same digest gives the same bytes. */
export async function charts(digest: Digest): Promise<readonly Chart[]> {
  const words = wordsOf(digest.language);
  const all: Bars[] = [
    {
      id: 'hours',
      title: words.hours,
      bars: digest.hours.map((value, hour) => ({ name: String(hour).padStart(2, '0'), value })),
      lying: false,
    },
    {
      id: 'platforms',
      title: words.platforms,
      bars: digest.platforms.slice(0, mostBars).map(({ platform, posts }) => ({ name: platform, value: posts })),
      lying: true,
    },
    {
      id: 'cables',
      title: words.cables,
      bars: digest.cables
        .slice(0, mostBars)
        .map(({ referenceId, references }) => ({ name: referenceId, value: references })),
      lying: true,
    },
  ];
  const shown = all.filter(({ bars }) => bars.some(({ value }) => value > 0));
  return await Promise.all(shown.map((bars) => chartOf(bars, dayInWords(digest.date, words))));
}

async function chartOf(bars: Bars, day: string): Promise<Chart> {
  const { id, title } = bars;
  const alternative = bars.bars
    .filter(({ value }) => value > 0)
    .map(({ name, value }) => `${name}: ${value}`)
    .join(', ');
  const svg = named(bare(await drawn(bars)), { id, title: `${title}, ${day}`, alternative });
  return { id, title, alternative, svg };
}

const width = 640;
/** A grey that can be read on white and on black. */
const ink = '#7a7a85';
const fill = '#4c7fd6';

async function drawn({ bars, lying }: Bars): Promise<string> {
  const echarts = await library();
  const height = lying ? 40 + 26 * bars.length : 200;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  const names = { type: 'category' as const, data: bars.map(({ name }) => name), axisLabel: { color: ink } };
  const values = {
    type: 'value' as const,
    minInterval: 1,
    axisLabel: { color: ink },
    splitLine: { lineStyle: { color: ink, opacity: 0.25 } },
  };
  chart.setOption({
    animation: false,
    grid: { left: lying ? 170 : 44, right: 24, top: 12, bottom: 28 },
    xAxis: lying ? values : names,
    yAxis: lying ? { ...names, inverse: true, axisLabel: { color: ink, width: 160, overflow: 'truncate' } } : values,
    series: [{ type: 'bar', data: bars.map(({ value }) => value), itemStyle: { color: fill }, silent: true }],
  });
  try {
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** In one file, which is read seven times as fast as its hundreds of parts. Loaded when the first chart is drawn. */
async function library(): Promise<typeof Library> {
  // @ts-expect-error -- it brings no types of its own; they are the package's
  return (await import('echarts/dist/echarts.esm.min.mjs')) as typeof Library;
}

/** Without what names itself anew at each drawing, and without styles, which strict pages refuse. */
function bare(svg: string): string {
  return svg
    .replaceAll(/<style[^]*?<\/style>/g, '')
    .replaceAll(/ (?:class|ecmeta_[a-z_]+|xmlns:xlink|baseProfile|version)="[^"]*"/g, '')
    .replaceAll(/ style="([^"]*)"/g, (_, style: string) => attributes(style))
    .replaceAll(/\n+/g, '\n')
    .trim();
}

/** `font-size:12px;font-family:sans-serif;` as attributes of their own. */
function attributes(style: string): string {
  return style
    .split(';')
    .map((part) => part.split(':'))
    .map(([name, value]) => (value === undefined ? '' : ` ${name?.trim()}="${value.trim()}"`))
    .join('');
}

function named(svg: string, { id, title, alternative }: { id: string; title: string; alternative: string }): string {
  const ids = `${id}-title ${id}-desc`;
  return svg.replace(
    /^<svg([^>]*)>/,
    (_, rest: string) =>
      `<svg${rest} role="img" aria-labelledby="${ids}"><title id="${id}-title">${escaped(title)}</title><desc id="${id}-desc">${escaped(alternative)}</desc>`,
  );
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
